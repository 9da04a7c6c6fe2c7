"""Values that ``=`` does not tell apart, or that have no ``=``: none is lost, and none is taken for a conflict."""

import threading
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from sqlalchemy import (
    ARRAY,
    CHAR,
    JSON,
    Column,
    Dialect,
    Enum,
    Float,
    Integer,
    LargeBinary,
    Numeric,
    String,
    Text,
    select,
)
from sqlalchemy.dialects.postgresql import (
    BIT,
    CITEXT,
    DOMAIN,
    HSTORE,
    INTERVAL,
    JSONB,
    JSONPATH,
    MONEY,
    NUMMULTIRANGE,
    NUMRANGE,
    TSVECTOR,
)
from sqlalchemy.types import TypeDecorator, TypeEngine, UserDefinedType

from pgcraft.devdb.server.servers import Server
from pgcraft.ledger.events import LedgerEvent, ledger_balances
from pgcraft.plugins.ledger import LedgerBalanceCheckPlugin
from pgcraft.plugins.soft_delete import SoftDeletePlugin
from pgcraft.views import LedgerActions
from tests.factories.building import ENTITIES, Models
from tests.support.databases import Database, drop_roles, fresh_database
from tests.support.patience import wait_until


class Raw(UserDefinedType[str]):
    """A type that SQLAlchemy does not know."""

    cache_ok = True

    def __init__(self, name: str) -> None:
        self.name = name

    def get_col_spec(self) -> str:
        """Return its name."""
        return self.name


class Document(TypeDecorator[Any]):
    """Text, and ``json`` on PostgreSQL."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return what PostgreSQL stores."""
        return dialect.type_descriptor(JSON())


TYPES: dict[str, tuple[Any, str, str, str]] = {
    "json": (JSON(), '{"a":1}', '{"a": 1}', '{"a":2}'),
    "jsonb": (JSONB(), '{"a":1.0}', '{"a":1.00}', "2"),
    "json_array": (ARRAY(JSON()), "{1}", "{2}", "{3}"),
    "variant": (String().with_variant(JSON(), "postgresql"), "1", "2", "3"),
    "decorated": (Document(), "1", "2", "3"),
    "json_domain": (DOMAIN("document", JSON(), schema="public", create_type=False), "1", "2", "3"),
    "jsonpath": (JSONPATH(), "$.a", "$.b", "$.c"),
    "point": (Raw("point"), "(1,1)", "(2,2)", "(3,3)"),
    "composite": (Raw("public.pair"), "(1,a)", "(2,b)", "(3,c)"),
    "tsvector": (TSVECTOR(), "a", "b", "c"),
    "numeric": (Numeric(), "1.0", "1.00", "2"),
    "scaled": (Numeric(10, 2), "1.00", "1.50", "2"),
    "numerics": (ARRAY(Numeric()), "{1.0}", "{1.00}", "{2}"),
    "float": (Float(), "0", "-0", "NaN"),
    "interval": (INTERVAL(), "1 day", "24 hours", "2 days"),
    "range": (NUMRANGE(), "[1,2)", "[1,2.0)", "[3,4)"),
    "multirange": (NUMMULTIRANGE(), "{[1,2)}", "{[1,2.0)}", "{[3,4)}"),
    "char": (CHAR(5), "a", "b", "c"),
    "bit": (BIT(4), "0001", "0011", "0111"),
    "money": (MONEY(), "1", "2", "3"),
    "bytes": (LargeBinary(), r"\x01", r"\x02", r"\x03"),
}
OF_EXTENSIONS: dict[str, tuple[Any, str, str, str]] = {
    "citext": (CITEXT(), "a", "A", "b"),
    "citexts": (ARRAY(CITEXT()), "{a}", "{A}", "{b}"),
    "address": (DOMAIN("address", CITEXT(), schema="My Types", create_type=False), "a", "A", "b"),
    "hstore": (HSTORE(), "a=>1", "a=>2", "b=>1"),
    "hstores": (ARRAY(HSTORE()), '{"a=>1"}', '{"a=>2"}', '{"b=>1"}'),
    "ltree": (Raw("ltree"), "a", "b", "c"),
    "ltrees": (Raw("ltree[]"), "{a}", "{b}", "{c}"),
}
"""Types of extensions stand in a schema of any name, which the pinned path of a function does not search."""
OF_USERS: dict[str, tuple[Any, str, str, str]] = {
    "mood": (Enum("a", "b", "c", name="mood"), "a", "b", "c"),
    "moods": (ARRAY(Enum("a", "b", "c", name="mood")), "{a}", "{b}", "{c}"),
    "state": (Enum("a", "b", "c", name="State", schema="shop"), "a", "b", "c"),
    "states": (ARRAY(Enum("a", "b", "c", name="State", schema="shop")), "{a}", "{b}", "{c}"),
    "code": (DOMAIN("code", Text(), schema="My Types", create_type=False), "a", "b", "c"),
}
CONFLICT = "40001 a row of shop.item was changed by another transaction while it was updated"
ALL_TYPES = TYPES | OF_EXTENSIONS | OF_USERS


