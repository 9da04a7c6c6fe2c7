"""Rows are made up for any table and view, and nothing of them stays."""

from typing import Any

import psycopg
import pytest

from pgcraft.catalog.objects import Kind, ObjectId
from pgcraft.devdb.rows.rows import RowMaker
from pgcraft.devdb.rows.samples import sample_rows
from pgcraft.devdb.rows.shapes import read_shapes
from tests.support.databases import Database

pytestmark = pytest.mark.each_server

TYPES = """
smallint integer bigint numeric numeric(4,2) numeric(3,3) numeric(2,0) real double_precision money
text varchar varchar(3) char char(4) name "char"
boolean date time timetz timestamp timestamptz interval
json jsonb jsonpath uuid bytea bit(5) varbit(7) bit
inet cidr macaddr macaddr8 point line lseg box path polygon circle
tsvector tsquery pg_lsn int4range int8range numrange daterange tsrange tstzrange int4multirange datemultirange
integer[] text[] numeric(4,2)[] varchar(3)[] uuid[] jsonb[] boolean[][] int4range[]
mood mood[] pair positive positive[] shout nested moodrange
"""

CUSTOM = """
CREATE TYPE mood AS ENUM ('so-so', 'it''s "fine"', 'NULL');
CREATE TYPE pair AS (a integer, b text);
CREATE DOMAIN positive AS numeric(6,2) NOT NULL CHECK (VALUE > 12);
CREATE DOMAIN shout AS text CHECK (VALUE = upper(VALUE)) CHECK (VALUE <> 'VALUE');
CREATE DOMAIN nested AS shout CHECK (length(VALUE) = 7);
CREATE TYPE moodrange AS RANGE (subtype = mood);
"""


def words(text: str) -> list[str]:
    return [word.replace("double_precision", "double precision") for word in text.split()]


def make(database: Database, name: str, *variants: int, schema: str = "public") -> list[Any]:
    with database.connect() as connection:
        maker = RowMaker(connection, read_shapes(connection))
        return [maker.make(maker.shapes.by_name[(schema, name)], variant) for variant in variants or (0,)]


def count_rows(database: Database, *tables: str) -> list[int]:
    return [database.value(f"SELECT count(*) FROM {table}") for table in tables]


def test_every_type_gets_a_value(database: Database) -> None:
    database.run(CUSTOM)
    types = words(TYPES)
    columns = ", ".join(f"c{number} {type_} NOT NULL" for number, type_ in enumerate(types))
    database.run(f"CREATE TABLE every ({columns})")
    (row,) = make(database, "every")
    assert row is not None
    assert {type_ for number, type_ in enumerate(types) if row[f"c{number}"] is None} == set()


@pytest.mark.parametrize(
    "kind", ["text", "integer", "varchar(2)", "numeric(5,2)", "date", "uuid", "mood", "inet", "bytea", "int4range"]
)
def test_rows_differ_where_they_must(database18: Database, kind: str) -> None:
    database18.run(CUSTOM)
    database18.run(f"CREATE TABLE t (a {kind} UNIQUE NOT NULL)")
    made = make(database18, "t", 0, 1, 2)
    assert None not in made
    assert len({row["a"] for row in made}) == 3


