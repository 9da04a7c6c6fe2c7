"""Random resources and random writes, beside a plain Python model of what should be there."""

import datetime as dt
import decimal
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb
from sqlalchemy import JSON, UUID, Boolean, Column, Date, DateTime, Float, Integer, Numeric, String, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from pgcraft.check import PGCraftCheck
from pgcraft.collect import collect
from pgcraft.configure import pgcraft_configure_metadata
from pgcraft.devdb.server import Server
from pgcraft.identifiers import quote_name
from pgcraft.naming import limit_name
from pgcraft.plugins.pk import IdentityPKPlugin, SerialPKPlugin, UUIDV4PKPlugin
from pgcraft.render import render_catalog
from tests.acceptance.hostile import HOSTILE_NAMES
from tests.factories.building import ENTITIES, Models
from tests.support.databases import drop_roles, fresh_database

EXAMPLES = int(os.environ.get("PGCRAFT_EXAMPLES", "25"))

TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=20)
DOCUMENTS = st.recursive(st.integers() | st.booleans() | TEXT, lambda inner: st.lists(inner, max_size=3), max_leaves=4)
NUMBERS = st.integers(-(2**31), 2**31 - 1)
MOMENTS = st.datetimes(dt.datetime(1900, 1, 1), timezones=st.just(dt.UTC))  # noqa: DTZ001  Hypothesis adds the zone
TYPES: dict[str, tuple[Any, st.SearchStrategy[Any]]] = {
    "integer": (Integer(), NUMBERS),
    "text": (Text(), TEXT),
    "short text": (String(20), TEXT),
    "boolean": (Boolean(), st.booleans()),
    "numeric": (Numeric(12, 2), st.decimals(-(10**9), 10**9, places=2)),
    "float": (Float(53), st.floats(allow_nan=False)),
    "date": (Date(), st.dates()),
    "moment": (DateTime(timezone=True), MOMENTS),
    "uuid": (UUID(), st.uuids()),
    "jsonb": (JSONB(), DOCUMENTS),
    "json": (JSON(), DOCUMENTS),
    "array": (ARRAY(Integer()), st.lists(NUMBERS, max_size=3)),
}
DEFAULTS: dict[str, tuple[str, Any]] = {
    "integer": ("7", 7),
    "text": ("it's 100%", "it's 100%"),
    "boolean": ("false", False),
    "numeric": ("1.50", decimal.Decimal("1.50")),
}
"""A server default for some types, and the value that it gives."""


@dataclass(frozen=True)
class Field:
    """A column of the resource."""

    name: str
    type: str
    is_nullable: bool
    has_default: bool
    is_checked: bool

    @property
    def default(self) -> Any:
        return DEFAULTS[self.type][1] if self.has_default else None

    def takes(self, value: Any) -> bool:
        if value is None:
            return self.is_nullable
        return not self.is_checked or value >= 0


@dataclass(frozen=True)
class Write:
    """One statement: ``values`` by column; ``target`` picks the row of an update or a delete."""

    op: str
    route: str
    target: int
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Case:
    """A resource and what is done to it."""

    kind: str
    name: str
    key: Any
    fields: tuple[Field, ...]
    writes: tuple[Write, ...]


@st.composite
def fields(draw: st.DrawFn, name: str) -> Field:
    type_ = draw(st.sampled_from(sorted(TYPES)))
    has_default = type_ in DEFAULTS and draw(st.booleans())
    return Field(name, type_, draw(st.booleans()), has_default, type_ == "integer" and draw(st.booleans()))


@st.composite
def cases(draw: st.DrawFn) -> Case:
    names = draw(st.lists(st.sampled_from(HOSTILE_NAMES), min_size=3, max_size=6, unique=True))
    own = tuple(draw(fields(name)) for name in names[2:])
    keys = st.sampled_from((SerialPKPlugin, IdentityPKPlugin, UUIDV4PKPlugin))
    values = st.fixed_dictionaries({}, optional={field.name: st.none() | TYPES[field.type][1] for field in own})
    writes = st.builds(
        Write,
        st.sampled_from(("insert", "update", "delete")),
        st.sampled_from(("own", "api")),
        st.integers(0, 9),
        values,
    )
    listed = draw(st.lists(writes, min_size=1, max_size=12))
    return Case(draw(st.sampled_from(ENTITIES)), names[0], draw(keys)(names[1]), own, tuple(listed))


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
                    follow(case, connection)
                finally:
                    connection.rollback()

            run()
    finally:
        drop_roles(server18)


