"""Indexes over attributes: they stand on the entity table, over the expressions that the view reads."""

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import Index, Table

from pgcraft.declare.column_markers import ItemMarkers, as_text_clause
from pgcraft.declare.context import FactoryContext
from pgcraft.errors import PGCraftValidationError
from pgcraft.identifiers import quote_name
from pgcraft.index import PGCraftIndex
from pgcraft.models.naming import limit_name
from pgcraft.plugin import Plugin, requires
from pgcraft.plugins.eav.tables import ATTRIBUTES, ENTITY_TABLE

if TYPE_CHECKING:
    from pgcraft.plugins.eav.attributes import Attribute


@requires("pk_columns", ENTITY_TABLE, ATTRIBUTES)
class EAVIndexPlugin(Plugin):
    """Puts every ``PGCraftIndex`` on the entity table."""

    is_internal = True

    def run(self, ctx: FactoryContext) -> None:
        """Add the indexes."""
        attributes: tuple[Attribute, ...] = ctx[ATTRIBUTES]
        expressions = {attribute.column.name: attribute.index_expression() for attribute in attributes}
        for index in ctx.indexes:
            _add(index, ctx, expressions)


def _add(index: PGCraftIndex, ctx: FactoryContext, expressions: dict[str, str]) -> None:
    entity: Table = ctx[ENTITY_TABLE]
    markers = replace(ctx.markers_of(index), write=lambda name: expressions.get(name, quote_name(name)))
    elements = [as_text_clause(f"({markers.expand(expression)})") for expression in index.expressions]
    options = {key: _option(index, ctx, markers, key, value) for key, value in index.kwargs.items()}
    Index(index.name or _make_name(index, entity), *elements, unique=index.unique, _table=entity, **options)


def _make_name(index: PGCraftIndex, entity: Table) -> str:
    """Return a name to an index without one; a naming convention makes names of columns, and here are none."""
    slug = re.sub(r"\W+", "_", "_".join(index.expressions)).strip("_")
    return limit_name(f"{'uq' if index.unique else 'ix'}__{entity.name}__{slug}")


def _option(index: PGCraftIndex, ctx: FactoryContext, markers: ItemMarkers, key: str, value: object) -> Any:
    match key, value:
        case (("postgresql_include" | "postgresql_ops"), _):
            raise PGCraftValidationError(
                "PGC125",
                f"{index} has {key}, which takes columns; {ctx.fullname} keeps its values as attributes",
                place=ctx.place_of("PGCraftIndex"),
                remedy=f"take {key} out",
            )
        case "postgresql_where", str():
            return as_text_clause(markers.expand(value))
        case _:
            return value
