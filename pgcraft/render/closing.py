"""What is made is closed at once: default privileges of the host may have opened it to roles of the models."""

from collections.abc import Collection, Iterable, Iterator

from pgcraft.catalog.definitions import Column, Function, Role
from pgcraft.catalog.kinds import GRANTABLE, IN_PG_CLASS
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId
from pgcraft.catalog.privileges import PUBLIC
from pgcraft.render.functions import public_execute
from pgcraft.render.grants import take_rights, take_rights_on_relations
from pgcraft.render.renderer import Sql

CLOSED = (*GRANTABLE, Kind.PARTITION)
"""The kinds that default privileges open."""
RELATIONS = tuple(kind for kind in CLOSED if kind in IN_PG_CLASS)


def close(item: CatalogObject, sql: tuple[Sql, ...], roles: Iterable[str], catalog: Catalog) -> tuple[Sql, ...]:
    """Return the SQL that makes an object and leaves no rights on it.

    Args:
        sql: makes the object by its first statement.
        roles: the models' roles; without any, who may do what is not the models' affair.
        catalog: where a table finds its columns.
    """
    owner = getattr(item.definition, "owner", None)  # whose rights come with that
    names = tuple(role for role in roles if role != owner)
    if not names or item.id.kind not in CLOSED or not sql:
        return sql
    is_open = item.id.kind is Kind.SCHEMA or (item.id.kind is Kind.FUNCTION and item.defined_as(Function).is_public)
    grantees = names if is_open else (PUBLIC, *names)
    closing = Sql(_take(item, catalog, grantees, gives_back=may_deploy(names, catalog)), "close", item.id)
    rest = sql[1:]
    if item.id.kind is Kind.FUNCTION:
        rest = tuple(each for each in rest if is_open or each.text != public_execute(item))
    return (sql[0], closing, *rest)


def has_sequence(item: CatalogObject | None) -> bool:
    """Whether it is a column that PostgreSQL makes a sequence for."""
    column = item.definition if item else None
    return isinstance(column, Column) and column.is_counting


def list_counting(table: CatalogObject, catalog: Catalog) -> Iterator[ObjectId]:
    """Return the columns of a relation that PostgreSQL makes a sequence for."""
    return (part for part in table.parts if has_sequence(catalog.find(part)))


def may_deploy(roles: Iterable[str], catalog: Catalog) -> bool:
    """Whether one of a catalog's roles may be who makes all this: it logs in, and not to become others."""
    found = (catalog.find(ObjectId(Kind.ROLE, None, role)) for role in roles)
    return any(item.defined_as(Role).login and item.defined_as(Role).inherit for item in found if item)


def _take(item: CatalogObject, catalog: Catalog, grantees: Collection[str], *, gives_back: bool) -> str:
    if item.id.kind not in RELATIONS:
        return take_rights(item, grantees, gives_back=gives_back)
    relations = [(str(item.id.schema), item.id.name)]
    return take_rights_on_relations(relations, list_counting(item, catalog), grantees, gives_back=gives_back)
