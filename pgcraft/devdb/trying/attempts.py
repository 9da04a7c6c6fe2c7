"""What is sent to try an operation as a role, in the shape in which PostgREST sends it; needs psycopg."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

import psycopg

from pgcraft.devdb.rows.inserts import Row, write_literal
from pgcraft.devdb.rows.shapes import ColumnShape, Connection, RelationShape, quote_columns
from pgcraft.devdb.trying import access
from pgcraft.errors import PGCraftDatabaseError
from pgcraft.identifiers import quote_literal, quote_name

INSUFFICIENT_PRIVILEGE = "42501"
ROW_SECURITY = "row-level security"
NOT_COMPARABLE = frozenset({"json", "xml", "point", "line", "path", "polygon", "box", "circle", "lseg", "jsonpath"})

Seen = tuple[Literal["allowed", "refused", "failed"], str, str]
"""What came of it, the server's message, and its SQLSTATE."""

ALLOWED: Seen = ("allowed", "", "")
UNTOUCHED: Seen = ("allowed", access.UNTOUCHED, "")


@dataclass(frozen=True)
class Rights:
    """Which columns a role may use.

    Attributes:
        readable: None for all; empty when it may read none.
        writable: None for all.
    """

    readable: tuple[str, ...] | None = None
    writable: tuple[str, ...] | None = None


@contextmanager
def acting_as(connection: Connection, role: str, claims: str = "{}") -> Iterator[None]:
    """Be the role as PostgREST is it, until the caller's savepoint is rolled back.

    Args:
        connection: inside of a transaction.
        role: who acts.
        claims: of its token, as JSON; the role is one of them.

    Raises:
        PGCraftDatabaseError: the connection's own role may not switch to it (PGC506).
    """
    settings = {"role": role, "request.jwt.claims": json.dumps({"role": role, **json.loads(claims)})}
    calls = (f"set_config({quote_literal(name)}, {quote_literal(value)}, true)" for name, value in settings.items())
    try:
        connection.execute(f"SELECT {', '.join(calls)}".encode())
    except psycopg.Error as error:
        raise cannot_act(role, error.diag.message_primary or str(error)) from error
    yield


def cannot_act(role: str, message: str) -> PGCraftDatabaseError:
    """Return the error that says that a role's operations cannot be tried."""
    return PGCraftDatabaseError(
        "PGC506",
        f'operations of role "{role}" cannot be tried: {message}',
        remedy="give a superuser, or a member of every role, in --url or dev_url",
    )


def to_seen(sqlstate: str, message: str) -> Seen:
    """Tell a missing right from any other failure; a row that a policy refuses has the same SQLSTATE."""
    is_refused = sqlstate == INSUFFICIENT_PRIVILEGE and ROW_SECURITY not in message
    return ("refused" if is_refused else "failed"), message, sqlstate


def try_statement(connection: Connection, role: str, statement: str, claims: str = "{}") -> Seen:
    """Execute as the role inside a savepoint that is rolled back, with what waits for the end of a transaction."""
    with connection.transaction(force_rollback=True), acting_as(connection, role, claims):
        return _execute(connection, statement)


def _execute(connection: Connection, statement: str) -> Seen:
    try:
        with connection.transaction(force_rollback=True):
            cursor = connection.execute(statement.encode())
            touched = cursor.fetchone() if cursor.description else None
            connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
    except psycopg.Error as error:
        return to_seen(error.sqlstate or "", error.diag.message_primary or str(error))
    return UNTOUCHED if touched == (0,) else ALLOWED


def write_select(shape: RelationShape, rights: Rights) -> str:
    """Write a GET."""
    columns = "*" if rights.readable is None else quote_columns(rights.readable)
    return f"SELECT coalesce(json_agg(t), '[]') FROM (SELECT {columns} FROM {shape.sql} LIMIT 10) t"


def write_insert(shape: RelationShape, values: dict[str, str], rights: Rights) -> str:
    """Write a POST: values go through JSON, and rows come back where the role may read."""
    kept = {name: value for name, value in values.items() if rights.writable is None or name in rights.writable}
    if not kept:
        return _return_rows(f"INSERT INTO {shape.sql} DEFAULT VALUES", shape, rights)
    names = quote_columns(tuple(kept))
    body = _write_body(shape, kept)
    return _return_rows(f"INSERT INTO {shape.sql} ({names}) SELECT {names} FROM {body}", shape, rights)


def write_update(shape: RelationShape, column: str, value: str | None, row: Row | None, rights: Rights) -> str:
    """Write a PATCH of one column in one row."""
    name = quote_name(column)
    body = _write_body(shape, {column: value})
    statement = f"UPDATE {shape.sql} SET {name} = pgrst_body.{name} FROM {body}{_write_filter(shape, row, rights)}"
    return _return_rows(statement, shape, rights)


def write_delete(shape: RelationShape, row: Row | None, rights: Rights) -> str:
    """Write a DELETE of one row."""
    return _return_rows(f"DELETE FROM {shape.sql}{_write_filter(shape, row, rights)}", shape, rights)


def _write_body(shape: RelationShape, values: Mapping[str, str | None]) -> str:
    """Write a request's body as PostgREST unpacks it: the values go through JSON."""
    columns = {shape.column(name): value for name, value in values.items()}
    pairs = ", ".join(f"{quote_literal(c.name)}, {_write_value(c, value)}" for c, value in columns.items())
    types = ", ".join(f"{quote_name(c.name)} {c.type_sql}" for c in columns)
    return f"(SELECT * FROM json_to_record(json_build_object({pairs})) AS _({types})) AS pgrst_body"


def _write_value(column: ColumnShape, value: str | None) -> str:
    return "NULL" if value is None else write_literal(column, value)


def _write_filter(shape: RelationShape, row: Row | None, rights: Rights) -> str:
    """Name one row by its key, or by the first column that can be compared; every row when the role cannot read."""
    known = [
        column
        for column in shape.columns
        if (row or {}).get(column.name) is not None
        and column.type.name not in NOT_COMPARABLE
        and (rights.readable is None or column.name in rights.readable)
    ]
    if not row or not known:
        return ""
    chosen = [column for column in known if column.name in shape.primary_key] or known[:1]
    conditions = (f"{shape.sql}.{quote_name(c.name)} = {write_literal(c, row[c.name] or '')}" for c in chosen)
    return " WHERE " + " AND ".join(conditions)


def _return_rows(statement: str, shape: RelationShape, rights: Rights) -> str:
    # PostgREST's "return=minimal" asks for a constant: that needs no right to read.
    listed = f"{shape.sql}.*" if rights.readable is None else quote_columns(rights.readable, f"{shape.sql}.")
    returned = listed or "1"
    return f"WITH pgrst_source AS ({statement} RETURNING {returned}) SELECT count(*) FROM pgrst_source"
