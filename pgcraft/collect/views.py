"""Views: queries as text, the names and types of their columns, and what they read."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import TextClause, select
from sqlalchemy import types as sa_types
from sqlalchemy.sql.selectable import FromClause

from pgcraft.catalog.definitions import View
from pgcraft.catalog.linking import Draft
from pgcraft.catalog.objects import CatalogObject, Kind, ObjectId
from pgcraft.catalog.types import canonical_type
from pgcraft.collect.compiling import naming
from pgcraft.collect.layout import layout_query
from pgcraft.models.declarations import Declared
from pgcraft.models.definitions import Query, ViewDefinition
from pgcraft.sqltext.dialect import DIALECT


def collect_view(item: Declared[ViewDefinition]) -> Draft:
    """Return a declared view; a text query stays as written, any other is compiled and laid out."""
    view = item.definition
    kind = Kind.MATERIALIZED_VIEW if view.is_materialized else Kind.VIEW
    object_id = ObjectId(kind, view.schema, view.name)
    with naming(object_id, place=item.place):
        query = _compile_query(view.query)
    definition = View(
        query=query.text,
        columns=query.columns or tuple(column.name for column in view.columns),
        column_types=query.column_types or _column_types([column.type for column in view.columns]),
        options=tuple(sorted(view.options)),
        column_defaults=tuple(sorted(view.column_defaults)),
        comment=view.comment or None,
        owner=view.owner,
    )
    return Draft(
        CatalogObject(
            object_id, definition, origins=item.origins, role=view.role, renamed_from=view.renamed_from or ""
        ),
        relations=view.depends_on,
        texts=tuple(default for _, default in definition.column_defaults),
        queries=(query.text,),
        needs=(ObjectId(Kind.ROLE, None, view.owner),) if view.owner else (),
    )


@dataclass(frozen=True, slots=True)
class _CompiledQuery:
    text: str
    columns: tuple[str, ...] = ()
    column_types: tuple[str, ...] = ()


def _compile_query(query: Query) -> _CompiledQuery:
    if isinstance(query, str):
        return _CompiledQuery(query.strip().rstrip(";").rstrip())
    selected: Any = select(query) if isinstance(query, FromClause) else query
    compiled = selected.compile(dialect=DIALECT, compile_kwargs={"literal_binds": True})
    if isinstance(query, TextClause):
        return _CompiledQuery(str(compiled).strip().rstrip(";").rstrip())
    result = compiled._result_columns  # noqa: SLF001  the names as they stand in the text
    return _CompiledQuery(
        layout_query(str(compiled)),
        tuple(str(column.keyname) for column in result),
        _column_types([column.type for column in result]),
    )


def _column_types(types: list[sa_types.TypeEngine[Any]]) -> tuple[str, ...]:
    """Return the types of all columns, or none when one of them is unknown."""
    if any(isinstance(type_, sa_types.NullType) for type_ in types):
        return ()
    return tuple(canonical_type(str(type_.compile(dialect=DIALECT))) for type_ in types)
