"""Reading a live database: everybody's objects, nobody's extensions, and nothing passed over in silence."""

from collections.abc import Iterable

import psycopg
import pytest
from sqlalchemy import create_engine

from pgcraft.catalog.definitions import Column, Function, Grant, Index, Trigger, View
from pgcraft.catalog.ids import parse_id
from pgcraft.catalog.objects import Catalog, Kind
from pgcraft.errors import PGCraftDatabaseError
from pgcraft.introspect import list_unmodelled, read_catalog, read_unmodelled
from pgcraft.render.dispatch import render_create
from tests.support.databases import Database

pytestmark = pytest.mark.each_server

SHOP = """
CREATE SCHEMA inventory;
CREATE TABLE inventory.products (id serial PRIMARY KEY, name text, price numeric, hidden text);
CREATE VIEW inventory.names AS SELECT p.id, p.name FROM inventory.products p;
CREATE VIEW public.stacked AS SELECT name FROM inventory.names;
CREATE FUNCTION inventory.price_of(p inventory.products) RETURNS numeric LANGUAGE sql AS 'SELECT p.price';
"""


def read(database: Database, **options: Iterable[str]) -> Catalog:
    with database.connect() as connection:
        return read_catalog(connection, **options)


def needs(catalog: Catalog, line: str) -> set[str]:
    return {str(needed) for needed in catalog.by_id[parse_id(line)].depends_on if needed.kind is not Kind.SCHEMA}


def test_an_empty_database_has_nothing(database: Database) -> None:
    catalog = read(database, roles=())
    assert ((), ()) == (catalog.objects, catalog.notes)
    assert database.major == catalog.server_version


def test_every_kind_of_connection_reads_the_same_and_is_left_as_it_was(database: Database) -> None:
    database.run(SHOP)
    expected = read(database)
    with psycopg.connect(database.conninfo) as connection:
        connection.execute("SET LOCAL search_path = inventory, public")
        assert expected == read_catalog(connection)
        assert ("inventory, public",) == connection.execute("SHOW search_path").fetchone()
        assert expected == read_catalog(lambda query: connection.execute(query.encode()).fetchall())
    engine = create_engine(database.url)
    with engine.connect() as connection:
        assert expected == read_catalog(connection)
    engine.dispose()


def test_reading_takes_no_more_queries_for_more_objects(database: Database) -> None:
    counts = []
    with database.connect() as connection:

        def fetch(query: str) -> list[tuple[object, ...]]:
            counts[-1] += 1
            return connection.execute(query.encode()).fetchall()

        for sql in ("SELECT", SHOP):
            connection.execute(sql.encode())
            counts.append(0)
            read_catalog(fetch)
    assert counts[0] == counts[1] < len(Kind) + 5  # one a kind, and a few for what they need


def test_views_depend_on_the_columns_they_read_and_functions_on_the_types_they_take(database: Database) -> None:
    database.run(SHOP)
    catalog = read(database)
    columns = {"column inventory.products.id", "column inventory.products.name"}
    assert columns | {"table inventory.products"} == needs(catalog, "view inventory.names")
    assert {"view inventory.names"} == needs(catalog, "view public.stacked")
    assert {"table inventory.products"} == needs(catalog, "function inventory.price_of(inventory.products)")


def test_what_an_extension_owns_is_not_seen(database: Database) -> None:
    database.run(
        "CREATE SCHEMA tools; CREATE EXTENSION hstore SCHEMA tools; CREATE TABLE tools.own (tags tools.hstore)"
    )
    catalog = read(database, roles=())
    assert {"schema tools", "extension hstore", "table tools.own", "column tools.own.tags"} == {
        str(item.id) for item in catalog.objects
    }
    assert () == catalog.notes


def test_only_the_schemas_and_roles_asked_for_are_read(cluster_database: Database) -> None:
    cluster_database.run(f"{SHOP} CREATE ROLE one; CREATE ROLE two")
    catalog = read(cluster_database, schemas=["inventory"], roles=["two"])
    assert "view public.stacked" not in {str(item.id) for item in catalog.objects}
    assert ["two"] == [item.id.name for item in catalog.of_kind(Kind.ROLE)]
    assert ["one", "two"] == [item.id.name for item in read(cluster_database).of_kind(Kind.ROLE)]