def follow(case: Case, connection: psycopg.Connection[dict[str, Any]]) -> None:
    """Carry out every write in the database and in the model, and compare after each."""
    connection.execute(write_schema(case).encode())
    expected: dict[Any, dict[str, Any]] = {}
    for write in case.writes:
        if write.op == "insert":
            _insert(case, write, connection, expected)
        elif expected:
            key = sorted(expected, key=str)[write.target % len(expected)]
            _change(case, write, key, connection, expected)
        for relation in ("own", "api"):
            assert _read(case, connection, relation) == expected


def write_schema(case: Case) -> str:
    models = Models()
    items: list[Any] = []
    for field in case.fields:
        default = DEFAULTS[field.type][0] if field.has_default else None
        items.append(Column(field.name, TYPES[field.type][0], nullable=field.is_nullable, server_default=default))
        if field.is_checked:
            items.append(PGCraftCheck(f"{{{field.name}}} >= 0", limit_name(f"ck {field.name}")))
    factory = models.declare(case.kind, case.name, items, schema="own", extra_plugins=[case.key])
    models.expose(factory)
    pgcraft_configure_metadata(models.metadata, models.config)
    statements = (statement.sql for statement in render_catalog(collect(models.metadata)))
    return ";\n".join(statements)


def _insert(case: Case, write: Write, connection: Any, expected: dict[Any, Any]) -> None:
    row = {field.name: write.values.get(field.name, field.default) for field in case.fields}
    columns = ", ".join(map(_quote, write.values))
    marks = ", ".join("%s" for _ in write.values)
    what = f"({columns}) VALUES ({marks})" if write.values else "DEFAULT VALUES"
    sql = f"INSERT INTO {write.route}.{_quote(case.name)} {what} RETURNING *"
    answer = _execute(case, write, connection, sql, row)
    for made in answer:
        _compare(case, made, row)
        expected[made[case.key.column_name]] = row


def _change(case: Case, write: Write, key: Any, connection: Any, expected: dict[Any, Any]) -> None:
    relation = f"{write.route}.{_quote(case.name)}"
    where = f"WHERE {_quote(case.key.column_name)} = %s RETURNING *"
    if write.op == "delete":
        _execute(case, Write("delete", write.route, 0, {"": key}), connection, f"DELETE FROM {relation} {where}", {})
        del expected[key]
    elif write.values:
        row = expected[key] | write.values
        changes = ", ".join(f"{_quote(column)} = %s" for column in write.values)
        sql = f"UPDATE {relation} SET {changes} {where}"
        for made in _execute(case, write, connection, sql, row, key):
            _compare(case, made, row)
            expected[key] = row


def _execute(
    case: Case, write: Write, connection: Any, sql: str, row: Mapping[str, Any], *more: object
) -> list[dict[str, Any]]:
    """Run a write as its route's role; it fails exactly where a rule is broken."""
    types = {field.name: field.type for field in case.fields}
    wrap = {"jsonb": Jsonb, "json": Jsonb}
    values = [
        value if value is None else wrap.get(types.get(name, ""), lambda same: same)(value)
        for name, value in write.values.items()
    ]
    is_allowed = all(field.takes(row.get(field.name)) for field in case.fields if row)
    try:
        with connection.transaction():
            connection.execute(b"SET LOCAL ROLE anon" if write.route == "api" else b"RESET ROLE")
            answer: list[dict[str, Any]] = connection.execute(sql.encode(), (*values, *more)).fetchall()
            connection.execute(b"RESET ROLE")
    except (psycopg.errors.NotNullViolation, psycopg.errors.CheckViolation):
        assert not is_allowed, (write, row)
        return []
    assert is_allowed, (write, row)
    assert len(answer) == 1
    return answer


def _read(case: Case, connection: Any, schema: str) -> dict[Any, dict[str, Any]]:
    names = [field.name for field in case.fields]
    rows = connection.execute(f"SELECT * FROM {schema}.{quote_name(case.name)}".encode()).fetchall()
    return {row[case.key.column_name]: {name: row[name] for name in names} for row in rows}


def _compare(case: Case, made: Mapping[str, Any], row: Mapping[str, Any]) -> None:
    assert {field.name: made[field.name] for field in case.fields} == row


def _quote(name: str) -> str:
    return quote_name(name).replace("%", "%%")
