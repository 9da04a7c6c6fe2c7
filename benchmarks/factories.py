"""Writes and reads through the factories' views, against the same written by hand as one SQL statement."""

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from sqlalchemy import Column, Integer, MetaData, String

from benchmarks.measure import Result, Side, best_of, time_once
from pgcraft.collect import collect
from pgcraft.config import PGCraftConfig
from pgcraft.configure import pgcraft_configure_metadata
from pgcraft.devdb.server.servers import start_server
from pgcraft.export import export_sql
from pgcraft.extensions.postgrest import PostgRESTExtension, PostgRESTView
from pgcraft.factory import PGCraftAppendOnly, PGCraftEAV, PGCraftLedger, PGCraftSimple, ResourceFactory

ROUNDS = 21
TIMES = 100
"""Statements in one turn: of many short turns the median tells what is usual."""
ENTITIES = 10_000
ATTRIBUTES = tuple(f"a{number}" for number in range(8))
GOAL = 1.3
READ_LIMIT, FILTER_LIMIT, UPDATE_LIMIT = 5.0, 10.0, 5.0
KINDS: dict[str, type[ResourceFactory]] = {
    "simple": PGCraftSimple,
    "append_only": PGCraftAppendOnly,
    "eav": PGCraftEAV,
    "ledger": PGCraftLedger,
}


@dataclass(frozen=True)
class Statements:
    """One operation at one factory; ``{v}`` stands for the view, and every statement takes ``n`` and ``id``."""

    op: str
    through_view: str
    by_hand: str


SELECT = "SELECT * FROM {v} WHERE id = %(id)s"
INSERT = "INSERT INTO {v} (a, b) VALUES (%(n)s, 'x')"
UPDATE = "UPDATE {v} SET a = %(n)s WHERE id = %(id)s"
DELETE = "DELETE FROM {v} WHERE id = %(id)s"
BY_HAND = {
    "simple": (
        Statements("select", SELECT, SELECT.format(v="hand.simple")),
        Statements("insert", INSERT, INSERT.format(v="hand.simple")),
        Statements("update", UPDATE, UPDATE.format(v="hand.simple")),
        Statements("delete", DELETE, DELETE.format(v="hand.simple")),
    ),
    "append_only": (
        Statements(
            "select",
            SELECT,
            "SELECT r.id, r.created_at, a.created_at, a.a, a.b FROM hand.append_only_root AS r"
            " JOIN hand.append_only_attributes AS a ON a.id = r.attributes_id WHERE r.id = %(id)s",
        ),
        Statements(
            "insert",
            INSERT,
            "WITH k AS (SELECT nextval('hand.append_only_root_id_seq') AS id),"
            " a AS (INSERT INTO hand.append_only_attributes (entity_id, a, b) SELECT id, %(n)s, 'x' FROM k"
            " RETURNING id, entity_id)"
            " INSERT INTO hand.append_only_root (id, attributes_id) SELECT entity_id, id FROM a",
        ),
        Statements(
            "update",
            UPDATE,
            "WITH o AS (UPDATE hand.append_only_attributes AS a SET valid_to = now() FROM hand.append_only_root AS r"
            " WHERE a.id = r.attributes_id AND r.id = %(id)s RETURNING a.entity_id, a.b),"
            " n AS (INSERT INTO hand.append_only_attributes (entity_id, a, b) SELECT entity_id, %(n)s, b FROM o"
            " RETURNING id, entity_id)"
            " UPDATE hand.append_only_root AS r SET attributes_id = n.id FROM n WHERE r.id = n.entity_id",
        ),
        Statements(
            "delete",
            DELETE,
            "WITH r AS (DELETE FROM hand.append_only_root WHERE id = %(id)s RETURNING attributes_id)"
            " UPDATE hand.append_only_attributes AS a SET valid_to = now() FROM r WHERE a.id = r.attributes_id",
        ),
    ),
    "eav": (
        Statements(
            "select",
            SELECT,
            "SELECT id, created_at, updated_at, (current ->> 'a')::integer, (current ->> 'b')::text"
            " FROM hand.eav_entity WHERE id = %(id)s",
        ),
        Statements(
            "insert",
            INSERT,
            "WITH e AS (INSERT INTO hand.eav_entity (current)"
            " VALUES (jsonb_build_object('a', %(n)s::int::text, 'b', 'x')) RETURNING id)"
            " INSERT INTO hand.eav_attribute (entity_id, attribute, value_integer, value_varchar)"
            " SELECT id, v.* FROM e, (VALUES ('a', %(n)s::int, NULL), ('b', NULL, 'x')) AS v",
        ),
        Statements(
            "update",
            UPDATE,
            "WITH e AS (UPDATE hand.eav_entity SET updated_at = now(), current = current ||"
            " jsonb_build_object('a', %(n)s::int::text) WHERE id = %(id)s RETURNING id), o AS (UPDATE"
            " hand.eav_attribute AS a SET valid_to = now() FROM e WHERE a.entity_id = e.id AND attribute = 'a'"
            " AND valid_to IS NULL RETURNING entity_id)"
            " INSERT INTO hand.eav_attribute (entity_id, attribute, value_integer) SELECT entity_id, 'a', %(n)s FROM o",
        ),
        Statements(
            "delete",
            DELETE,
            "WITH e AS (DELETE FROM hand.eav_entity WHERE id = %(id)s RETURNING id)"
            " UPDATE hand.eav_attribute AS a SET valid_to = now() FROM e WHERE a.entity_id = e.id AND valid_to IS NULL",
        ),
    ),
    "ledger": (
        Statements("select", SELECT, SELECT.format(v="hand.ledger")),
        Statements("insert", INSERT.replace("(a,", "(value, a,").replace("(%", "(1, %"), ""),
    ),
}


