"""Range types."""

from collections.abc import Iterator

from pgcraft.catalog.made_types import Range, choose_multirange_name
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind
from pgcraft.identifiers import quote_qualified
from pgcraft.render.comments import render_comment
from pgcraft.render.composites import type_name, type_target
from pgcraft.render.owners import render_owner
from pgcraft.render.renderer import Renderer, Sql


def create_range(item: CatalogObject, _: Catalog) -> tuple[Sql, ...]:
    """Make a range type, and its multirange type with it."""
    definition = item.defined_as(Range)
    text = f"CREATE TYPE {type_name(item)} AS RANGE ({', '.join(_options(item, definition))})"
    comment = render_comment(item.id, definition.comment, type_target(item))
    return (Sql(text, "create", item.id), *comment, *render_owner(item.id, definition.owner))


def drop_range(item: CatalogObject) -> tuple[str, ...]:
    """Drop a range type; its multirange type goes with it."""
    return (f"DROP {type_target(item)}",)


def _options(item: CatalogObject, definition: Range) -> Iterator[str]:
    yield f"SUBTYPE = {definition.subtype}"
    if definition.operator_class is not None:
        yield f"SUBTYPE_OPCLASS = {definition.operator_class}"
    if definition.collation is not None:
        yield f"COLLATION = {definition.collation}"
    if definition.canonical is not None:
        yield f"CANONICAL = {quote_qualified(*definition.canonical)}"
    if definition.difference is not None:
        yield f"SUBTYPE_DIFF = {quote_qualified(*definition.difference)}"
    if definition.multirange != choose_multirange_name(item.id.name):
        yield f"MULTIRANGE_TYPE_NAME = {quote_qualified(item.id.schema, definition.multirange)}"


RENDERER = Renderer((Kind.RANGE,), create_range, drop_range)
