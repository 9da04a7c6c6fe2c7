"""Tables that publications name."""

from pgcraft.catalog.objects import Catalog, CatalogObject, Kind
from pgcraft.catalog.publications import Published
from pgcraft.identifiers import quote_name, quote_names, quote_qualified
from pgcraft.render.renderer import Renderer, Sql


def publish_table(item: CatalogObject, _: Catalog) -> tuple[Sql, ...]:
    """Add a table to a publication."""
    definition = item.defined_as(Published)
    columns = f" ({quote_names(definition.columns)})" if definition.columns else ""
    where = f" WHERE ({definition.where})" if definition.where is not None else ""
    return (Sql(f"{_head(item)} ADD {_table(item)}{columns}{where}", "create", item.id),)


def withhold_table(item: CatalogObject) -> tuple[str, ...]:
    """Take a table out of a publication."""
    return (f"{_head(item)} DROP {_table(item)}",)


def _head(item: CatalogObject) -> str:
    return f"ALTER PUBLICATION {quote_name(item.id.name)}"


def _table(item: CatalogObject) -> str:
    return f"TABLE ONLY {quote_qualified(*item.id.relation)}"  # its heirs are published for themselves


RENDERER = Renderer((Kind.PUBLISHED,), publish_table, withhold_table)