UNMODELLED = """
CREATE FUNCTION public.f() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE EVENT TRIGGER on_ddl ON ddl_command_end EXECUTE FUNCTION public.f(); -- event trigger on_ddl
CREATE TABLE public.t (a int, b serial); SET LOCAL allow_system_table_mods = on;
CREATE RULE quiet AS ON INSERT TO public.t DO NOTHING; -- rule quiet on public.t
CREATE TABLE public.whole (a int) PARTITION BY LIST (a);
CREATE TABLE public.part PARTITION OF public.whole (CONSTRAINT own CHECK (a < 5)) FOR VALUES IN (1); -- constraint of a partition own on public.part
CREATE INDEX own ON public.part (a); -- index of a partition own on public.part
CREATE SEQUENCE public.counter OWNED BY public.t.a; -- sequence that a column owns and does not take from public.counter
CREATE SCHEMA s; CREATE TABLE s.u (a int, b int);
CREATE STATISTICS public.both ON a, b FROM s.u; -- statistics object public.both
CREATE TYPE public.mood AS ENUM ('a'); CREATE TYPE public.pair AS (a int, b int);
CREATE FUNCTION public.as_mood(xml) RETURNS public.mood LANGUAGE sql AS $$ SELECT 'a'::public.mood $$;
CREATE CAST (xml AS public.mood) WITH FUNCTION public.as_mood(xml); -- cast xml to public.mood
CREATE CAST (public.pair AS text) WITH INOUT; -- cast public.pair to text
REVOKE TRUNCATE ON s.u FROM CURRENT_USER; -- what its owner may not do with s.u
REVOKE USAGE ON TYPE public.mood FROM PUBLIC; -- privileges on type public.mood
ALTER TABLE public.t ALTER a SET STATISTICS 7; -- statistics target of column a on public.t
ALTER TABLE public.t ALTER a SET (n_distinct = 5); -- options of column a on public.t
ALTER TABLE public.t REPLICA IDENTITY FULL; -- replica identity of table public.t
CREATE INDEX i ON s.u (a); ALTER TABLE s.u CLUSTER ON i; -- index to cluster by i on s.u
CREATE CAST (int AS public.mood) WITH INOUT; -- cast integer to public.mood
CREATE TABLE public.typed OF public.pair; -- table of a type public.typed
CREATE ACCESS METHOD heap_too TYPE TABLE HANDLER heap_tableam_handler; -- access method heap_too
CREATE CONVERSION public.latin FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8; -- conversion public.latin
CREATE FOREIGN DATA WRAPPER wrapper; -- foreign data wrapper wrapper
CREATE SERVER far FOREIGN DATA WRAPPER wrapper; -- foreign server far
CREATE USER MAPPING FOR PUBLIC SERVER far; -- user mapping public on far
CREATE FOREIGN TABLE public.ft (a int) SERVER far; -- foreign table public.ft
CREATE LANGUAGE mine HANDLER plpgsql_call_handler; -- language mine
CREATE OPERATOR public.### (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq); -- operator public.###
CREATE OPERATOR CLASS public.ints FOR TYPE int USING btree AS OPERATOR 1 <, FUNCTION 1 btint4cmp(int, int); -- operator class public.ints
CREATE OPERATOR FAMILY public.family USING btree; -- operator family public.family
CREATE SUBSCRIPTION sub CONNECTION 'dbname=none' PUBLICATION p WITH (connect = false); -- subscription sub
CREATE TEXT SEARCH CONFIGURATION public.c (COPY = simple); -- text search configuration public.c
CREATE TEXT SEARCH DICTIONARY public.d (TEMPLATE = simple); -- text search dictionary public.d
CREATE TEXT SEARCH PARSER public.p (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype); -- text search parser public.p
CREATE TEXT SEARCH TEMPLATE public.tmpl (LEXIZE = dsimple_lexize, INIT = dsimple_init); -- text search template public.tmpl
CREATE TRANSFORM FOR jsonb LANGUAGE sql (FROM SQL WITH FUNCTION varchar_support(internal)); -- transform jsonb of sql
CREATE TYPE public.shell;
CREATE FUNCTION public.sin(cstring) RETURNS public.shell LANGUAGE internal IMMUTABLE STRICT AS 'int4in'; -- C function public.sin(cstring)
CREATE FUNCTION public.sout(public.shell) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'int4out'; -- C function public.sout(public.shell)
CREATE TYPE public.shell (INPUT = public.sin, OUTPUT = public.sout, LIKE = int); -- base type public.shell
CREATE FUNCTION public.w(bigint) RETURNS bigint LANGUAGE internal WINDOW AS 'window_row_number'; -- window function public.w(bigint)
CREATE COLLATION public.l FROM "C"; -- collation public.l
INSERT INTO pg_seclabel VALUES ('public.t'::regclass, 'pg_class'::regclass, 0, 'someone', 'secret'); -- security label someone on table public.t
"""


