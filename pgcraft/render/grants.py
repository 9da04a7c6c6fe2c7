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


def take_rights(target: CatalogObject, grantees: Collection[str], *, gives_back: bool = False) -> str:
    """Return the SQL that takes every privilege on a function or a schema, whoever gave it.

    Args:
        grantees: names of roles, and PUBLIC.
        gives_back: one of them may own it, as who made it just now, and keeps what an owner may.
    """
    listed = _list_grantees(grantees)
    if target.id.kind is Kind.FUNCTION:
        steps = _taking(routine_target(target), listed, gives_back=gives_back)
    else:  # a schema may be there already, and another's
        named = f"{target.id.kind.upper()} {quote_qualified(target.id.schema, target.id.name)}"
        giving = [_giving([], [], [target], (name for name in grantees if name != PUBLIC))] if gives_back else ()
        steps = (*_taking(named, listed, gives_back=False), *giving)
    return _in_block(f"{each};" for each in steps) if gives_back else steps[0]


def take_rights_on_relations(
    relations: Iterable[tuple[str, str]],
    columns: Iterable[ObjectId],
    grantees: Iterable[str],
    *,
    gives_back: bool = False,
) -> str:
    """Return the SQL that takes every privilege on tables, views and sequences, whoever gave it.

    Args:
        relations: schemas and names.
        columns: those whose sequences are meant, too; PostgreSQL names these, and not always the same.
        grantees: names of roles, and PUBLIC.
        gives_back: as of `take_rights`.
    """
    named, listed = [quote_qualified(*name) for name in relations], _list_grantees(grantees)
    sequences = [_sequence_of(each) for each in columns]
    if not sequences:
        steps = _taking(", ".join(named), listed, gives_back=gives_back)
        return _in_block(f"{each};" for each in steps) if gives_back else steps[0]
    text = f"{', '.join(named)}{', ' * bool(named)}".replace("%", "%%") + ", ".join("%s" for _ in sequences)
    given = ", ".join(sequences)
    if len(sequences) >= _MOST_ARGUMENTS:
        given = f"VARIADIC ARRAY[{given}]"
    steps = _taking(text, listed.replace("%", "%%"), gives_back=gives_back)
    return _in_block(f"EXECUTE format({quote_literal(each)}, {given});" for each in steps)


def give_owners(
    relations: Iterable[tuple[str, str]],
    columns: Iterable[ObjectId],
    others: Iterable[CatalogObject],
    roles: Iterable[str],
) -> str:
    """Return the SQL that gives roles what an owner may with what they own, whoever deploys.

    Args:
        columns: those whose sequences are meant, too.
        others: functions and schemas.
        roles: names; nobody else gets anything.
    """
    return _in_block([f"{_giving(relations, columns, others, roles)};"])


def _giving(
    relations: Iterable[tuple[str, str]],
    columns: Iterable[ObjectId],
    others: Iterable[CatalogObject],
    roles: Iterable[str],
) -> str:
    owned: dict[str, list[str]] = {
        "pg_class": [f"{quote_literal(quote_qualified(*each))}::regclass" for each in relations]
    }
    owned["pg_class"] += [f"{_sequence_of(each)}::regclass" for each in columns]
    for item in others:
        name, is_function = quote_qualified(item.id.schema, item.id.name), item.id.kind is Kind.FUNCTION
        spelled = f"{name}{item.id.arguments}" if is_function else name
        cast = "regprocedure" if is_function else "regnamespace"
        owned.setdefault("pg_proc" if is_function else "pg_namespace", []).append(f"{quote_literal(spelled)}::{cast}")
    members = ", ".join(f"{quote_literal(quote_name(role))}::regrole" for role in roles)
    found = "\n    UNION ALL ".join(_GIVEN[each].format(", ".join(ids), members) for each, ids in owned.items() if ids)
    return f"EXECUTE coalesce((\n    SELECT string_agg(sql, '; ') FROM (\n    {found}) AS given (sql)), 'SELECT')"


_GIVEN = {
    "pg_class": """\
SELECT format('GRANT ALL ON %s%s TO %s', CASE relkind WHEN 'S' THEN 'SEQUENCE ' END, oid::regclass, relowner::regrole)
    FROM pg_catalog.pg_class WHERE oid IN ({}) AND relowner IN ({})""",
    "pg_proc": """\
SELECT format('GRANT ALL ON ROUTINE %s TO %s', oid::regprocedure, proowner::regrole)
    FROM pg_catalog.pg_proc WHERE oid IN ({}) AND proowner IN ({})""",
    "pg_namespace": """\
SELECT format('GRANT ALL ON SCHEMA %s TO %s', oid::regnamespace, nspowner::regrole)
    FROM pg_catalog.pg_namespace WHERE oid IN ({}) AND nspowner IN ({})""",
}


def _sequence_of(column: ObjectId) -> str:
    table = quote_literal(quote_qualified(*column.relation))
    return f"pg_get_serial_sequence({table}, {quote_literal(column.name)})"


def _taking(target: str, grantees: str, *, gives_back: bool) -> tuple[str, ...]:
    take = f"REVOKE ALL ON {target} FROM {grantees}"
    return (take, f"GRANT ALL ON {target} TO CURRENT_USER") if gives_back else (take,)


def _in_block(statements: Iterable[str]) -> str:
    lines = "".join(f"  {each}\n" for each in statements)
    return "DO " + quote_body(f"\nBEGIN\n{lines}END\n")


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
