"""What is made is closed at once: default privileges of the host may have opened it to roles of the models."""

from collections.abc import Iterable

from pgcraft.catalog.definitions import Column, Function
from pgcraft.catalog.implicit import make_object_name
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind
from pgcraft.catalog.privileges import PUBLIC
from pgcraft.render.functions import public_execute
from pgcraft.render.grants import take_rights
from pgcraft.render.renderer import Sql

RELATIONS = (Kind.TABLE, Kind.SEQUENCE, Kind.VIEW, Kind.MATERIALIZED_VIEW)
CLOSED = (Kind.SCHEMA, Kind.FUNCTION, *RELATIONS)
"""The kinds that default privileges open."""

Name = tuple[str, str]
"""Schema and name."""


def close(item: CatalogObject, sql: tuple[Sql, ...], roles: Iterable[str], catalog: Catalog) -> tuple[Sql, ...]:
    """Give the SQL that makes an object and leaves no rights on it.

    Args:
        sql: makes the object by its first statement.
        roles: the models' roles; without any, who may do what is not the models' affair.
        catalog: where a table finds its columns.
    """
    names = tuple(roles)
    if not names or item.id.kind not in CLOSED or not sql:
        return sql
    is_open = item.id.kind is Kind.SCHEMA or (item.id.kind is Kind.FUNCTION and item.defined_as(Function).is_public)
    grantees = names if is_open else (PUBLIC, *names)
    closing = Sql(take_rights(_target(item, catalog), grantees), f"close {item.id}")
    rest = sql[1:]
    if item.id.kind is Kind.FUNCTION:
        rest = tuple(each for each in rest if is_open or each.text != public_execute(item))
    return (sql[0], closing, *rest)


def find_sequence(item: CatalogObject | None) -> Name | None:
    """Give the sequence that PostgreSQL makes for a serial or identity column; None for anything else."""
    if item is None or not isinstance(item.definition, Column):
        return None
    if not item.definition.is_serial and item.definition.identity is None:
        return None
    return str(item.id.schema), make_object_name(item.id.parent or "", item.id.name, "seq")


def _target(item: CatalogObject, catalog: Catalog) -> CatalogObject | tuple[Name, ...]:
    if item.id.kind not in RELATIONS:
        return item
    sequences = (find_sequence(catalog.find(part)) for part in item.parts if part.kind is Kind.COLUMN)
    return ((str(item.id.schema), item.id.name), *(name for name in sequences if name))
