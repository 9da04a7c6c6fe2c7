"""Partitions: made with their table, given to it and taken from it."""

from collections.abc import Collection, Iterator

from pgcraft.catalog.objects import Catalog, CatalogObject, Kind
from pgcraft.catalog.partitions import Partition
from pgcraft.identifiers import quote_qualified
from pgcraft.render.comments import comment_on, render_comment
from pgcraft.render.options import render_options, set_options
from pgcraft.render.renderer import Renderer, Sql


def create_partition(item: CatalogObject, _: Catalog) -> tuple[Sql, ...]:
    """Make a partition."""
    definition = item.defined_as(Partition)
    unlogged = "UNLOGGED " if definition.is_unlogged else ""
    lines = [
        f"CREATE {unlogged}TABLE {_name(item)} PARTITION OF {quote_qualified(*definition.parent)}",
        definition.bounds,
        f"PARTITION BY {definition.partition_by}" if definition.partition_by else "",
        f"WITH ({render_options(definition.options)})" if definition.options else "",
    ]
    text = "\n".join(line for line in lines if line)
    return (Sql(text, "create", item.id), *render_comment(item.id, definition.comment, _target(item)))


def drop_partition(item: CatalogObject) -> tuple[str, ...]:
    """Drop a partition with its rows."""
    return (f"DROP {_target(item)}",)


def attach_partition(item: CatalogObject) -> str:
    """Return the SQL that makes a table a partition."""
    definition = item.defined_as(Partition)
    parent = quote_qualified(*definition.parent)
    return f"ALTER TABLE {parent} ATTACH PARTITION {_name(item)} {definition.bounds}"


def detach_partition(item: CatalogObject) -> str:
    """Return the SQL that makes a partition a table by itself, with its rows."""
    return f"ALTER TABLE {quote_qualified(*item.defined_as(Partition).parent)} DETACH PARTITION {_name(item)}"


def alter_partition(before: CatalogObject, after: CatalogObject, facts: Collection[str]) -> Iterator[str]:
    """Return the SQL for some facts of a partition that change, but for what it takes, and of whom it is one."""
    old, new = before.defined_as(Partition), after.defined_as(Partition)
    if "is_unlogged" in facts:
        yield f"ALTER {_target(after)} SET {'UNLOGGED' if new.is_unlogged else 'LOGGED'}"
    if "options" in facts:
        yield from (f"ALTER {_target(after)} {change}" for change in set_options(old.options, new.options))
    if "comment" in facts:
        yield comment_on(_target(after), new.comment)


def _target(item: CatalogObject) -> str:
    return f"TABLE {_name(item)}"


def _name(item: CatalogObject) -> str:
    return quote_qualified(item.id.schema, item.id.name)


RENDERER = Renderer((Kind.PARTITION,), create_partition, drop_partition)
