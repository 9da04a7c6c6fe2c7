"""Statistics objects."""

from pgcraft.catalog.objects import Catalog, CatalogObject, Kind
from pgcraft.catalog.statistics import KINDS_OF_STATISTICS, Statistics
from pgcraft.identifiers import quote_name, quote_qualified
from pgcraft.render.comments import object_target, render_comment
from pgcraft.render.renderer import Renderer, Sql

_DEFAULT_TARGET = -1


def create_statistics(item: CatalogObject, _: Catalog) -> tuple[Sql, ...]:
    """Make a statistics object."""
    definition = item.defined_as(Statistics)
    is_all = definition.kinds in ((), KINDS_OF_STATISTICS)
    kinds = "" if is_all else f" ({', '.join(definition.kinds)})"
    elements = (*map(quote_name, definition.columns), *(f"({text})" for text in definition.expressions))
    head = f"CREATE STATISTICS {quote_qualified(item.id.schema, item.id.name)}{kinds}"
    target = () if definition.target is None else (Sql(set_target(item), "set the target of", item.id),)
    return (
        Sql(f"{head} ON {', '.join(elements)} FROM {quote_qualified(*item.id.relation)}", "create", item.id),
        *target,
        *render_comment(item.id, definition.comment),
    )


def drop_statistics(item: CatalogObject) -> tuple[str, ...]:
    """Drop a statistics object."""
    return (f"DROP {object_target(item.id)}",)


def set_target(item: CatalogObject) -> str:
    """Return the SQL that says how much is sampled."""
    target = item.defined_as(Statistics).target
    return f"ALTER {object_target(item.id)} SET STATISTICS {_DEFAULT_TARGET if target is None else target}"


RENDERER = Renderer((Kind.STATISTICS,), create_statistics, drop_statistics)
