"""Schemas."""

from pgcraft.catalog.definitions import Schema
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind
from pgcraft.identifiers import quote_body, quote_literal, quote_name
from pgcraft.render.comments import render_comment
from pgcraft.render.owners import render_owner
from pgcraft.render.renderer import Renderer, Sql


def create_schema(item: CatalogObject, _: Catalog) -> tuple[Sql, ...]:
    """Make a schema unless it is there."""
    definition = item.defined_as(Schema)
    text = f"CREATE SCHEMA IF NOT EXISTS {quote_name(item.id.name)}"
    owner = render_owner(item.id, definition.owner)
    return (Sql(text, "create", item.id), *owner, *render_comment(item.id, definition.comment))


def drop_schema(item: CatalogObject) -> tuple[str, ...]:
    """Drop a schema; one that holds what others put there stays."""
    if item.id.name == "public":
        return ()
    stays = quote_literal(f"{item.id} stays: it holds other objects".replace("%", "%%"))
    body = f"""
BEGIN
  DROP SCHEMA IF EXISTS {quote_name(item.id.name)};
EXCEPTION WHEN dependent_objects_still_exist THEN
  RAISE NOTICE {stays};
END
"""
    return (f"DO {quote_body(body)}",)


RENDERER = Renderer((Kind.SCHEMA,), create_schema, drop_schema)
