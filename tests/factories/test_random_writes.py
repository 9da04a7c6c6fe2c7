"""Random resources and random writes, beside a plain Python model of what should be there.

``PGCRAFT_EXAMPLES=500 python -m pytest tests/factories/test_random_writes.py`` looks at more of them.
"""

import os
from collections.abc import Mapping
from typing import Any

import psycopg
from hypothesis import HealthCheck, given, settings
from psycopg import errors
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from pgcraft.devdb.server.servers import Server
from pgcraft.identifiers import quote_name
from tests.factories.random_cases import Case, Write, cases, write_schema
from tests.support.databases import drop_roles, fresh_database

EXAMPLES = int(os.environ.get("PGCRAFT_EXAMPLES", "25"))
BROKEN_RULES = (
    errors.NotNullViolation,
    errors.CheckViolation,
    errors.UniqueViolation,
    errors.ForeignKeyViolation,
    errors.InsufficientPrivilege,
)
Row = dict[str, Any]


def test_what_is_there_is_what_was_written(server18: Server) -> None:
    try:
        with (
            fresh_database(server18) as database,
            database.connect(autocommit=False, row_factory=dict_row) as connection,
        ):

            @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None)
            @given(cases())
            def run(case: Case) -> None:
                try:
                    connection.execute(write_schema(case).encode())
                    _Follower(case, connection).follow()
                finally:
                    connection.rollback()

            run()
    finally:
        drop_roles(server18)


class _Follower:
    """Carries out every write in the database and in the model, and compares after each."""

    def __init__(self, case: Case, connection: psycopg.Connection[Row]) -> None:
        self.case = case
        self.connection = connection
        self.rows: dict[Any, Row] = {}
        self.notes: list[Any] = []

    def follow(self) -> None:
        for write in self.case.writes:
            if write.op == "insert":
                self.insert(write)
            elif self.rows:
                key = sorted(self.rows, key=str)[write.target % len(self.rows)]
                {"update": self.update, "delete": self.delete, "note": self.note}[write.op](write, key)
            for schema in ("own", "api"):
                assert self.read(schema) == self.rows
            notes = self.connection.execute("SELECT item FROM other.notes ORDER BY id").fetchall()
            assert [note["item"] for note in notes] == self.notes

    def insert(self, write: Write) -> None:
        given = {field.name: write.values.get(field.name, field.default) for field in self.case.fields}
        row = self.case.complete(given)
        columns = ", ".join(map(_quote, write.values))
        marks = ", ".join("%s" for _ in write.values)
        what = f"({columns}) VALUES ({marks})" if write.values else "DEFAULT VALUES"
        sql = f"INSERT INTO {self.relation(write)} {what} RETURNING *"
        is_allowed = self.case.allows(row, list(self.rows.values()))
        for made in self.execute(write, sql, self.adapt(write.values), is_allowed=is_allowed):
            self.compare(made, row)
            self.rows[made[self.case.key.column_name]] = row

    def update(self, write: Write, key: Any) -> None:
        if not write.values:
            return
        row = self.case.complete(self.rows[key] | write.values)
        others = [other for place, other in self.rows.items() if place != key]
        changes = ", ".join(f"{_quote(column)} = %s" for column in write.values)
        sql = f"UPDATE {self.relation(write)} SET {changes} {self.where_key()} RETURNING *"
        is_allowed = self.case.kind != "Ledger" and self.case.allows(row, others)
        for made in self.execute(write, sql, [*self.adapt(write.values), key], is_allowed=is_allowed):
            self.compare(made, row)
            self.rows[key] = row

    def delete(self, write: Write, key: Any) -> None:
        is_held = self.case.on_delete != "CASCADE" and key in self.notes
        sql = f"DELETE FROM {self.relation(write)} {self.where_key()} RETURNING *"
        for gone in self.execute(write, sql, [key], is_allowed=self.case.kind != "Ledger" and not is_held):
            self.compare(gone, self.rows.pop(key))
            self.notes = [note for note in self.notes if note != key]

    def note(self, write: Write, key: Any) -> None:
        self.connection.execute("INSERT INTO other.notes (item) VALUES (%s)", [key])
        self.notes.append(key)

    def execute(self, write: Write, sql: str, values: list[Any], *, is_allowed: bool) -> list[Row]:
        """Run a write as its route's role; it fails exactly where a rule is broken."""
        answer: list[Row] = []
        refused = None
        try:
            with self.connection.transaction():
                self.connection.execute(b"SET LOCAL ROLE anon" if write.route == "api" else b"RESET ROLE")
                answer = self.connection.execute(sql.encode(), values).fetchall()
                self.connection.execute(b"RESET ROLE")
        except BROKEN_RULES as error:
            refused = error
        assert is_allowed == (refused is None), (write, refused)
        assert is_allowed == (len(answer) == 1)
        return answer

    def adapt(self, values: Mapping[str, Any]) -> list[Any]:
        documents = {field.name for field in self.case.fields if field.type in ("json", "jsonb")}
        return [Jsonb(value) if name in documents and value is not None else value for name, value in values.items()]

    def read(self, schema: str) -> dict[Any, Row]:
        rows = self.connection.execute(f"SELECT * FROM {schema}.{quote_name(self.case.name)}".encode()).fetchall()
        return {row[self.case.key.column_name]: {name: row[name] for name in self.case.names} for row in rows}

    def compare(self, made: Row, row: Row) -> None:
        assert {name: made[name] for name in self.case.names} == row

    def relation(self, write: Write) -> str:
        return f"{write.route}.{_quote(self.case.name)}"

    def where_key(self) -> str:
        return f"WHERE {_quote(self.case.key.column_name)} = %s"


def _quote(name: str) -> str:
    return quote_name(name).replace("%", "%%")
