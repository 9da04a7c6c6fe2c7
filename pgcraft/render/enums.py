"""Enumerated types."""

from pgcraft.catalog.definitions import Enum
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind
from pgcraft.identifiers import quote_literal, quote_qualified
from pgcraft.render.comments import render_comment
from pgcraft.render.owners import render_owner
from pgcraft.render.renderer import Renderer, Sql


def create_enum(item: CatalogObject, _: Catalog) -> tuple[Sql, ...]:
    """Make an enumerated type."""
    definition = item.defined_as(Enum)
    values = ", ".join(quote_literal(value) for value in definition.values)
    return (
        Sql(f"CREATE TYPE {_name(item)} AS ENUM ({values})", "create", item.id),
        *render_comment(item.id, definition.comment, f"TYPE {_name(item)}"),
        *render_owner(item.id, definition.owner),
    )


def drop_enum(item: CatalogObject) -> tuple[str, ...]:
    """Drop an enumerated type."""
    return (f"DROP TYPE {_name(item)}",)


def _name(item: CatalogObject) -> str:
    return quote_qualified(item.id.schema, item.id.name)


RENDERER = Renderer((Kind.ENUM,), create_enum, drop_enum)