@pytest.fixture(params=ENTITIES)
def kind(request: pytest.FixtureRequest) -> str:
    """A factory whose rows change."""
    return str(request.param)


@pytest.fixture
def odd(kind: str, server: Server) -> Iterator[Database]:
    """A resource with a column of each type; its API view hides a column, so that each of its functions runs."""
    with fresh_database(server) as made:
        made.run(f'ALTER DATABASE "{made.name}" SET search_path = public, "My Types"')
        made.run('CREATE SCHEMA "My Types"; CREATE EXTENSION citext SCHEMA "My Types"; CREATE EXTENSION hstore')
        made.run('CREATE EXTENSION ltree SCHEMA "My Types"; CREATE DOMAIN "My Types".code AS text')
        made.run('CREATE DOMAIN "My Types".address AS "My Types".citext')
        made.run("CREATE TYPE public.pair AS (a integer, b text); CREATE DOMAIN public.document AS json")
        models = Models()
        columns = [Column(name, type_) for name, (type_, *_) in ALL_TYPES.items()]
        factory = models.declare(kind, "item", [Column("note", Text), Column("pin", Integer), *columns])
        models.expose(factory, exclude_columns=["pin"])
        models.create(made)
        yield made
    drop_roles(server)


def test_a_value_that_is_given_is_the_value_that_is_there(kind: str, odd: Database) -> None:
    """``1 day`` for ``24 hours`` was no change, and ``json`` behind a variant had no operator."""
    for name, (_, first, second, _) in ALL_TYPES.items():
        odd.run("DELETE FROM shop.item")
        odd.run(f"INSERT INTO api.item ({name}) VALUES ('{first}')")
        for given in (second, None, first):
            literal = "NULL" if given is None else f"'{given}'"
            odd.run(f"UPDATE api.item SET {name} = {literal}")
            assert odd.value(f"SELECT ({literal}::{read_type(odd, name)})::text") == read(odd, name), name


def test_two_who_write_at_a_time_meet_in_one_column_alone(kind: str, odd: Database) -> None:
    for name, (_, first, second, third) in ALL_TYPES.items():
        odd.run("DELETE FROM shop.item")
        odd.run(f"INSERT INTO api.item ({name}, note) VALUES ('{first}', 'old')")
        update = f"UPDATE api.item SET {name} ="
        assert write_both(odd, f"{update} '{second}'", "UPDATE api.item SET note = 'new'") == "", name
        expected = odd.value(f"SELECT '{second}'::{read_type(odd, name)}::text")
        assert ("new", expected) == (read(odd, "note"), read(odd, name)), name
        assert write_both(odd, f"{update} '{first}'", f"{update} '{third}'") == CONFLICT, name


def read(database: Database, column: str) -> object:
    """Return what is there of a column, as text."""
    return database.value(f"SELECT {column}::text FROM shop.item")


def read_type(database: Database, column: str) -> object:
    """Return the type that the resource shows a column in."""
    of_column = f"attrelid = 'shop.item'::regclass AND attname = '{column}'"
    return database.value(f"SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE {of_column}")


def write_both(database: Database, theirs: str, mine: str) -> str:
    """Run two statements at a time, the first of which is committed first; give the SQLSTATE and message of the second."""
    outcome: list[str] = []

    def run(connection: psycopg.Connection[Any]) -> None:
        try:
            connection.execute(mine.encode())
            outcome.append("")
        except psycopg.Error as error:
            outcome.append(f"{error.sqlstate} {error}")

    with database.connect(autocommit=False) as other, database.connect() as connection:
        other.execute(theirs.encode())
        waiting = threading.Thread(target=run, args=(connection,))
        waiting.start()
        blocked = "SELECT count(*) FROM pg_locks WHERE NOT granted"
        wait_until(lambda: not waiting.is_alive() or database.value(blocked) == 1)
        other.commit()
        waiting.join()
    return outcome[0].partition("\n")[0]


