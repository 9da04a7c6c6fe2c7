"""PostgreSQL's extensions."""

from pgcraft.catalog.definitions import Extension
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind
from pgcraft.identifiers import quote_name
from pgcraft.render.renderer import Renderer, Sql


def create_extension(item: CatalogObject, _: Catalog) -> tuple[Sql, ...]:
    """Install an extension unless it is there."""
    definition = item.defined_as(Extension)
    place = f" SCHEMA {quote_name(definition.schema)}" if definition.schema else ""
    return (Sql(f"CREATE EXTENSION IF NOT EXISTS {quote_name(item.id.name)}{place}", "create", item.id),)


def drop_extension(item: CatalogObject) -> tuple[str, ...]:
    """Take an extension away; it fails when something uses it."""
    return (f"DROP EXTENSION {quote_name(item.id.name)}",)


RENDERER = Renderer((Kind.EXTENSION,), create_extension, drop_extension)
