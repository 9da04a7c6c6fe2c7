"""Every table gets rows before a step of a proof; those that cannot are named."""

import pytest

from pgcraft.catalog.objects import Kind, ObjectId
from pgcraft.devdb.rows.contents import Said, TableRows, fill_tables, find_changes, read_contents
from tests.support.databases import Database

pytestmark = pytest.mark.each_server

SELF = """
CREATE TABLE self_serial (id serial PRIMARY KEY, parent integer NOT NULL REFERENCES self_serial);
CREATE TABLE self_default (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), parent uuid NOT NULL REFERENCES self_default);
CREATE TABLE self_text (code text PRIMARY KEY CHECK (code ~ '^[a-z]+$'), "the 100% Parent" text NOT NULL REFERENCES self_text);
CREATE TABLE self_identity (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  parent integer NOT NULL REFERENCES self_identity);
CREATE TABLE self_unique (id serial PRIMARY KEY, code text NOT NULL UNIQUE,
  parent text NOT NULL REFERENCES self_unique (code));
CREATE TABLE self_pair (a int, b int, pa int NOT NULL, pb int NOT NULL, PRIMARY KEY (a, b),
  FOREIGN KEY (pa, pb) REFERENCES self_pair);
"""

RINGS = """
CREATE TABLE one (id serial PRIMARY KEY, other integer NOT NULL);
CREATE TABLE two (id serial PRIMARY KEY, other integer NOT NULL REFERENCES one);
ALTER TABLE one ADD FOREIGN KEY (other) REFERENCES two;
CREATE TABLE one_of_deferred (id serial PRIMARY KEY, other integer NOT NULL);
CREATE TABLE two_of_deferred (id serial PRIMARY KEY, other integer NOT NULL
  REFERENCES one_of_deferred DEFERRABLE INITIALLY DEFERRED);
ALTER TABLE one_of_deferred ADD FOREIGN KEY (other) REFERENCES two_of_deferred DEFERRABLE;
CREATE TABLE first (id uuid PRIMARY KEY, next uuid NOT NULL);
CREATE TABLE second (id uuid PRIMARY KEY, next uuid NOT NULL);
CREATE TABLE third (id uuid PRIMARY KEY, next uuid NOT NULL REFERENCES first);
ALTER TABLE first ADD FOREIGN KEY (next) REFERENCES second;
ALTER TABLE second ADD FOREIGN KEY (next) REFERENCES third;
CREATE TABLE beside_rings (id serial PRIMARY KEY, one integer NOT NULL REFERENCES one, f uuid NOT NULL REFERENCES first);
"""

