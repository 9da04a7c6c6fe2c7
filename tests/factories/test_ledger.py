"""What a ledger adds up to, what it refuses, and that nothing in it ever changes."""

import decimal
import threading
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import IsolationLevel
from sqlalchemy import Column, Integer, Numeric, String, select

from pgcraft.errors import PGCraftError
from pgcraft.factory import PGCraftSimple
from pgcraft.fk import PGCraftFK
from pgcraft.ledger.events import LedgerEvent, ledger_balances
from pgcraft.plugins.ledger import (
    DoubleEntryPlugin,
    DoubleEntryTriggerPlugin,
    LedgerBalanceCheckPlugin,
    LedgerTablePlugin,
)
from pgcraft.views import BalanceView, LatestView, LedgerActions
from tests.factories.building import Models
from tests.support.databases import Database, drop_roles

D = decimal.Decimal


def declare() -> Models:
    """A stock by place and item, money of two decimals, and a journal of double entries."""
    models = Models()
    dimensions = [Column("place", String, nullable=False), Column("item", String), Column("note", String)]
    guard = LedgerBalanceCheckPlugin(dimensions=["place", "item"])
    stock = models.declare("Ledger", "stock", dimensions, extra_plugins=[guard])
    BalanceView(source=stock, dimensions=["place", "item"])
    BalanceView(source=stock, dimensions=["place"], name="stock_by_place")
    LatestView(source=stock, dimensions=["place", "item"])
    LedgerActions(source=stock, events=[make_receipt(), make_recount()])
    numeric = [LedgerTablePlugin("numeric"), LedgerBalanceCheckPlugin(dimensions=["account"], min_balance=D("-0.5"))]
    money = models.declare("Ledger", "money", [Column("account", String, nullable=False)], extra_plugins=numeric)
    BalanceView(source=money, dimensions=["account"])
    double = [DoubleEntryPlugin("side"), DoubleEntryTriggerPlugin()]
    journal = models.declare("Ledger", "journal", [Column("account", String, nullable=False)], extra_plugins=double)
    BalanceView(source=journal, dimensions=["account"])
    BalanceView(source=journal, dimensions=["account", "side"], name="journal_by_side")
    for ledger in (stock, money, journal):
        models.expose(ledger)
    return models


def make_receipt() -> LedgerEvent:
    return LedgerEvent(
        "receive",
        input=lambda p: select(p("place", String), p("item", String), p("quantity", Integer).label("value")),
    )


def make_recount() -> LedgerEvent:
    return LedgerEvent(
        "recount",
        input=lambda p: select(p("place", String), p("item", String), p("counted", Integer)),
        desired=lambda rows: select(rows.c.place, rows.c.item, rows.c.counted.label("value")),
        existing=ledger_balances("place", "item"),
        diff_keys=["place", "item"],
    )


@pytest.fixture
def shop(database: Database) -> Iterator[Database]:
    declare().create(database)
    yield database
    drop_roles(database.server)


@pytest.fixture
def shop18(database18: Database) -> Iterator[Database]:
    declare().create(database18)
    yield database18
    drop_roles(database18.server)


def put(database: Database, *rows: tuple[str, str | None, int]) -> None:
    with database.connect() as connection:
        connection.cursor().executemany(b"INSERT INTO shop.stock (place, item, value) VALUES (%s, %s, %s)", rows)


def test_balances_are_the_sums_by_dimension(shop: Database) -> None:
    """NULL is a value of a dimension like any other, also for the least that a balance may be."""
    put(shop, ("a", "x", 5), ("a", "x", -2), ("a", None, 4), ("b", "x", 1), ("a", None, -4))
    balances = shop.rows("SELECT place, item, balance FROM shop.stock_balances ORDER BY place, item")
    assert balances == [("a", "x", 3), ("a", None, 0), ("b", "x", 1)]
    assert shop.rows("SELECT * FROM shop.stock_by_place ORDER BY place") == [("a", 3), ("b", 1)]
    with pytest.raises(psycopg.errors.CheckViolation, match="null"):
        put(shop, ("a", None, -1))