KEYS: dict[str, tuple[Any, str, str]] = {"citext": (CITEXT(), "Bob", "bob"), "ltree": (Raw("ltree"), "a.b", "a.b")}
"""Types of keys, a value of each, and one that is equal."""


@pytest.mark.parametrize("key", KEYS)
def test_a_key_may_be_of_a_type_whose_equality_no_function_finds(
    key: str, database18: Database, clean_roles18: None
) -> None:
    """There was no ``=`` for it, or one that told values apart which are one key."""
    type_, first, same = KEYS[key]
    database18.run(f'CREATE SCHEMA "My Types"; CREATE EXTENSION {key} SCHEMA "My Types"')
    database18.run(f'ALTER DATABASE "{database18.name}" SET search_path = public, "My Types"')
    models = Models()
    for kind in ENTITIES:
        columns = [Column("key", type_, primary_key=True), Column("n", Integer), Column("pin", Integer)]
        plugins = [SoftDeletePlugin()] if kind == "Simple" else []
        made = models.declare(kind, f"item_{kind.lower()}", columns, extra_plugins=plugins)
        models.expose(made)
        models.expose(
            made, schema="narrow", exclude_columns=["pin"], query=lambda q, t: q.add_columns((t.c.n + 1).label("m"))
        )
    models.create(database18)
    for kind in ENTITIES:
        for schema in ("api", "narrow"):
            view = f"{schema}.item_{kind.lower()}"
            database18.run(f"INSERT INTO {view} (key, n) VALUES ('{first}', 1)")
            assert [(first, 2)] == database18.rows(
                f"UPDATE {view} SET n = 2 WHERE key = '{same}' RETURNING key::text, n"
            )
            assert [(first,)] == database18.rows(f"DELETE FROM {view} WHERE key = '{same}' RETURNING key::text")
            assert [] == database18.rows(f"SELECT FROM {view}")
            database18.run("DELETE FROM shop.item_simple")  # what is marked as deleted has its key


def test_a_balance_is_kept_by_what_its_dimension_calls_equal(database18: Database, clean_roles18: None) -> None:
    """Who wrote an account in capitals drew on another balance."""
    database18.run("CREATE EXTENSION citext")
    models = Models()
    check = LedgerBalanceCheckPlugin(dimensions=["account"])
    money = models.declare("Ledger", "money", [Column("account", CITEXT())], extra_plugins=[check])
    recount = LedgerEvent(
        "recount",
        input=lambda p: select(p("account", CITEXT), p("value", Integer)),
        existing=ledger_balances("account"),
        desired=lambda rows: select(rows.c.account, rows.c.value),
        diff_keys=["account"],
    )
    LedgerActions(money, [recount])
    models.create(database18)
    database18.run("INSERT INTO shop.money (account, value) VALUES ('bob', 5)")
    database18.run("INSERT INTO shop.money (account, value) VALUES ('BOB', -4)")
    with pytest.raises(psycopg.errors.CheckViolation):
        database18.run("INSERT INTO shop.money (account, value) VALUES ('Bob', -2)")
    assert [(6,)] == database18.rows("SELECT value FROM shop.shop_money_recount('bOB', 7)")


def test_attributes_of_any_type_may_be_unique(database18: Database, clean_roles18: None) -> None:
    """An index over an array took a cast that PostgreSQL refuses there."""
    database18.run("CREATE EXTENSION citext; CREATE DOMAIN public.address AS citext")
    types = {
        "numbers": (ARRAY(Integer()), "{1}", "{1}"),
        "texts": (ARRAY(CITEXT()), "{a}", "{a}"),
        "mail": (CITEXT(), "bob", "BOB"),
        "address": (DOMAIN("address", CITEXT(), schema="public", create_type=False), "bob", "BOB"),
        "code": (String(9), "a", "a"),
        "price": (Numeric(9, 2), "1", "1.00"),
    }
    models = Models()
    models.expose(
        models.declare("EAV", "item", [Column(name, type_, unique=True) for name, (type_, *_) in types.items()])
    )
    models.create(database18)
    for name, (_, first, same) in types.items():
        database18.run(f"INSERT INTO api.item ({name}) VALUES ('{first}')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            database18.run(f"INSERT INTO api.item ({name}) VALUES ('{same}')")
