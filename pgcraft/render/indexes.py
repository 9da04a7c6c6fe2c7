"""Indexes that no constraint owns."""

from pgcraft.catalog.definitions import Index
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind
from pgcraft.identifiers import quote_name, quote_names, quote_qualified
from pgcraft.render.comments import render_comment
from pgcraft.render.options import render_options
from pgcraft.render.renderer import Renderer, Sql


def create_index(item: CatalogObject, _: Catalog) -> tuple[Sql, ...]:
    """Make an index."""
    definition = item.defined_as(Index)
    unique = "UNIQUE " if definition.unique else ""
    table = quote_qualified(*item.id.relation)
    method = "" if definition.method == "btree" else f"USING {quote_name(definition.method)} "
    lines = [
        f"CREATE {unique}INDEX {quote_name(item.id.name)} ON {table} {method}({', '.join(definition.elements)})",
        f"INCLUDE ({quote_names(definition.include)})" if definition.include else "",
        "NULLS NOT DISTINCT" if definition.nulls_not_distinct else "",
        f"WITH ({render_options(definition.options)})" if definition.options else "",
        f"WHERE {definition.where}" if definition.where is not None else "",
    ]
    text = "\n".join(line for line in lines if line)
    return (Sql(text, "create", item.id), *render_comment(item.id, definition.comment))


def drop_index(item: CatalogObject) -> tuple[str, ...]:
    """Drop an index."""
    return (f"DROP INDEX {quote_qualified(item.id.schema, item.id.name)}",)


RENDERER = Renderer((Kind.INDEX,), create_index, drop_index)
