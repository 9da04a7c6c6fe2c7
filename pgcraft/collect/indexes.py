"""Indexes that no constraint owns."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnClause
from sqlalchemy import Index as SAIndex
from sqlalchemy import Table as SATable
from sqlalchemy.sql import coercions, roles

from pgcraft.catalog.definitions import Index
from pgcraft.catalog.linking import Draft
from pgcraft.catalog.objects import CatalogObject, Kind, ObjectId
from pgcraft.catalog.tokens import strip_parentheses
from pgcraft.collect.compiling import DDL, compile_expression, naming, origins_of, schema_of
from pgcraft.collect.tables import storage_options


def collect_indexes(table: SATable) -> Iterator[Draft]:
    """Give a table's indexes, sorted by name."""
    table_id = ObjectId(Kind.TABLE, schema_of(table), str(table.name))
    for index in sorted(table.indexes, key=index_name):
        object_id = ObjectId(Kind.INDEX, table_id.schema, index_name(index), parent=table_id.name)
        origins = origins_of(index, table)
        with naming(object_id, origins):
            definition = _define(index)
        texts = (*definition.elements, definition.where or "")
        yield Draft(CatalogObject(object_id, definition, origins=origins), needs=(table_id,), texts=texts)


def index_name(index: SAIndex) -> str:
    """Give an index's name, cut and hashed by SQLAlchemy where it is too long."""
    return str(DDL.preparer.format_constraint(index, _alembic_quote=False))


def _define(index: SAIndex) -> Index:
    options = index.dialect_options["postgresql"]
    included = tuple(str(getattr(column, "name", column)) for column in options["include"] or ())
    return Index(
        elements=tuple(_element(expression, options["ops"]) for expression in index.expressions),
        columns=tuple(str(item.name) for item in index.expressions if isinstance(item, ColumnClause)),
        unique=bool(index.unique),
        method=str(options["using"] or "btree").lower(),
        include=included,
        where=_where(options["where"]),
        nulls_not_distinct=bool(options["nulls_not_distinct"]),
        options=storage_options(options["with"]),
        comment=None,
    )


def _element(expression: Any, operator_classes: dict[str, str]) -> str:
    text = compile_expression(expression if isinstance(expression, ColumnClause) else expression.self_group())
    operator_class = operator_classes.get(getattr(expression, "key", None) or "")
    return f"{text} {operator_class}" if operator_class else text


def _where(condition: Any) -> str | None:
    if condition is None:
        return None
    return strip_parentheses(compile_expression(coercions.expect(roles.DDLExpressionRole, condition)))