@pytest.mark.parametrize(
    "columns",
    [
        "price numeric(10,2) NOT NULL CHECK (price > 0)",
        "qty integer NOT NULL CHECK (qty BETWEEN 500 AND 510)",
        "state text NOT NULL CHECK (state IN ('open', 'closed'))",
        "state varchar(8) NOT NULL CHECK (state = ANY (ARRAY['öffen'::varchar, 'x''y']))",
        "code char(3) NOT NULL CHECK (code ~ '^[A-Z]{3}$')",
        "email text NOT NULL CHECK (email LIKE '%_@_%.__%')",
        "password text NOT NULL CHECK (char_length(password) >= 24)",
        "starts date NOT NULL, ends date NOT NULL, CHECK (ends > starts)",
        "low integer NOT NULL, mid integer NOT NULL, high integer NOT NULL, CHECK (low < mid AND mid < high)",
        "body jsonb NOT NULL CHECK (body ? 'title')",
        "tags text[] NOT NULL CHECK (cardinality(tags) BETWEEN 1 AND 3)",
        "xs integer[] NOT NULL CHECK (cardinality(xs) BETWEEN 2 AND 3)",
        "until timestamptz NOT NULL CHECK (until > '2030-01-01')",
        "debit numeric, credit numeric, CHECK ((debit IS NULL) <> (credit IS NULL))",
        "share numeric(3,2) NOT NULL CHECK (share >= 0 AND share <= 1)",
        "id serial, parent integer, CHECK (parent <> id)",
        "level integer DEFAULT 5 NOT NULL, top integer NOT NULL CHECK (top > level + 3)",
    ],
)
def test_checks_are_met(database18: Database, columns: str) -> None:
    database18.run(f"CREATE TABLE t ({columns})")
    assert make(database18, "t") != [None]


def test_parents_are_made_first_and_rows_of_one_variant_belong_together(database: Database) -> None:
    database.run(
        """
        CREATE TABLE country (code char(2) PRIMARY KEY);
        CREATE TABLE city (country char(2) REFERENCES country, name text, PRIMARY KEY (country, name));
        CREATE TABLE person (id serial PRIMARY KEY, country char(2) NOT NULL, city text NOT NULL, boss integer REFERENCES person,
          FOREIGN KEY (country, city) REFERENCES city);
        CREATE TABLE passport (person integer PRIMARY KEY REFERENCES person, number text UNIQUE NOT NULL);
        """
    )
    first, second = make(database, "passport", 0, 1)
    assert first["person"] != second["person"]
    assert count_rows(database, "country", "city", "person", "passport") == [2, 2, 2, 2]
    assert database.rows("SELECT boss FROM person") == [(None,), (1,)]


def test_tables_that_refer_to_each_other_are_filled(database18: Database) -> None:
    database18.run(
        """
        CREATE TABLE a (id serial PRIMARY KEY, b integer);
        CREATE TABLE b (id serial PRIMARY KEY, a integer NOT NULL REFERENCES a);
        ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b;
        """
    )
    assert None not in make(database18, "b")


def test_what_the_server_makes_is_left_to_it(database: Database) -> None:
    database.run(
        """
        CREATE TABLE t (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, price integer NOT NULL, qty integer NOT NULL,
          total integer GENERATED ALWAYS AS (price * qty) STORED, made timestamptz DEFAULT now())
        """
    )
    (row,) = make(database, "t")
    assert int(row["total"]) == int(row["price"]) * int(row["qty"])
    assert row["made"] is not None


def test_rows_that_are_there_already_are_passed_by(database18: Database) -> None:
    """A migration may have inserted rows with the very keys that would be made up."""
    database18.run(
        "CREATE TABLE t (k text PRIMARY KEY); INSERT INTO t SELECT 'text ' || n FROM generate_series(1, 30) n"
    )
    assert None not in make(database18, "t")


def test_names_with_quotes_and_keywords_work(database: Database) -> None:
    database.run(
        r'''
        CREATE SCHEMA "the ""Best""";
        CREATE TABLE "the ""Best"""."select" ("order" text NOT NULL CHECK (length("order") > 0), "per%cent" integer NOT NULL);
        CREATE VIEW "the ""Best"""."User's" AS SELECT * FROM "the ""Best"""."select";
        '''
    )
    assert None not in make(database, "User's", schema='the "Best"')


def test_a_view_over_others_shows_a_row(database: Database) -> None:
    database.run(STATISTICS)
    (row,) = sample_rows_of(database, "statistics", count=1)
    assert row["order_count"] == 1