def test_whatever_has_no_kind_is_named(database: Database) -> None:
    """Each line makes what is said behind it; what stands in no schema, or was made without a function, was passed over."""
    expected = {line.partition("; -- ")[2] for line in UNMODELLED.splitlines() if "; -- " in line}
    with database.connect(autocommit=False) as connection:
        connection.execute(f"SET LOCAL client_min_messages = error; {UNMODELLED}".encode())
        found = list_unmodelled(connection)
        connection.rollback()
    assert expected == {" ".join(each) for each in found}


def test_what_has_no_kind_is_named_of_the_schemas_that_matter_and_shortly(database: Database) -> None:
    rules = "".join(f"CREATE RULE r{n} AS ON INSERT TO s.t WHERE new.a = {n} DO NOTHING;" for n in range(7))
    database.run(f"""
        CREATE SCHEMA s; CREATE SCHEMA other;
        CREATE TABLE s.t (a int); {rules}
        CREATE TABLE other.t (a int, b int); CREATE RULE r AS ON INSERT TO other.t DO NOTHING;
    """)
    with database.connect() as connection:
        assert (
            "rule, 7 times, is left alone: pgcraft does not model it: "
            "r0 on s.t, r1 on s.t, r2 on s.t, r3 on s.t, r4 on s.t and 2 more",
        ) == read_unmodelled(connection, schemas=["s"])
        assert () == read_unmodelled(connection, schemas=[])


def test_privileges_of_owners_and_of_everyone_by_nature_are_left_out(cluster_database: Database) -> None:
    cluster_database.run(f"""
        CREATE ROLE reader; CREATE ROLE keeper; {SHOP}
        ALTER TABLE inventory.products OWNER TO keeper;
        GRANT SELECT, UPDATE (name), UPDATE (price) ON inventory.products TO reader;
        GRANT USAGE ON SCHEMA inventory TO PUBLIC;
        GRANT USAGE ON SEQUENCE inventory.products_id_seq TO reader;
        REVOKE ALL ON FUNCTION inventory.price_of FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION inventory.price_of TO reader WITH GRANT OPTION;
    """)
    catalog = read(cluster_database)
    assert {
        "grant on table inventory.products to reader": Grant(
            ("select",), columns=(("update", "name"), ("update", "price"))
        ),
        "grant on schema inventory to PUBLIC": Grant(("usage",)),
        "grant on sequence inventory.products_id_seq to reader": Grant(("usage",)),
        "grant on function inventory.price_of(inventory.products) to reader": Grant(("execute",), ("execute",)),
    } == {str(item.id): item.definition for item in catalog.of_kind(Kind.GRANT)}
    function = catalog.by_id[parse_id("function inventory.price_of(inventory.products)")]
    assert not function.defined_as(Function).is_public


