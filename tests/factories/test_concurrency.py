"""Many writers at a time: nothing lost, no history broken, no balance under its minimum.

``PGCRAFT_WRITERS=200 PGCRAFT_WRITE_SECONDS=20 python -m pytest tests/factories/test_concurrency.py`` runs it at length.
"""

import os
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from typing import Literal

import psycopg
import pytest
from sqlalchemy import Column, Integer, String

from pgcraft.devdb.server.servers import Server, start_server
from pgcraft.plugins.ledger import LedgerBalanceCheckPlugin, LedgerTablePlugin
from pgcraft.views import BalanceView
from tests.factories.building import Models
from tests.support.databases import Database, drop_roles, fresh_database
from tests.support.servers import get_binaries

WRITERS = int(os.environ.get("PGCRAFT_WRITERS", "8"))
SECONDS = float(os.environ.get("PGCRAFT_WRITE_SECONDS", "0.8"))
MOST_ON_SHARED_SERVER = 50
ROOM = {"max_connections": str(WRITERS + 20), "max_locks_per_transaction": "128"}
COMMITTED, REPEATABLE = "read committed", "repeatable read"

Write = Callable[[psycopg.Connection[object]], Decimal]
"""One transaction; gives what it added."""


@dataclass
class Outcomes:
    """How often a transaction was done, and retried or refused by SQLSTATE; and what those done have added."""

    counts: Counter[str] = field(default_factory=Counter)
    total: Decimal = Decimal(0)


@pytest.fixture
def arena(server: Server) -> Iterator[Database]:
    """A database; on a server of its own when there are more writers than the session's has connections for."""
    if WRITERS <= MOST_ON_SHARED_SERVER:
        with fresh_database(server) as made:
            yield made
        drop_roles(server)
        return
    with (
        start_server(get_binaries(int(server.version.split(".")[0])), settings=ROOM) as roomy,
        fresh_database(roomy) as made,
    ):
        yield made