STATISTICS = """
CREATE TABLE customers (id serial PRIMARY KEY, name text NOT NULL);
CREATE TABLE orders (id serial PRIMARY KEY, customer_id integer NOT NULL REFERENCES customers, total numeric(10,2) NOT NULL);
CREATE VIEW totals AS SELECT customer_id, count(*) AS order_count, sum(total) AS total FROM orders GROUP BY 1;
CREATE VIEW statistics AS SELECT c.id, c.name, t.order_count, t.total FROM customers c JOIN totals t ON t.customer_id = c.id;
"""


def sample_rows_of(database: Database, name: str, count: int = 2) -> tuple[dict[str, Any], ...]:
    with database.connect() as connection:
        return sample_rows(connection, ObjectId(Kind.VIEW, "public", name), count=count)


def test_samples_read_as_postgrest_answers_and_leave_nothing(database: Database) -> None:
    database.run(STATISTICS)
    rows = sample_rows_of(database, "statistics")
    assert [sorted(row) for row in rows] == [["id", "name", "order_count", "total"]] * 2
    assert isinstance(rows[0]["total"], int | float)
    assert count_rows(database, "customers", "orders") == [0, 0]


def test_a_materialized_view_is_refreshed(database18: Database) -> None:
    database18.run("CREATE TABLE t (a integer NOT NULL); CREATE MATERIALIZED VIEW m AS SELECT a FROM t")
    assert sample_rows_of(database18, "m", count=1) == ({"a": 1},)


def test_what_is_not_there_has_no_rows(database18: Database) -> None:
    assert sample_rows_of(database18, "nothing") == ()


PROTECTED = """
CREATE TABLE log (id serial PRIMARY KEY, name text NOT NULL CHECK (name ~ '^[a-z]+$'), price numeric(6,2));
CREATE TABLE root (id serial PRIMARY KEY, current integer NOT NULL REFERENCES log);
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF pg_trigger_depth() < 2 THEN RAISE 'use the view'; END IF; RETURN NEW; END $$;
CREATE TRIGGER protect BEFORE INSERT ON log FOR EACH ROW EXECUTE FUNCTION refuse();
CREATE TRIGGER protect BEFORE INSERT ON root FOR EACH ROW EXECUTE FUNCTION refuse();
CREATE VIEW entity AS SELECT r.id, l.name, l.price FROM root r JOIN log l ON l.id = r.current;
CREATE FUNCTION enter() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE added integer; BEGIN
  INSERT INTO log (name, price) VALUES (NEW.name, NEW.price) RETURNING id INTO added;
  INSERT INTO root (current) VALUES (added) RETURNING id INTO NEW.id; RETURN NEW; END $$;
CREATE TRIGGER enter INSTEAD OF INSERT ON entity FOR EACH ROW EXECUTE FUNCTION enter();
CREATE VIEW shown AS SELECT id, name FROM entity;
CREATE TABLE child (root integer NOT NULL REFERENCES root);
"""


def test_tables_that_refuse_writes_are_filled_through_their_view(database: Database) -> None:
    """The raw tables of an append-only dimension take nothing directly; foreign keys still point to them."""
    database.run(PROTECTED)
    assert None not in make(database, "child", 0) + make(database, "entity", 1) + make(database, "shown", 2)
    assert database.value("SELECT count(*) > 1 FROM root") is True


def test_a_row_that_cannot_be_made_is_told_by_none(database18: Database) -> None:
    database18.run("CREATE TABLE t (a text NOT NULL CHECK (md5(a) = 'nobody finds this'))")
    assert make(database18, "t") == [None]


def test_an_error_leaves_the_transaction_usable(database18: Database) -> None:
    database18.run("CREATE TABLE t (a text NOT NULL CHECK (1 / length(a) > 5))")
    with psycopg.connect(database18.conninfo) as connection:
        maker = RowMaker(connection, read_shapes(connection))
        assert maker.make(maker.shapes.by_name[("public", "t")]) is None
        assert connection.execute("SELECT 1").fetchone() == (1,)