CHECKS = r"""
CREATE TABLE upper_digits (v text NOT NULL UNIQUE CHECK (v ~ '^[A-Z]{2}\d{4}-[a-f0-9]+$'));
CREATE TABLE branches (v text NOT NULL CHECK (v ~* '^(foo|bar)_\w{3,5}$'));
CREATE TABLE month (v text NOT NULL UNIQUE CHECK (v ~ '^\d{4}-(0[1-9]|1[0-2])$'));
CREATE TABLE prefix_and_length (v text NOT NULL CHECK (v !~ '\s' AND v ~ '^sku:' AND length(v) = 12));
CREATE TABLE likeness (v text NOT NULL CHECK (v LIKE 'INV-____-%'));
CREATE TABLE similarity (v text NOT NULL CHECK (v SIMILAR TO '[A-Z]{3}(-[0-9]+)?'));
CREATE TABLE slug (v text NOT NULL CHECK (v ~ '^[a-z0-9]+(?:-[a-z0-9]+)*$'), w text NOT NULL CHECK (w ~ '^#[0-9a-fA-F]{6}$'),
  iban text NOT NULL CHECK (iban ~ '^[[:upper:]]{2}[0-9]{2}[A-Z0-9]{11,30}$'));
CREATE TABLE modulo (v integer NOT NULL UNIQUE CHECK (v % 7 = 3));
CREATE TABLE modulo_above (v integer NOT NULL CHECK (v % 100 = 0 AND v > 1000));
CREATE TABLE below_zero (v smallint NOT NULL CHECK (v < -50));
CREATE TABLE narrow (v integer NOT NULL UNIQUE CHECK (v BETWEEN 500 AND 510));
CREATE TABLE share (a integer NOT NULL, b integer NOT NULL, c integer NOT NULL, CHECK (a + b + c = 100));
CREATE TABLE product (a numeric NOT NULL, b numeric NOT NULL, t numeric NOT NULL, CHECK (t = a * b));
CREATE TABLE chain (a int NOT NULL CHECK (a > 0), b int NOT NULL CHECK (b > a), c int NOT NULL CHECK (c > b),
  d int NOT NULL CHECK (d > c), e int NOT NULL CHECK (e > d));
CREATE TABLE day_of_month (d date NOT NULL UNIQUE CHECK (d BETWEEN '1990-06-01' AND '1990-06-30'));
CREATE TABLE last_days (d date NOT NULL CHECK (d <= '9999-12-31' AND d > '9999-12-29'));
CREATE TABLE monday (d date NOT NULL CHECK (extract(dow FROM d) = 1));
CREATE TABLE firsts (d date NOT NULL UNIQUE CHECK (date_trunc('month', d) = d));
CREATE TABLE shift (a timestamptz NOT NULL, b timestamptz NOT NULL,
  CHECK (b - a BETWEEN interval '1 hour' AND interval '8 hours'));
CREATE TABLE due (a date NOT NULL, b date NOT NULL, CHECK (b = a + 30));
CREATE TABLE period (p daterange NOT NULL CHECK (lower(p) >= '2024-01-01' AND NOT isempty(p) AND upper(p) IS NOT NULL));
CREATE TABLE computed (q integer NOT NULL, "P" integer NOT NULL, t integer GENERATED ALWAYS AS (q * "P") STORED,
  CHECK (t BETWEEN 50 AND 60));
CREATE TABLE computed_unlike (a text NOT NULL, b text GENERATED ALWAYS AS (lower(a)) STORED, CHECK (b <> a), UNIQUE (b));
CREATE TABLE "values, as texts" ("values, as text" integer NOT NULL, c integer NOT NULL, CHECK ("values, as text" > c));
CREATE DOMAIN sku AS text CHECK (VALUE ~ '^[A-Z]{3}-[0-9]{4}$');
CREATE TYPE pair AS (low integer, high integer);
CREATE TABLE domains (v sku PRIMARY KEY, p pair NOT NULL CHECK ((p).low < 5), r int4range NOT NULL CHECK (lower(r) > 40));
"""

ARCS = """
CREATE TABLE p1 (id serial PRIMARY KEY);
CREATE TABLE p2 (id serial PRIMARY KEY);
CREATE TABLE arc (id serial PRIMARY KEY, a integer REFERENCES p1, b integer REFERENCES p2, CHECK (num_nonnulls(a, b) = 1));
CREATE TABLE arc_by_kind (id serial PRIMARY KEY, a integer REFERENCES p1, b integer REFERENCES p2, kind text NOT NULL,
  CHECK (kind = 'x' AND a IS NOT NULL AND b IS NULL OR kind = 'y' AND a IS NULL AND b IS NOT NULL));
CREATE TABLE unlike (id serial PRIMARY KEY, a integer NOT NULL REFERENCES p1, b integer NOT NULL REFERENCES p1, CHECK (a < b));
"""

PARTS = """
CREATE TABLE listed (id integer NOT NULL, k text NOT NULL) PARTITION BY LIST (k);
CREATE TABLE listed_x PARTITION OF listed FOR VALUES IN ('eu', 'us');
CREATE TABLE ranged (id integer NOT NULL, d date NOT NULL, PRIMARY KEY (id, d)) PARTITION BY RANGE (d);
CREATE TABLE ranged_x PARTITION OF ranged FOR VALUES FROM ('2025-01-01') TO ('2025-02-01');
CREATE TABLE hashed (id integer NOT NULL) PARTITION BY HASH (id);
CREATE TABLE hashed_0 PARTITION OF hashed FOR VALUES WITH (MODULUS 4, REMAINDER 0);
CREATE TABLE nested (id integer NOT NULL, k text NOT NULL, d date NOT NULL) PARTITION BY LIST (k);
CREATE TABLE nested_x PARTITION OF nested FOR VALUES IN ('zz') PARTITION BY RANGE (d);
CREATE TABLE nested_x1 PARTITION OF nested_x FOR VALUES FROM ('1999-01-01') TO ('1999-02-01');
CREATE TABLE mother (id integer NOT NULL, n text NOT NULL);
CREATE TABLE daughter (extra integer NOT NULL) INHERITS (mother);
"""

