"""Grants."""

from collections.abc import Iterable, Iterator

from pgcraft.catalog.definitions import Grant
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId
from pgcraft.catalog.privileges import PUBLIC
from pgcraft.identifiers import quote_name, quote_names, quote_qualified
from pgcraft.render.functions import function_target
from pgcraft.render.renderer import Renderer, Sql

_READING_ORDER = (
    *("select", "insert", "update", "delete", "truncate", "references", "trigger", "maintain"),
    *("usage", "create", "execute"),
)


def create_grant(item: CatalogObject, _: Catalog) -> tuple[Sql, ...]:
    """Grant privileges; those with grant option in a statement of their own."""
    definition = item.defined_as(Grant)
    target, grantee = grant_target(item.id), grantee_name(item.id)
    plain = [name for name in definition.privileges if name not in definition.grantable]
    found = []
    if listed := ", ".join((*_in_reading_order(plain), *_column_privileges(definition))):
        found.append(f"GRANT {listed} ON {target} TO {grantee}")
    if listed := ", ".join(_in_reading_order(definition.grantable)):
        found.append(f"GRANT {listed} ON {target} TO {grantee} WITH GRANT OPTION")
    return tuple(Sql(text, f"create {item.id}") for text in found)


def drop_grant(item: CatalogObject) -> tuple[str, ...]:
    """Revoke what was granted, and nothing else."""
    definition = item.defined_as(Grant)
    listed = ", ".join((*_in_reading_order(definition.privileges), *_column_privileges(definition)))
    return (f"REVOKE {listed} ON {grant_target(item.id)} FROM {grantee_name(item.id)}",) if listed else ()


def take_rights(target: CatalogObject | Iterable[tuple[str, str]], grantees: Iterable[str]) -> str:
    """Give the SQL that takes every privilege, whoever gave it.

    Args:
        target: a function or a schema; or tables, views and sequences by schema and name.
        grantees: names of roles, and PUBLIC.
    """
    if not isinstance(target, CatalogObject):
        named = ", ".join(quote_qualified(schema, name) for schema, name in target)
    elif target.id.kind is Kind.FUNCTION:
        named = function_target(target)
    else:
        named = f"{target.id.kind.upper()} {quote_qualified(target.id.schema, target.id.name)}"
    listed = ", ".join(PUBLIC if grantee == PUBLIC else quote_name(grantee) for grantee in grantees)
    return f"REVOKE ALL ON {named} FROM {listed}"


def grant_target(grant_id: ObjectId) -> str:
    """Give what stands behind ON: ``SCHEMA api``, ``api.products``, ``FUNCTION api.total(integer)``."""
    on, parenthesis, arguments = (grant_id.signature or "").partition("(")
    name = quote_qualified(grant_id.schema, grant_id.name)
    if on in ("schema", "sequence", "function"):
        return f"{on.upper()} {name}{parenthesis}{arguments}"
    return name


def grantee_name(grant_id: ObjectId) -> str:
    """Give what stands behind TO and FROM."""
    return PUBLIC if grant_id.parent == PUBLIC else quote_name(grant_id.parent or "")


def _in_reading_order(privileges: tuple[str, ...] | list[str]) -> Iterator[str]:
    return (name.upper() for name in _READING_ORDER if name in privileges)


def _column_privileges(grant: Grant) -> Iterator[str]:
    """Give ``SELECT (id, name)`` for each privilege on columns."""
    for privilege in _READING_ORDER:
        columns = tuple(column for name, column in grant.columns if name == privilege)
        if columns:
            yield f"{privilege.upper()} ({quote_names(columns)})"


RENDERER = Renderer((Kind.GRANT,), create_grant, drop_grant)