def write_at_once(database: Database, write: Write, level: str = COMMITTED) -> Outcomes:
    """Let all writers repeat a transaction for a while; they start when every one is connected."""
    outcomes = Outcomes()
    lock = threading.Lock()
    ready = threading.Barrier(WRITERS)

    def run() -> None:
        mine = Outcomes()
        with database.connect() as connection:
            connection.execute(f"SET default_transaction_isolation = '{level}'".encode())
            ready.wait()
            end = time.monotonic() + SECONDS
            while time.monotonic() < end:
                try:
                    mine.total += write(connection)
                    mine.counts["done"] += 1
                except psycopg.Error as error:
                    mine.counts[error.sqlstate or str(error)] += 1
        with lock:
            outcomes.counts.update(mine.counts)
            outcomes.total += mine.total

    threads = [threading.Thread(target=run) for _ in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


@pytest.mark.parametrize(
    ("kind", "schema", "level"),
    [
        ("Simple", "api", COMMITTED),
        ("AppendOnly", "shop", COMMITTED),
        ("AppendOnly", "api", COMMITTED),
        ("AppendOnly", "api", REPEATABLE),
        ("EAV", "shop", COMMITTED),
        ("EAV", "api", REPEATABLE),
    ],
)
def test_no_increment_is_lost(kind: str, schema: str, level: str, arena: Database) -> None:
    declare_counter(kind).create(arena)
    arena.run("INSERT INTO shop.counter (note) VALUES ('only')")
    outcomes = write_at_once(arena, make_incrementer(schema), level)
    assert set(outcomes.counts) <= {"done", "40001"}, outcomes
    done = outcomes.counts["done"]
    assert done > 0
    assert arena.rows("SELECT n, note FROM shop.counter") == [(done, "only")]
    if kind != "Simple":
        assert_unbroken(arena, kind, done)


def test_neither_of_two_columns_waits_for_the_other_in_vain(arena: Database) -> None:
    """Half of the writers change one column and half the other: what both did is there, and the log has every step."""
    declare_counter("AppendOnly", "m").create(arena)
    arena.run("INSERT INTO shop.counter (note) VALUES ('only')")
    turns = iter(range(10**9))

    def write(connection: psycopg.Connection[object]) -> Decimal:
        column = ("n", "m")[next(turns) % 2]
        assert connection.execute(f"UPDATE shop.counter SET {column} = {column} + 1".encode()).rowcount == 1
        return Decimal(1)

    outcomes = write_at_once(arena, write)
    assert set(outcomes.counts) <= {"done", "40001"}, outcomes
    assert arena.value("SELECT n + m FROM shop.counter") == outcomes.counts["done"]
    steps = arena.rows("SELECT n + m, valid_from, valid_to FROM shop.counter_history ORDER BY valid_from")
    assert [number for number, _, _ in steps] == list(range(outcomes.counts["done"] + 1))
    assert [end for _, _, end in steps] == [start for _, start, _ in steps[1:]] + [None]


@pytest.mark.parametrize(("kind", "level"), [("AppendOnly", COMMITTED), ("EAV", COMMITTED), ("AppendOnly", REPEATABLE)])
def test_who_deletes_and_who_updates_do_not_block_each_other(kind: str, level: str, arena: Database) -> None:
    """An entity that comes and goes while others change it: no dead end, one current version at most, no overlap."""
    declare_counter(kind, key=Column("id", Integer, primary_key=True, autoincrement=False)).create(arena)

    def write(connection: psycopg.Connection[object]) -> Decimal:
        statement = random.choice(
            (
                "INSERT INTO shop.counter (id, n) VALUES (1, 0)",
                "UPDATE shop.counter SET n = n + 1",
                "DELETE FROM shop.counter",
            )
        )
        connection.execute(statement.encode())
        return Decimal(1)

    outcomes = write_at_once(arena, write, level)
    assert set(outcomes.counts) <= {"done", "40001", "23505"}, outcomes
    entities = arena.value("SELECT count(*) FROM shop.counter")
    where = "WHERE attribute = 'n'" if kind == "EAV" else ""
    versions = arena.rows(f"SELECT valid_from, valid_to FROM shop.counter_history {where} ORDER BY valid_from")
    assert [end for _, end in versions].count(None) == entities
    assert all(start < end <= later for (start, end), (later, _) in pairwise(versions))


def declare_counter(kind: str, *more: str, key: Column[int] | None = None) -> Models:
    models = Models()
    keys = [] if key is None else [key]
    numbers = [Column(name, Integer, nullable=False, server_default="0") for name in ("n", *more)]
    models.expose(models.declare(kind, "counter", [*keys, *numbers, Column("note", String)]))
    return models


def make_incrementer(schema: str) -> Write:
    statement = f"UPDATE {schema}.counter SET n = n + 1".encode()

    def write(connection: psycopg.Connection[object]) -> Decimal:
        assert connection.execute(statement).rowcount == 1
        return Decimal(1)

    return write


def assert_unbroken(database: Database, kind: str, last: int) -> None:
    """Each version ends when the next one starts, and holds one more than the one before."""
    value = "value::integer" if kind == "EAV" else "n"
    where = "WHERE attribute = 'n'" if kind == "EAV" else ""
    query = f"SELECT {value}, valid_from, valid_to FROM shop.counter_history {where} ORDER BY valid_from"
    versions = database.rows(query)
    assert [number for number, _, _ in versions] == list(range(last + 1))
    assert [end for _, _, end in versions] == [start for _, start, _ in versions[1:]] + [None]


def test_two_clients_change_different_columns_of_one_entity(database: Database) -> None:
    """The later one neither waits in vain nor takes the other's change back."""
    for kind in ("AppendOnly", "EAV"):
        models = Models()
        models.declare(kind, kind, [Column("a", Integer), Column("b", Integer)])
        models.create(database)
        database.run(f'INSERT INTO shop."{kind}" (a, b) VALUES (1, 1)')
        with database.connect(autocommit=False) as first, database.connect() as second:
            first.execute(f'UPDATE shop."{kind}" SET a = 2'.encode())
            waiting = threading.Thread(target=second.execute, args=(f'UPDATE shop."{kind}" SET b = 2'.encode(),))
            waiting.start()
            time.sleep(0.2)
            first.commit()
            waiting.join()
        assert database.rows(f'SELECT a, b FROM shop."{kind}"') == [(2, 2)]


@pytest.mark.parametrize(
    ("value_type", "has_minimum", "level"),
    [("integer", True, COMMITTED), ("numeric", True, COMMITTED), ("numeric", False, REPEATABLE)],
)
def test_balances_are_the_sum_and_never_too_low(
    value_type: Literal["integer", "numeric"], has_minimum: bool, level: str, arena: Database
) -> None:
    models = Models()
    plugins = [LedgerTablePlugin(value_type), *([LedgerBalanceCheckPlugin(["account"])] if has_minimum else [])]
    account = Column("account", String, nullable=False)
    ledger = models.declare("Ledger", "movement", [account], extra_plugins=plugins)
    BalanceView(source=ledger, dimensions=["account"])
    models.create(arena)
    amounts = ("5", "-3", "-4") if value_type == "integer" else ("0.05", "-0.03", "-0.04")

    def move(connection: psycopg.Connection[object]) -> Decimal:
        amount = Decimal(random.choice(amounts))
        connection.execute(b"INSERT INTO shop.movement (account, value) VALUES ('cash', %s)", (amount,))
        return amount

    outcomes = write_at_once(arena, move, level)
    assert set(outcomes.counts) <= {"done", *(["23514"] if has_minimum else [])}, outcomes
    assert arena.value("SELECT count(*) FROM shop.movement") == outcomes.counts["done"] > 0
    assert arena.rows("SELECT account, balance FROM shop.movement_balances") == [("cash", outcomes.total)]
    assert not has_minimum or outcomes.total >= 0