def test_the_latest_row_of_each_is_the_last_written(shop18: Database) -> None:
    """Also of rows of one transaction, which have one time."""
    shop18.run("INSERT INTO shop.stock (place, item, value, note) VALUES ('a', 'x', 1, 'one'), ('a', 'x', 2, 'two')")
    shop18.run("INSERT INTO shop.stock (place, item, value, note) VALUES ('b', 'x', 3, 'three')")
    latest = shop18.rows("SELECT place, value, note FROM shop.stock_latest ORDER BY place")
    assert latest == [("a", 2, "two"), ("b", 3, "three")]


def test_numeric_values_keep_their_decimals(shop: Database) -> None:
    shop.run("INSERT INTO api.money (account, value) VALUES ('cash', 0.1), ('cash', 0.2), ('cash', -0.8)")
    assert shop.rows("SELECT account, balance FROM shop.money_balances") == [("cash", D("-0.5"))]
    with pytest.raises(psycopg.errors.CheckViolation, match=r"-0\.51.*must not be under -0\.5"):
        shop.run("INSERT INTO api.money (account, value) VALUES ('cash', -0.01)")


def test_integer_values_take_no_fractions_away(shop18: Database) -> None:
    type_ = "SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = %s::regclass AND attname = %s"
    assert shop18.value(type_, "shop.stock", "value") == "integer"
    assert shop18.value(type_, "shop.money", "value") == "numeric"


def test_the_least_balance_is_that_of_all_rows_of_a_statement(shop18: Database) -> None:
    """What comes and goes within one statement may, whatever the order of its rows."""
    shop18.run("INSERT INTO shop.stock (place, item, value) VALUES ('a', 'x', -5), ('a', 'x', 5)")
    with pytest.raises(psycopg.errors.CheckViolation) as caught:
        shop18.run("INSERT INTO shop.stock (place, item, value) VALUES ('a', 'x', 1), ('b', 'x', -1)")
    message = caught.value.diag.message_primary or ""
    assert message.startswith("balance of shop.stock for (place, item)")
    assert "would be -1, and must not be under 0" in message
    assert shop18.value("SELECT count(*) FROM shop.stock") == 2


def test_two_who_take_the_last_one_do_not_both_get_it(shop: Database) -> None:
    """The second waits for the first, then finds nothing left."""
    put(shop, ("a", "x", 1))
    take = b"INSERT INTO shop.stock (place, item, value) VALUES ('a', 'x', -1)"
    outcomes: list[str] = []

    def take_second() -> None:
        with shop.connect() as connection:
            try:
                connection.execute(take)
                outcomes.append("done")
            except psycopg.errors.CheckViolation:
                outcomes.append("refused")

    with shop.connect(autocommit=False) as first:
        first.execute(take)
        second = threading.Thread(target=take_second)
        second.start()
        second.join(0.2)
        assert second.is_alive()
        first.commit()
        second.join()
    assert outcomes == ["refused"]


def test_others_are_not_waited_for(shop18: Database) -> None:
    """The lock is on the combination of dimensions."""
    put(shop18, ("a", "x", 1), ("a", "y", 1))
    with shop18.connect(autocommit=False) as first, shop18.connect() as second:
        first.execute("INSERT INTO shop.stock (place, item, value) VALUES ('a', 'x', -1)")
        second.execute("SET lock_timeout = '2s'")
        second.execute("INSERT INTO shop.stock (place, item, value) VALUES ('a', 'y', -1)")
        first.rollback()


def test_serializable_writers_do_not_both_take_the_last_one(shop: Database) -> None:
    """Each sees the stock as it was when it began; PostgreSQL refuses the later one, to be run again."""
    put(shop, ("a", "x", 1))
    take = b"INSERT INTO shop.stock (place, item, value) VALUES ('a', 'x', -1)"
    with shop.connect(autocommit=False) as first, shop.connect(autocommit=False) as second:
        for connection in (first, second):
            connection.isolation_level = IsolationLevel.SERIALIZABLE
            connection.execute("SELECT balance FROM shop.stock_balances")
        first.execute(take)
        first.commit()
        with pytest.raises(psycopg.errors.SerializationFailure), second.transaction():
            second.execute(take)
    assert shop.rows("SELECT balance FROM shop.stock_balances") == [(0,)]