TRIGGERS = """
CREATE TABLE refused (id integer NOT NULL);
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$;
CREATE TRIGGER refuse BEFORE INSERT ON refused FOR EACH ROW EXECUTE FUNCTION refuse();
CREATE TABLE passed_over (id integer NOT NULL);
CREATE FUNCTION pass_over() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
CREATE TRIGGER pass_over BEFORE INSERT ON passed_over FOR EACH ROW EXECUTE FUNCTION pass_over();
CREATE TABLE balanced (id serial PRIMARY KEY, v integer NOT NULL);
CREATE FUNCTION balance() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF (SELECT sum(v) FROM balanced) <> 0 THEN RAISE 'unbalanced'; END IF; RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER balance AFTER INSERT ON balanced DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION balance();
CREATE TABLE beside_refused (id integer NOT NULL REFERENCES balanced);
"""

HOPELESS = """
CREATE TABLE hopeless (v text NOT NULL CHECK (md5(v) = 'nobody finds this'));
CREATE TABLE without_partitions (d date NOT NULL) PARTITION BY RANGE (d);
"""


def test_every_table_gets_rows_and_what_cannot_is_named(database: Database) -> None:
    """Self references, rings, arcs, patterns, modulo, dates, computed columns, partitions and triggers had none."""
    database.run(SELF + RINGS + CHECKS + ARCS + PARTS + TRIGGERS + HOPELESS)
    with database.connect() as connection:
        made, without = fill_tables(connection)
    assert ["hopeless", "without_partitions"] == [table.name for table in without]
    counts = {table.name: database.value(f'SELECT count(*) FROM "{table.name}"') for table in made}
    assert {"computed": 1} == {name: count for name, count in counts.items() if count < 2}  # 1 × 50 is the only way


def test_one_row_of_a_table_holds_other_values_than_defaults(database18: Database) -> None:
    """Values that are dropped and come back as the default were not seen to be lost."""
    database18.run(
        """
        CREATE TYPE mood AS ENUM ('new', 'old');
        CREATE TABLE t (id serial, a text NOT NULL DEFAULT 'new', b boolean NOT NULL DEFAULT false, c boolean DEFAULT true,
          d mood NOT NULL DEFAULT 'new', e integer NOT NULL DEFAULT 2, f timestamptz NOT NULL DEFAULT now());
        """
    )
    with database18.connect() as connection:
        fill_tables(connection)
    assert [("new", False, True, "new", 2)] == database18.rows(
        "SELECT DISTINCT a, b, c, d::text, e FROM t WHERE id <> 2"
    )
    (row,) = database18.rows(
        "SELECT a <> 'new', b, c, d::text, e <> 2, f < now() - interval '1 day' FROM t WHERE id = 2"
    )
    assert (True, True, False, "old", True, True) == row


def test_what_is_said_of_a_table_is_said_of_those_that_inherit_from_it(database18: Database) -> None:
    """A column that is added to a table could not be taken back where another inherits from it."""
    database18.run(
        "CREATE TABLE a (n integer); CREATE TABLE b (m integer) INHERITS (a); CREATE TABLE c () INHERITS (b)"
    )
    with database18.connect() as connection:
        fill_tables(connection)
        before = read_contents(connection)
        connection.execute("ALTER TABLE a DROP COLUMN n")
        after = read_contents(connection)
    lost = frozenset({ObjectId(Kind.COLUMN, "public", "n", parent="a")})
    assert [] == list(find_changes(before, after, Said(lost)))
    assert 3 == len(list(find_changes(before, after, Said())))


def test_rows_are_found_under_the_names_that_tables_and_columns_get() -> None:
    table, renamed = ObjectId(Kind.TABLE, "app", "a"), ObjectId(Kind.TABLE, "app", "b")
    before = {table: TableRows(("x", "y"), (("1", "2"),))}
    said = Said(
        frozenset({renamed.column("y")}), renamed=((table, renamed), (renamed.column("x"), renamed.column("z")))
    )
    assert [] == list(find_changes(before, {renamed: TableRows(("z",), (("1",),))}, said))
    (told,) = find_changes(before, {renamed: TableRows(("z",), (("3",),))}, said)
    assert told.startswith("column app.b.z does not hold what it held")
