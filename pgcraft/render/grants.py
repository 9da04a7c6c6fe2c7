"""Grants."""

from collections.abc import Collection, Iterable, Iterator

from pgcraft.catalog.definitions import Grant
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId
from pgcraft.catalog.privileges import PRIVILEGES, PUBLIC
from pgcraft.identifiers import quote_body, quote_literal, quote_name, quote_names, quote_qualified
from pgcraft.render.functions import routine_target
from pgcraft.render.renderer import Renderer, Sql

_MOST_ARGUMENTS = 100
"""Of a function of PostgreSQL's."""


def create_grant(item: CatalogObject, _: Catalog) -> tuple[Sql, ...]:
    """Grant privileges; those with grant option in a statement of their own."""
    definition = item.defined_as(Grant)
    target, grantee = grant_target(item.id), grantee_name(item.id)
    plain = [name for name in definition.privileges if name not in definition.grantable]
    plain_columns = [pair for pair in definition.columns if pair not in definition.grantable_columns]
    found = []
    if listed := list_privileges(plain, plain_columns):
        found.append(f"GRANT {listed} ON {target} TO {grantee}")
    if listed := list_privileges(definition.grantable, definition.grantable_columns):
        found.append(f"GRANT {listed} ON {target} TO {grantee} WITH GRANT OPTION")
    return tuple(Sql(text, "create", item.id) for text in found)


def drop_grant(item: CatalogObject) -> tuple[str, ...]:
    """Revoke what was granted, and nothing else."""
    definition = item.defined_as(Grant)
    listed = list_privileges(definition.privileges, definition.columns)
    return (f"REVOKE {listed} ON {grant_target(item.id)} FROM {grantee_name(item.id)}",) if listed else ()


def take_rights(target: CatalogObject, grantees: Iterable[str]) -> str:
    """Return the SQL that takes every privilege on a function or a schema, whoever gave it.

    Args:
        grantees: names of roles, and PUBLIC.
    """
    if target.id.kind is Kind.FUNCTION:
        named = routine_target(target)
    else:
        named = f"{target.id.kind.upper()} {quote_qualified(target.id.schema, target.id.name)}"
    return f"REVOKE ALL ON {named} FROM {_list_grantees(grantees)}"


def take_rights_on_relations(
    relations: Iterable[tuple[str, str]], columns: Iterable[ObjectId], grantees: Iterable[str]
) -> str:
    """Return the SQL that takes every privilege on tables, views and sequences, whoever gave it.

    Args:
        relations: schemas and names.
        columns: those whose sequences are meant, too; PostgreSQL names these, and not always the same.
        grantees: names of roles, and PUBLIC.
    """
    named, listed = [quote_qualified(*name) for name in relations], _list_grantees(grantees)
    sequences = [
        f"pg_get_serial_sequence({quote_literal(quote_qualified(*each.relation))}, {quote_literal(each.name)})"
        for each in columns
    ]
    if not sequences:
        return f"REVOKE ALL ON {', '.join(named)} FROM {listed}"
    text = f"{', '.join(named)}{', ' * bool(named)}".replace("%", "%%") + ", ".join("%s" for _ in sequences)
    revoke = quote_literal(f"REVOKE ALL ON {text} FROM {listed.replace('%', '%%')}")
    given = ", ".join(sequences)
    if len(sequences) >= _MOST_ARGUMENTS:
        given = f"VARIADIC ARRAY[{given}]"
    return "DO " + quote_body(f"\nBEGIN\n  EXECUTE format({revoke}, {given});\nEND\n")


def _list_grantees(names: Iterable[str]) -> str:
    return ", ".join(PUBLIC if name == PUBLIC else quote_name(name) for name in names)


def grant_target(grant_id: ObjectId) -> str:
    """Return what stands behind ON: ``SCHEMA api``, ``api.products``, ``ROUTINE api.total(integer)``."""
    target = grant_id.granted_on
    name = quote_qualified(target.schema, target.name)
    if target.kind is Kind.FUNCTION:  # which may be a procedure or an aggregate function
        return f"ROUTINE {name}{target.arguments}"
    if target.kind in (Kind.SCHEMA, Kind.SEQUENCE):
        return f"{target.kind.upper()} {name}"
    return name


def grantee_name(grant_id: ObjectId) -> str:
    """Return what stands behind TO and FROM."""
    return PUBLIC if grant_id.parent == PUBLIC else quote_name(grant_id.grantee)


def list_privileges(privileges: Collection[str], columns: Collection[tuple[str, str]]) -> str:
    """Return what stands behind GRANT and REVOKE: ``SELECT, INSERT, UPDATE (name, price)``."""
    return ", ".join((*(name.upper() for name in PRIVILEGES if name in privileges), *_column_privileges(columns)))


def _column_privileges(pairs: Collection[tuple[str, str]]) -> Iterator[str]:
    for privilege in PRIVILEGES if pairs else ():
        columns = tuple(column for name, column in pairs if name == privilege)
        if columns:
            yield f"{privilege.upper()} ({quote_names(columns)})"


RENDERER = Renderer((Kind.GRANT,), create_grant, drop_grant)