def measure() -> Iterator[Result]:
    """Return a line for each operation at each factory through each of its relations, then those of many entities."""
    with start_server() as server, psycopg.connect(server.conninfo("postgres"), autocommit=True) as connection:
        _create(connection)
        for kind, listed in BY_HAND.items():
            for statements in listed:
                yield from _measure_operation(connection, kind, statements)
        yield from _measure_many(connection)


def _create(connection: psycopg.Connection[Any]) -> None:
    """Make every resource twice, one of them with neither triggers nor protection, for the statements by hand."""
    config = PGCraftConfig(auto_discover=False).use(PostgRESTExtension())
    metadata = MetaData()
    for schema in ("own", "hand"):
        for kind, factory in KINDS.items():
            made = factory(kind, schema, metadata, [Column("a", Integer), Column("b", String)], config=config)
            if schema == "own":
                PostgRESTView(made, grants=["select", *made.writes])
    wide = [Column(name, Integer) for name in ATTRIBUTES]
    PGCraftEAV("wide", "own", metadata, wide, config=config)
    PGCraftSimple("wide", "hand", metadata, [Column(name, Integer) for name in ATTRIBUTES], config=config)
    pgcraft_configure_metadata(metadata, config)
    connection.execute(export_sql(collect(metadata)).encode())
    tables = connection.execute(
        b"SELECT relname FROM pg_class WHERE relnamespace = 'hand'::regnamespace AND relkind = 'r'"
    )
    for (name,) in tables.fetchall():
        connection.execute(f"ALTER TABLE hand.{name} DISABLE TRIGGER USER".encode())
    for kind in KINDS:
        value = "value, " if kind == "ledger" else ""
        one = "1, " if kind == "ledger" else ""
        for schema in ("own", "hand"):
            rows = f"({value}a, b) SELECT {one}n, 'x' FROM generate_series(1, 20000) AS n"
            if schema == "own" or kind in ("simple", "ledger"):
                connection.execute(f"INSERT INTO {schema}.{kind} {rows}".encode())
    _copy_parts(connection)
    columns, values = ", ".join(ATTRIBUTES), ", ".join("n % 1000" for _ in ATTRIBUTES)
    for schema in ("own", "hand"):
        rows = f"({columns}) SELECT {values} FROM generate_series(1, {ENTITIES}) AS n"
        connection.execute(f"INSERT INTO {schema}.wide {rows}".encode())
    connection.execute(b"ANALYZE")


def _copy_parts(connection: psycopg.Connection[Any]) -> None:
    for name in ("append_only_attributes", "append_only_root", "eav_entity", "eav_attribute"):
        connection.execute(f"INSERT INTO hand.{name} OVERRIDING SYSTEM VALUE SELECT * FROM own.{name}".encode())
        sequence = f"SELECT setval(pg_get_serial_sequence('hand.{name}', 'id'), 100000)"
        connection.execute(sequence.encode())


def _measure_operation(connection: psycopg.Connection[Any], kind: str, statements: Statements) -> Iterator[Result]:
    by_hand = statements.by_hand or statements.through_view.format(v=f"hand.{kind}")
    routes = (by_hand, statements.through_view.format(v=f"own.{kind}"), statements.through_view.format(v=f"api.{kind}"))
    hand, private, api = _usual_clean(connection, [_repeat(connection, sql) for sql in routes])
    for route, seconds in (("private", private), ("API", api)):
        if route == "private" and kind in ("simple", "ledger"):
            continue  # the private relation is the table itself
        yield Result(f"{kind} {statements.op}, {route} view, {TIMES}x", seconds, "one statement by hand", hand, GOAL)


def _usual_clean(connection: psycopg.Connection[Any], sides: Sequence[Side]) -> list[float]:
    """Return each side's usual time, the median: a shared machine is much faster for moments, too.

    What the rounds before left dead in the tables is swept out before every round; within one, each side is first in
    its turn, since those after it find what it left.
    """
    times: list[list[float]] = [[] for _ in sides]
    for number in range(ROUNDS):
        connection.execute(b"VACUUM")
        for turn in range(len(sides)):
            index = (number + turn) % len(sides)
            times[index].append(time_once(sides[index]))
    return [statistics.median(found) for found in times]


def _repeat(connection: psycopg.Connection[Any], sql: str) -> Any:
    """Return a side that runs a statement for many entities in one transaction, and takes its changes back."""

    def run() -> None:
        with connection.transaction(force_rollback=True), connection.cursor() as cursor:
            for number in range(TIMES):
                cursor.execute(sql.encode(), {"n": number + 50_000, "id": number * 7 + 1}, prepare=True)

    return run


def _measure_many(connection: psycopg.Connection[Any]) -> Iterator[Result]:
    operations = {
        "read by key": ("SELECT * FROM {v} WHERE id = %(id)s", READ_LIMIT),
        "filter on one attribute": ("SELECT * FROM {v} WHERE a3 = %(id)s %% 1000 AND %(n)s > 0", FILTER_LIMIT),
        "update by key": ("UPDATE {v} SET a3 = %(n)s WHERE id = %(id)s", UPDATE_LIMIT),
    }
    for name, (sql, limit) in operations.items():
        ours, plain = best_of(ROUNDS, *(_repeat(connection, sql.format(v=view)) for view in ("own.wide", "hand.wide")))
        yield Result(f"EAV {ENTITIES:,} x {len(ATTRIBUTES)}, {name}, {TIMES}x", ours, "a plain table", plain, limit)
