"""Trying to become roles and to call functions; needs psycopg."""

from contextlib import suppress
from typing import Any

import psycopg

from pgcraft.catalog.objects import ObjectId
from pgcraft.devdb.rows.candidates import Wish, make_candidates
from pgcraft.devdb.rows.shapes import Connection, Shapes
from pgcraft.devdb.trying.access import DATA_CLASSES
from pgcraft.devdb.trying.attempts import ALLOWED, INSUFFICIENT_PRIVILEGE, Seen, cannot_act, try_statement
from pgcraft.identifiers import quote_literal, quote_name, quote_qualified
from pgcraft.versions import MEMBERSHIP_OPTIONS, read_major

_OTHERS = b"""
SELECT rolname FROM pg_catalog.pg_roles
WHERE rolname !~ '^pg_' AND NOT rolsuper AND rolname <> current_user ORDER BY rolname
"""
_IS_SUPERUSER = b"SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user"


def prepare_roles(connection: Connection) -> bool:
    """Let the connection's role become every other one for as long as the transaction lasts.

    A superuser may. A plain owner makes itself a member, as far as it may grant the roles.

    Returns:
        Whether it may log in as them, too.
    """
    row = connection.execute(_IS_SUPERUSER).fetchone()
    if row and row[0]:
        return True
    options = (
        " WITH INHERIT FALSE, SET TRUE" if read_major(connection.info.server_version) >= MEMBERSHIP_OPTIONS else ""
    )
    for (role,) in connection.execute(_OTHERS).fetchall():
        with (
            suppress(psycopg.errors.InsufficientPrivilege, psycopg.errors.InvalidGrantOperation),
            connection.transaction(),
        ):
            connection.execute(f"GRANT {quote_name(role)} TO CURRENT_USER{options}".encode())
    return False


UNDEFINED_FUNCTION = "42883"
VARIANTS = 3
"""How many sets of arguments are tried where the function refuses the values."""

_FUNCTION = b"""
SELECT p.oid::bigint, p.prokind::text, p.provariadic <> 0,
  ARRAY(SELECT CASE WHEN t.typtype = 'p' THEN 'text' ELSE format_type(t.oid, NULL) END
    FROM unnest(p.proargtypes::oid[]) WITH ORDINALITY a(oid, i) JOIN pg_type t ON t.oid = a.oid ORDER BY a.i)
FROM pg_proc p WHERE p.oid = to_regprocedure(%s)
"""

_ARGUMENTS = b"""
SELECT t.oid::bigint, CASE WHEN t.typtype = 'p' THEN 'text' ELSE format_type(t.oid, NULL) END
FROM pg_proc p, unnest(p.proargtypes::oid[]) WITH ORDINALITY a(oid, i) JOIN pg_type t ON t.oid = a.oid
WHERE p.oid = %s ORDER BY a.i
"""

_RIGHTS = b"""
SELECT has_schema_privilege(%(role)s, %(schema)s, 'usage') AND has_function_privilege(%(role)s, %(oid)s::oid, 'execute')
"""


def try_call(connection: Connection, role: str, function: ObjectId) -> Seen:
    """Ask PostgreSQL to plan a call as the role: it checks the right to call, and runs nothing.

    A procedure cannot be planned; there PostgreSQL is asked about the right.
    """
    name = quote_qualified(function.schema, function.name)
    row = connection.execute(_FUNCTION, [f"{name}{function.arguments}"]).fetchone()
    if row is None:
        return "failed", f"{function} does not exist", UNDEFINED_FUNCTION
    oid, kind, is_variadic, types = row
    if kind == "p":
        return _ask_about(connection, role, function, oid)
    return try_statement(connection, role, _write_call(name, types, is_variadic=is_variadic))


def try_real_call(connection: Connection, shapes: Shapes, role: str, function: ObjectId) -> Seen:
    """Call a function as the role for real, with made-up arguments, and take back what it did.

    A procedure is not called, for it may end the transaction; there PostgreSQL is asked about the right.
    """
    name = quote_qualified(function.schema, function.name)
    row = connection.execute(_FUNCTION, [f"{name}{function.arguments}"]).fetchone()
    if row is None or row[1] != "f":
        return try_call(connection, role, function)
    types, is_variadic = connection.execute(_ARGUMENTS, [row[0]]).fetchall(), row[2]
    seen = ALLOWED
    for variant in range(VARIANTS):
        arguments = [_write_argument(shapes, oid, type_sql, variant) for oid, type_sql in types]
        if is_variadic:
            arguments[-1] = f"VARIADIC {arguments[-1]}"
        seen = try_statement(connection, role, f"SELECT {name}({', '.join(arguments)})::text")
        if seen[2][:2] not in DATA_CLASSES:
            break
    return seen


def _write_argument(shapes: Shapes, oid: int, type_sql: str, variant: int) -> str:
    candidates = make_candidates(Wish(shapes.type_of(oid), variant))
    return f"{quote_literal(candidates[0]) if candidates else 'NULL'}::{type_sql}"


def try_become(connection: Connection, login: str, role: str) -> Seen:
    """Log in as one role, as far as that is possible in a session, and switch to the other.

    Where the connection may not log in as others, PostgreSQL is asked about the membership.
    """
    with connection.transaction(force_rollback=True):
        try:
            with connection.transaction():
                connection.execute(f"SET LOCAL SESSION AUTHORIZATION {quote_name(login)}".encode())
        except psycopg.errors.InsufficientPrivilege:
            return _ask_about_membership(connection, login, role)
        except psycopg.Error as error:
            raise cannot_act(login, error.diag.message_primary or str(error)) from error
        try:
            with connection.transaction(force_rollback=True):
                connection.execute(f"SET LOCAL ROLE {quote_name(role)}".encode())
        except psycopg.errors.InsufficientPrivilege as error:
            return "refused", error.diag.message_primary or "", INSUFFICIENT_PRIVILEGE
    return ALLOWED


def _ask_about_membership(connection: Connection, login: str, role: str) -> Seen:
    kind = "SET" if read_major(connection.info.server_version) >= MEMBERSHIP_OPTIONS else "MEMBER"
    row: Any = connection.execute("SELECT pg_has_role(%s, %s, %s)", [login, role, kind]).fetchone()
    refused: Seen = ("refused", f'permission denied to set role "{role}"', INSUFFICIENT_PRIVILEGE)
    return ALLOWED if row[0] else refused


def _ask_about(connection: Connection, role: str, function: ObjectId, oid: int) -> Seen:
    row: Any = connection.execute(_RIGHTS, {"role": role, "schema": function.schema, "oid": oid}).fetchone()
    refused: Seen = ("refused", f"permission denied for procedure {function.name}", INSUFFICIENT_PRIVILEGE)
    return ALLOWED if row[0] else refused


def _write_call(name: str, types: list[str], *, is_variadic: bool) -> str:
    """Write an EXPLAIN of a call; its arguments must not be constants, or a strict function is planned away."""
    names = [f"a{number}" for number in range(len(types))]
    arguments = [f"s.{argument}" for argument in names]
    if is_variadic:
        arguments[-1] = f"VARIADIC {arguments[-1]}"
    values = ", ".join(f"NULL::{own} AS {argument}" for own, argument in zip(types, names, strict=True))
    return f"EXPLAIN SELECT {name}({', '.join(arguments)}) FROM (SELECT {values or '1'} OFFSET 0) s"