def test_a_serial_column_is_told_from_one_that_takes_from_somebody_elses_sequence(database: Database) -> None:
    database.run("""
        CREATE SEQUENCE public.numbers;
        CREATE TABLE public.t (
            a serial, b int DEFAULT nextval('public.numbers'), c int GENERATED ALWAYS AS IDENTITY, d int
        );
        ALTER TABLE public.t DROP COLUMN d, ADD COLUMN e text COLLATE "C";
    """)
    catalog = read(database)
    columns = [
        item.defined_as(Column) for item in map(catalog.by_id.get, catalog.by_id[parse_id("table public.t")].parts)
    ]
    assert [(True, None), (False, "nextval('public.numbers'::regclass)"), (False, None), (False, None)] == [
        (column.is_serial, column.default) for column in columns
    ]
    assert [1, 2, 3, 4] == [column.position for column in columns]
    assert '"C"' == columns[3].collation
    assert ["numbers"] == [item.id.name for item in catalog.of_kind(Kind.SEQUENCE)]


def test_functions_whose_body_is_sql_itself_are_made_again_as_they_are(database: Database) -> None:
    database.run("""
        CREATE FUNCTION public.one(a int) RETURNS int LANGUAGE sql RETURN a + 1;
        CREATE PROCEDURE public.two() LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT 2; END;
    """)
    before = read(database)
    functions = list(before.of_kind(Kind.FUNCTION))
    assert [True, True] == [item.defined_as(Function).is_atomic for item in functions]
    database.run("DROP FUNCTION public.one; DROP PROCEDURE public.two")
    for item in functions:
        database.run(";".join(render_create(item)))
    assert before == read(database)


def test_inherited_and_internal_triggers_are_not_somebodys(database: Database) -> None:
    database.run("""
        CREATE TABLE public.whole (a int PRIMARY KEY) PARTITION BY LIST (a);
        CREATE TABLE public.part PARTITION OF public.whole FOR VALUES IN (1);
        CREATE TABLE public.line (a int REFERENCES public.whole);
        CREATE FUNCTION public.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
        CREATE TRIGGER t AFTER INSERT ON public.whole FOR EACH ROW
        WHEN (NEW.a > 0 AND ')' <> '(') EXECUTE FUNCTION public.f('x', E'a\\\\b', '');
    """)
    (trigger,) = read(database).of_kind(Kind.TRIGGER)
    assert "trigger t on public.whole" == str(trigger.id)
    assert ("x", "a\\b", "") == trigger.defined_as(Trigger).arguments
    assert "(new.a > 0) AND (')'::text <> '('::text)" == trigger.defined_as(Trigger).when


def test_indexes_of_materialized_views_belong_to_them(database: Database) -> None:
    database.run(
        "CREATE MATERIALIZED VIEW public.m AS SELECT 1 AS a; CREATE UNIQUE INDEX ix ON public.m (a DESC, (a + 1))"
    )
    catalog = read(database)
    (index,) = catalog.of_kind(Kind.INDEX)
    assert (("a DESC", "(a + 1)"), ("a",)) == (index.defined_as(Index).elements, index.defined_as(Index).columns)
    assert (index.id,) == catalog.by_id[parse_id("materialized view public.m")].parts


def test_virtual_columns_are_known(database18: Database) -> None:
    database18.run("CREATE TABLE public.t (a int, b int GENERATED ALWAYS AS (a * 2) VIRTUAL)")
    column = read(database18).by_id[parse_id("column public.t.b")].defined_as(Column)
    assert (True, "a * 2") == (column.is_virtual, column.generated)


def test_views_come_with_columns_types_and_defaults(database: Database) -> None:
    database.run(f"{SHOP} ALTER VIEW inventory.names ALTER COLUMN name SET DEFAULT 'x'")
    view = read(database).by_id[parse_id("view inventory.names")].defined_as(View)
    assert (("id", "name"), ("integer", "text")) == (view.columns, view.column_types)
    assert (("name", "'x'::text"),) == view.column_defaults


def test_a_server_that_is_too_old_is_refused_by_its_version() -> None:
    with pytest.raises(PGCraftDatabaseError, match="PGC508: the server is PostgreSQL 14"):
        read_catalog(lambda _: [(140018,)])