def test_repeatable_read_is_refused_and_told_what_to_use(shop18: Database) -> None:
    """Its writers see what was, and nothing would refuse the later one."""
    with shop18.connect(autocommit=False) as connection:
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        with pytest.raises(psycopg.errors.FeatureNotSupported) as caught:
            connection.execute("INSERT INTO shop.stock (place, item, value) VALUES ('a', 'x', 1)")
    assert "shop.stock cannot be written under REPEATABLE READ" in str(caught.value)
    assert "READ COMMITTED or SERIALIZABLE" in (caught.value.diag.message_hint or "")


def test_an_event_writes_one_entry(shop: Database) -> None:
    (made,) = shop.dicts("SELECT * FROM shop.shop_stock_receive('a', 'x', 7)")
    assert (made["place"], made["item"], made["value"]) == ("a", "x", 7)
    assert made["entry_id"] == shop.value("SELECT entry_id FROM shop.stock")
    with pytest.raises(psycopg.errors.CheckViolation):
        shop.run("SELECT shop.shop_stock_receive('a', 'x', -8)")


def test_an_event_writes_the_difference_to_what_is_there(shop: Database) -> None:
    """And nothing where there is none."""
    recount = "SELECT value FROM shop.shop_stock_recount('a', 'x', 5)"
    assert shop.rows(recount) == [(5,)]
    put(shop, ("a", "x", 3), ("b", "x", 9))
    assert shop.rows(recount) == [(-3,)]
    assert shop.rows(recount) == []
    assert shop.rows("SELECT place, balance FROM shop.stock_by_place ORDER BY place") == [("a", 5), ("b", 9)]


