"""Indexes that no constraint owns."""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import ColumnClause, Constraint
from sqlalchemy import Index as SAIndex
from sqlalchemy import Table as SATable
from sqlalchemy.sql import coercions, roles

from pgcraft.catalog.definitions import Index
from pgcraft.catalog.implicit import choose_index_name
from pgcraft.catalog.linking import Draft
from pgcraft.catalog.objects import CatalogObject, Kind, ObjectId
from pgcraft.catalog.origins import Origins
from pgcraft.catalog.tokens import strip_parentheses
from pgcraft.catalog.words import list_words
from pgcraft.collect.compiling import DDL, compile_expression, naming, origins_of, schema_of
from pgcraft.collect.tables import storage_options
from pgcraft.models.declarations import Declared
from pgcraft.models.definitions import ViewDefinition
from pgcraft.models.renames import read_old_name


def collect_indexes(table: SATable) -> Iterator[Draft]:
    """Return a table's indexes, sorted by name."""
    table_id = ObjectId(Kind.TABLE, schema_of(table), str(table.name))
    for index in sorted(table.indexes, key=index_name):
        yield _collect(index, table, table_id, origins_of(index, table))


def collect_view_indexes(item: Declared[ViewDefinition]) -> Iterator[Draft]:
    """Return the indexes of a materialized view, sorted by name."""
    view = item.definition
    view_id = ObjectId(Kind.MATERIALIZED_VIEW, view.schema, view.name)
    for index in sorted(view.indexes, key=index_name):
        if index.table is not None:
            yield _collect(index, index.table, view_id, item.origins)


def _collect(index: SAIndex, table: SATable, owner: ObjectId, origins: Origins) -> Draft:
    object_id = owner.part(Kind.INDEX, index_name(index))
    with naming(object_id, origins):
        definition = _define(index, table)
    texts = (*definition.elements, definition.where or "")
    item = CatalogObject(object_id, definition, origins=origins, renamed_from=read_old_name(index))
    return Draft(item, needs=(owner,), texts=texts)


def index_name(index: SAIndex) -> str:
    """Return an index's name, cut and hashed by SQLAlchemy where it is too long.

    One that neither the models nor their naming convention give is PostgreSQL's own.
    """
    if index.name is not None:
        return str(DDL.preparer.format_constraint(index, _alembic_quote=False))
    names = [getattr(each, "name", None) if isinstance(each, ColumnClause) else None for each in index.expressions]
    included = list_included(index, index.table)
    return choose_index_name(str(index.table.name) if index.table is not None else "", (*names, *included))


def list_included(item: SAIndex | Constraint, table: SATable | None) -> tuple[str, ...]:
    """Return the columns that an index or a key includes: a text is a column's key, as SQLAlchemy takes it."""
    known = {} if table is None else {column.key: column for column in table.columns}
    given = item.dialect_kwargs.get("postgresql_include") or ()
    columns = (known.get(each, each) if isinstance(each, str) else each for each in given)
    return tuple(str(getattr(column, "name", column)) for column in columns)


def _define(index: SAIndex, table: SATable) -> Index:
    options = index.dialect_options["postgresql"]
    elements = tuple(_element(expression, options["ops"]) for expression in index.expressions)
    return Index(
        elements=elements,
        columns=tuple(_plain_columns(elements, table)),
        unique=bool(index.unique),
        method=str(options["using"] or "btree").lower(),
        include=list_included(index, table),
        where=_where(options["where"]),
        nulls_not_distinct=bool(options["nulls_not_distinct"]),
        options=storage_options(options["with"]),
        comment=None,
    )


def _element(expression: Any, operator_classes: dict[str, str]) -> str:
    text = compile_expression(expression if isinstance(expression, ColumnClause) else expression.self_group())
    operator_class = operator_classes.get(getattr(expression, "key", None) or "")
    return f"{text} {operator_class}" if operator_class else text


def _plain_columns(elements: Iterable[str], table: SATable) -> Iterator[str]:
    """Return the columns that stand by themselves, with nothing behind them but words: an order, an operator class."""
    names = {str(column.name) for column in table.columns}
    for element in elements:
        first, *others = list_words(element)
        if first.name in names and all(token.name is not None or token.text == "." for token in others):
            yield str(first.name)


def _where(condition: Any) -> str | None:
    if condition is None:
        return None
    return strip_parentheses(compile_expression(coercions.expect(roles.DDLExpressionRole, condition)))
