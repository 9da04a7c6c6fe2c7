"""HTTP requests as PostgREST runs them, without the server: one transaction each, as the role; needs psycopg.

The SQL is that of PostgREST 12, simplified where the answer stays the same:
https://docs.postgrest.org/en/v12/references/transactions.html
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
from psycopg.rows import scalar_row

from pgcraft.catalog.objects import ObjectId
from pgcraft.devdb.rows.inserts import Row, write_literal
from pgcraft.devdb.rows.rows import RowMaker
from pgcraft.devdb.rows.shapes import Connection, RelationShape, read_shapes
from pgcraft.devdb.trying.exchange import Exchange
from pgcraft.identifiers import quote_literal, quote_name

ANONYMOUS = "anon"
"""The role of requests without a token: what it is refused gives 401, what others are refused 403."""

_NEW_ROW = 500
_LIMIT = 2
_STATUS_BY_CLASS = {"08": 503, "22": 400, "23": 400, "28": 403, "53": 503, "54": 413, "P0": 400, "XX": 500}
_STATUS_BY_CODE = {"23503": 409, "23505": 409, "25006": 405, "42883": 404, "42P01": 404, "P0001": 400}
_REFUSED = "42501"


def exchange_all(connection: Connection, view: ObjectId, role: str) -> tuple[Exchange, ...]:
    """Run a GET, POST, PATCH and DELETE on a view, each on the same made-up rows; nothing stays.

    Args:
        connection: that of a superuser, to a database which has the view and the role.
        view: what is asked for.
        role: who asks.
    """
    with connection.transaction(force_rollback=True):
        maker = RowMaker(connection, read_shapes(connection))
        shape = maker.shapes.by_name[view.qualified]
        rows = [maker.make(shape, variant) for variant in range(_LIMIT)]
        client = _Client(connection, shape, role)
        return tuple(_run_all(client, maker, next((row for row in rows if row), None)))


def _run_all(client: "_Client", maker: RowMaker, row: Row | None) -> Iterator[Exchange]:
    shape = client.shape
    columns = ", ".join(quote_name(column.name) for column in shape.columns)
    yield client.read(f"SELECT {columns} FROM {shape.sql} LIMIT {_LIMIT}", f"?limit={_LIMIT}")
    values = maker.choose(shape, _NEW_ROW)
    yield client.write("POST", "", values, _insert(shape, tuple(values)), 201)
    key = _find_key(row)
    if key is None or row is None:
        return
    where = f"{shape.sql}.{quote_name(key)} = {write_literal(shape.column(key), row[key] or '')}"
    query = f"?{key}=eq.{row[key]}"
    changed = {name: value for name, value in values.items() if name != key}
    if changed:
        name = next(iter(changed))
        assignment = f"{quote_name(name)} = pgrst_body.{quote_name(name)}"
        update = f"UPDATE {shape.sql} SET {assignment} FROM {_unpack_body(shape, (name,))} WHERE {where}"
        yield client.write("PATCH", query, {name: changed[name]}, update, 200)
    yield client.write("DELETE", query, {}, f"DELETE FROM {shape.sql} WHERE {where}", 200)


def _find_key(row: Row | None) -> str | None:
    """Return the column to name one row by: ``id``, or the first that has a value."""
    filled = [name for name, value in (row or {}).items() if value is not None]
    return "id" if "id" in filled else next(iter(filled), None)


def _unpack_body(shape: RelationShape, names: tuple[str, ...]) -> str:
    """Write what makes the JSON of a request into rows, as PostgREST does."""
    typed = ", ".join(f"{quote_name(name)} {shape.column(name).type_sql}" for name in names)
    return f"json_to_recordset(current_setting('pgcraft.body')::json) AS pgrst_body ({typed})"


def _insert(shape: RelationShape, names: tuple[str, ...]) -> str:
    if not names:
        return f"INSERT INTO {shape.sql} DEFAULT VALUES"
    listed = ", ".join(quote_name(name) for name in names)
    taken = ", ".join(f"pgrst_body.{quote_name(name)}" for name in names)
    return f"INSERT INTO {shape.sql} ({listed}) SELECT {taken} FROM {_unpack_body(shape, names)}"


@dataclass(frozen=True)
class _Client:
    """Sends requests to one view as one role."""

    connection: Connection
    shape: RelationShape
    role: str

    def read(self, query: str, suffix: str) -> Exchange:
        """Run a GET."""
        return self._exchange("GET", suffix, "", _aggregate(query), 200)

    def write(self, method: str, suffix: str, values: dict[str, str], statement: str, status: int) -> Exchange:
        """Run a statement that gives back what it wrote, where the role may read that."""
        body = self._make_body(values) if values else ""
        if not self._may_read():
            return self._exchange(method, suffix, body, statement, 201 if method == "POST" else 204)
        returning = f"{statement} RETURNING {self.shape.sql}.*"
        aggregated = f"WITH pgrst_source AS ({returning}) {_aggregate('SELECT * FROM pgrst_source')}"
        return self._exchange(method, suffix, body, aggregated, status)

    def _may_read(self) -> bool:
        row = self.connection.execute("SELECT has_table_privilege(%s, %s::oid, 'select')", [self.role, self.shape.oid])
        return bool(row.fetchone() == (True,))

    def _exchange(self, method: str, suffix: str, body: str, query: str, status: int) -> Exchange:
        path = f"/{self.shape.name}{suffix}"
        try:
            with (
                self.connection.transaction(force_rollback=True),
                self.connection.cursor(row_factory=scalar_row) as run,
            ):
                run.execute(self._settings(method, path, body).encode())
                run.execute(query.encode())
                answer = run.fetchone() if run.description else None
        except psycopg.Error as error:
            return Exchange(self.role, method, path, body, self._find_status(error), _format_error(error))
        return Exchange(self.role, method, path, body, status, answer or "")

    def _settings(self, method: str, path: str, body: str) -> str:
        """Write the first statement of a request; the claims are those of a token that names the role."""
        settings = {
            "search_path": f"{quote_name(self.shape.schema)}, public",
            "role": self.role,
            "request.jwt.claims": json.dumps({"role": self.role}),
            "request.method": method,
            "request.path": path.partition("?")[0],
            "pgcraft.body": f"[{body}]" if body else "[]",
        }
        calls = (f"set_config({quote_literal(name)}, {quote_literal(value)}, true)" for name, value in settings.items())
        return f"SELECT {', '.join(calls)}"

    def _make_body(self, values: dict[str, str]) -> str:
        pairs = (
            f"{quote_literal(name)}, {write_literal(self.shape.column(name), value)}" for name, value in values.items()
        )
        query = f"SELECT json_build_object({', '.join(pairs)})::text"
        row = self.connection.execute(query.encode()).fetchone()
        return str(row[0]) if row else ""

    def _find_status(self, error: psycopg.Error) -> int:
        code = error.sqlstate or "XX000"
        if code == _REFUSED:
            return 401 if self.role == ANONYMOUS else 403
        return _STATUS_BY_CODE.get(code) or _STATUS_BY_CLASS.get(code[:2], 400)


def _aggregate(query: str) -> str:
    return f"SELECT coalesce(json_agg(_postgrest_t), '[]')::text FROM ({query}) _postgrest_t"


def _format_error(error: psycopg.Error) -> str:
    told = error.diag
    fields = {
        "code": error.sqlstate,
        "details": told.message_detail,
        "hint": told.message_hint,
        "message": told.message_primary or str(error),
    }
    return json.dumps(fields, ensure_ascii=False)
