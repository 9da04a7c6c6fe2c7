"""Many writers at a time: nothing lost, no history broken, no balance under its minimum."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable

import psycopg
import pytest
from sqlalchemy import Column, Integer, String

from pgcraft.plugins.ledger import LedgerBalanceCheckPlugin
from tests.factories.building import Models
from tests.support.databases import Database

WRITERS = 8
SECONDS = 1.5

Write = Callable[[psycopg.Connection[object]], None]


def write_at_once(database: Database, writers: int, seconds: float, write: Write) -> Counter[str]:
    """Let writers repeat a transaction for a while; gives how often it was done, and retried or refused by SQLSTATE."""
    outcomes: Counter[str] = Counter()
    lock = threading.Lock()
    end = time.monotonic() + seconds

    def run() -> None:
        mine: Counter[str] = Counter()
        with database.connect() as connection:
            while time.monotonic() < end:
                try:
                    write(connection)
                    mine["done"] += 1
                except psycopg.Error as error:
                    mine[error.sqlstate or str(error)] += 1
        with lock:
            outcomes.update(mine)

    threads = [threading.Thread(target=run) for _ in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


@pytest.mark.parametrize(
    ("kind", "schema"),
    [("Simple", "api"), ("AppendOnly", "shop"), ("AppendOnly", "api"), ("EAV", "shop"), ("EAV", "api")],
)
def test_no_increment_is_lost(kind: str, schema: str, database: Database, clean_roles: None) -> None:
    declare_counter(kind).create(database)
    database.run("INSERT INTO shop.counter (note) VALUES ('only')")
    assert_nothing_lost(database, kind, write_at_once(database, WRITERS, SECONDS, make_incrementer(schema)))


def declare_counter(kind: str) -> Models:
    models = Models()
    columns = [Column("n", Integer, nullable=False, server_default="0"), Column("note", String)]
    models.expose(models.declare(kind, "counter", columns))
    return models


def make_incrementer(schema: str) -> Write:
    statement = f"UPDATE {schema}.counter SET n = n + 1".encode()

    def write(connection: psycopg.Connection[object]) -> None:
        assert connection.execute(statement).rowcount == 1

    return write


def assert_nothing_lost(database: Database, kind: str, outcomes: Counter[str]) -> None:
    assert set(outcomes) <= {"done", "40001"}, outcomes
    assert outcomes["done"] > WRITERS
    assert database.rows("SELECT n, note FROM shop.counter") == [(outcomes["done"], "only")]
    if kind != "Simple":
        assert_unbroken(database, kind, outcomes["done"])


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


def test_balances_are_the_sum_and_never_negative(database: Database) -> None:
    declare_ledger().create(database)
    outcomes = write_at_once(database, WRITERS, SECONDS, move)
    assert_balanced(database, outcomes)


def declare_ledger() -> Models:
    models = Models()
    plugins = [LedgerBalanceCheckPlugin(dimensions=["account"])]
    models.declare("Ledger", "movement", [Column("account", String, nullable=False)], extra_plugins=plugins)
    return models


def move(connection: psycopg.Connection[object]) -> None:
    amount = random.choice((5, -3, -4))
    connection.execute(b"INSERT INTO shop.movement (account, value) VALUES ('cash', %s)", (amount,))


def assert_balanced(database: Database, outcomes: Counter[str]) -> None:
    assert set(outcomes) <= {"done", "23514"}, outcomes
    assert database.value("SELECT count(*) FROM shop.movement") == outcomes["done"] > WRITERS
    assert database.value("SELECT sum(value) FROM shop.movement") >= 0
