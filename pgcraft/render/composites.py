"""Composite types."""

from collections.abc import Iterable, Iterator

from pgcraft.catalog.made_types import Composite
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind
from pgcraft.identifiers import quote_name, quote_qualified
from pgcraft.render.comments import column_target, comment_on, render_comment
from pgcraft.render.owners import render_owner
from pgcraft.render.renderer import Renderer, Sql


def create_composite(item: CatalogObject, _: Catalog) -> tuple[Sql, ...]:
    """Make a composite type with its comments."""
    definition = item.defined_as(Composite)
    lines = ",".join(
        f"\n    {quote_name(name)} {attribute_type(definition, name)}" for name, _ in definition.attributes
    )
    text = f"CREATE TYPE {type_name(item)} AS ({lines}{chr(10) if lines else ''})"
    return (
        Sql(text, "create", item.id),
        *render_comment(item.id, definition.comment, type_target(item)),
        *(Sql(sql, "comment on", item.id) for sql in comment_attributes(item, definition.column_comments)),
        *render_owner(item.id, definition.owner),
    )


def drop_composite(item: CatalogObject) -> tuple[str, ...]:
    """Drop a composite type."""
    return (f"DROP {type_target(item)}",)


def attribute_type(definition: Composite, name: str) -> str:
    """Return type and collation of an attribute."""
    collation = dict(definition.collations).get(name)
    return dict(definition.attributes)[name] + (f" COLLATE {collation}" if collation else "")


def comment_attributes(item: CatalogObject, comments: Iterable[tuple[str, str | None]]) -> Iterator[str]:
    """Return the SQL that comments attributes, or takes their comments away."""
    for name, text in comments:
        yield comment_on(column_target(item.id.schema, item.id.name, name), text)


def type_name(item: CatalogObject) -> str:
    """Return a type's qualified name."""
    return quote_qualified(item.id.schema, item.id.name)


def type_target(item: CatalogObject) -> str:
    """Return what stands behind COMMENT ON and DROP: ``TYPE app.address``."""
    return f"TYPE {type_name(item)}"


RENDERER = Renderer((Kind.COMPOSITE,), create_composite, drop_composite)