def test_who_counts_at_a_time_does_not_write_the_difference_twice(shop18: Database) -> None:
    def recount() -> None:
        shop18.run("SELECT shop.shop_stock_recount('a', 'x', 5)")

    threads = [threading.Thread(target=recount) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert shop18.rows("SELECT value FROM shop.stock") == [(5,)]


def test_an_event_is_nobodys_right_until_it_is_granted(shop18: Database) -> None:
    """It runs as its owner."""
    with shop18.connect(autocommit=False) as connection:
        connection.execute("SET LOCAL ROLE anon")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT shop.shop_stock_receive('a', 'x', 7)")


ENTRY = "'0190b7a0-0000-7000-8000-000000000001'"
LINE = "INSERT INTO api.journal (entry_id, account, side, value) VALUES "


def test_debits_add_and_credits_subtract(shop: Database) -> None:
    shop.run(f"{LINE} ({ENTRY}, 'cash', 'debit', 10), ({ENTRY}, 'sales', 'credit', 7), ({ENTRY}, 'tax', 'credit', 3)")
    balances = shop.rows("SELECT * FROM shop.journal_balances ORDER BY account")
    assert balances == [("cash", 10), ("sales", -7), ("tax", -3)]
    sides = shop.rows("SELECT * FROM shop.journal_by_side ORDER BY account")
    assert sides == [("cash", "debit", 10), ("sales", "credit", 7), ("tax", "credit", 3)]


def test_an_entry_balances_when_its_transaction_ends(shop: Database) -> None:
    """A line a statement will do; an entry of an earlier transaction is not added to."""
    with shop.connect(autocommit=False) as connection:
        connection.execute(f"{LINE} ({ENTRY}, 'cash', 'debit', 10)")
        connection.execute(f"{LINE} ({ENTRY}, 'sales', 'credit', 10)")
        connection.commit()
        connection.execute(f"{LINE} ({ENTRY}, 'cash', 'debit', 1)")
        with pytest.raises(psycopg.errors.CheckViolation, match="does not balance: debits less credits are 1"):
            connection.commit()
    assert shop.value("SELECT count(*) FROM shop.journal") == 2


@pytest.mark.parametrize("side", ["'sideways'", "'Debit'", "''", "NULL"])
def test_a_side_is_debit_or_credit(side: str, shop18: Database) -> None:
    with pytest.raises((psycopg.errors.CheckViolation, psycopg.errors.NotNullViolation)):
        shop18.run(f"{LINE} ({ENTRY}, 'cash', {side}, 0)")


CHANGES = {
    "update": "UPDATE shop.stock SET value = 2",
    "delete": "DELETE FROM shop.stock",
    "truncate": "TRUNCATE shop.stock",
    "merge": "MERGE INTO shop.stock AS t USING shop.stock AS s ON s.id = t.id WHEN MATCHED THEN UPDATE SET value = 9",
    "upsert": "INSERT INTO shop.stock SELECT * FROM shop.stock ON CONFLICT (id) DO UPDATE SET value = 9",
    "by a trigger": "INSERT INTO public.asked VALUES ('UPDATE shop.stock SET value = 2')",
    "by a cascade": "DELETE FROM shop.place",
}


@pytest.mark.parametrize("role", ["postgres", "granted", "owner"])
def test_nobody_changes_a_row(role: str, database: Database, clean_roles: None) -> None:
    """Superuser, a role with every right, the owner of the table; by a trigger, or by a foreign key's cascade."""
    models = Models()
    models.declare("Simple", "place", [Column("name", String)])
    place = Column("place_id", Integer)
    key = PGCraftFK(references={"place_id": "place.id"}, name="fk_stock_place", ondelete="CASCADE")
    models.declare("Ledger", "stock", [place, key])
    models.create(database)
    database.run(
        "CREATE ROLE granted; CREATE ROLE owner; GRANT ALL ON SCHEMA shop TO granted, owner;"
        "GRANT ALL ON ALL TABLES IN SCHEMA shop TO granted, owner; ALTER TABLE shop.stock OWNER TO owner;"
        "CREATE TABLE public.asked (sql text); GRANT ALL ON public.asked TO granted, owner;"
        "CREATE FUNCTION public.obey() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN EXECUTE NEW.sql; RETURN NEW; END $$;"
        "CREATE TRIGGER obey BEFORE INSERT ON public.asked FOR EACH ROW EXECUTE FUNCTION public.obey();"
        "INSERT INTO shop.place (id) VALUES (1); INSERT INTO shop.stock (value, place_id) VALUES (1, 1)"
    )
    for name, sql in CHANGES.items():
        with database.connect(autocommit=False) as connection:
            connection.execute(f"SET LOCAL ROLE {role}")
            with pytest.raises(psycopg.errors.InsufficientPrivilege) as caught:
                connection.execute(sql)
            assert "table shop.stock is a ledger: its rows cannot be changed or removed" in str(caught.value), name
            assert "insert rows that make up for them into shop.stock" == caught.value.diag.message_hint
    assert database.rows("SELECT value FROM shop.stock") == [(1,)]


def error_of(make: Any) -> PGCraftError:
    with pytest.raises(PGCraftError) as caught:
        make()
    assert "tests/factories/" in str(caught.value.place)
    return caught.value


def test_what_is_declared_wrongly_is_said_at_once() -> None:
    models = Models()
    columns = [Column("place", String)]
    stock = models.declare("Ledger", "stock", columns)
    plain = PGCraftSimple("plain", "shop", models.metadata, [Column("amount", Numeric)])
    unknown = error_of(lambda: BalanceView(source=stock, dimensions=["plaice"]))
    assert unknown.code == "PGC104"
    assert 'did you mean "place"' in (unknown.remedy or "")
    assert error_of(lambda: BalanceView(source=plain, dimensions=["amount"])).code == "PGC126"
    keyless = LedgerEvent(
        "e", input=make_recount().input, desired=make_recount().desired, existing=ledger_balances("place")
    )
    assert error_of(lambda: LedgerActions(source=stock, events=[keyless])).code in ("PGC104", "PGC127")
    check = LedgerBalanceCheckPlugin(dimensions=["plaice"])
    assert (
        error_of(lambda: models.declare("Ledger", "other", [Column("place", String)], extra_plugins=[check])).code
        == "PGC104"
    )
    with pytest.raises(PGCraftError, match="PGC220"):
        LedgerTablePlugin("float")  # type: ignore[arg-type]
    assert "shop.other" not in models.metadata.tables
