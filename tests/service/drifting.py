"""Models of every kind of object, with hostile names, and what somebody changes by hand in a database of them."""

from pgcraft.identifiers import quote_name

LONG = "n" * 61 + "é"
"""63 bytes, the most that PostgreSQL keeps."""

MODELS = r'''
from sqlalchemy import *
from sqlalchemy.dialects.postgresql import DOMAIN, ExcludeConstraint
from pgcraft.models import *
from pgcraft.models.definitions import *
from pgcraft.models.register import *
from sqlalchemy import text as sql

metadata = MetaData()
LONG = "n" * 61 + "é"
register_schema(metadata, SchemaDefinition(name="app", comment="of the app"))
register_schema(metadata, SchemaDefinition(name='Odd "S".x'))
register_role(metadata, RoleDefinition(name="dr_reader"))
register_role(metadata, RoleDefinition(name='dr "W".x', member_of=("dr_reader",)))
register_domain(metadata, DomainDefinition(schema="app", name="word", type="text", checks=(("short", "length(VALUE) < 9"),)))
register_composite(metadata, CompositeDefinition(schema="app", name="pair", attributes={"A b": "integer", "c": "text"}))
register_range(metadata, RangeDefinition(schema="app", name="Span", subtype="numeric", comment="a span"))
MOOD = Enum("good", "b'ad", name="mood", schema="app")
counter = Sequence("counter", schema="app", start=3, metadata=metadata)

parent = Table("parent", metadata, Column("id", Integer, primary_key=True), Column("code", Text, unique=True), schema="app")
register_statistics(metadata, StatisticsDefinition(schema="app", table="parent", name="St", columns=("id", "code")))
main = Table(
    'Main "T".é', metadata,
    Column("id", Integer, Identity(), primary_key=True),
    Column("Na.me", String(20), server_default="x", nullable=False, comment="its name"),
    Column("twice", Integer, Computed("id * 2")),
    Column("mood", MOOD, server_default="good"),
    Column("word", DOMAIN("word", Text, schema="app")),
    Column("parent", Integer, ForeignKey("app.parent.id", name="to parent")),
    Column("price", Numeric(10, 2)),
    CheckConstraint("price > 0 AND mood IN ('good', 'b''ad')", name="positive"),
    UniqueConstraint("Na.me", "word", name="uq"),
    Index("ix", "price", postgresql_where=sql("price > 5")),
    Index("ix_more", sql('lower("Na.me")')),
    schema='Odd "S".x', comment="main",
)
Table("log", metadata, Column("at", Date), schema="app", postgresql_partition_by="RANGE (at)")
register_partition(metadata, PartitionDefinition(schema="app", name="log 1", of=("app", "log"),
    values="FROM ('2026-01-01') TO ('2026-03-01')", comment="of spring"))
Table(LONG, metadata, *(Column(f"c{number}", Text) for number in range(400)), schema="app")
register_function(metadata, FunctionDefinition(
    schema="app", name="f", arguments="a integer, b text DEFAULT 'x'", returns="integer", language="sql",
    body="SELECT a\n-- 100% 'done'\n", volatility="stable", settings=(("search_path", "app, pg_temp"),)))
register_function(metadata, FunctionDefinition(
    schema="app", name="stamp", returns="trigger", body="BEGIN RETURN NEW; END", revoke_public=True))
register_function(metadata, FunctionDefinition(schema="app", name="gone", returns="integer", body="BEGIN RETURN 1; END"))
register_trigger(metadata, TriggerDefinition(
    schema='Odd "S".x', relation='Main "T".é', name="stamp", function=("app", "stamp"), timing="before",
    events=("insert", "update"), when='NEW."Na.me" <> \'y\''))
register_view(metadata, ViewDefinition(schema="app", name='V "x"', query=select(main.c.id, main.c["Na.me"], main.c.price),
    options=(("security_invoker", "true"),), comment="a view"))
register_view(metadata, ViewDefinition(schema="app", name="owned", query=select(parent.c.id), owner="dr_reader"))
register_view(metadata, ViewDefinition(schema="app", name="upon", query='SELECT v.id FROM app."V ""x""" AS v',
    depends_on=(("app", 'V "x"'),)))
register_view(metadata, ViewDefinition(schema="app", name="kept", is_materialized=True, query=select(parent.c.id, parent.c.code),
    indexes=()))
register_policy(metadata, PolicyDefinition(schema='Odd "S".x', table='Main "T".é', name="own", roles=("dr_reader",),
    command="select", using="price > 1 AND word IN ('a', 'b')"))
register_policy(metadata, PolicyDefinition(schema='Odd "S".x', table='Main "T".é', name="adds", command="insert", check="true"))
for schema in ("app", 'Odd "S".x'):
    register_grant(metadata, GrantDefinition(privileges=("usage",), to="dr_reader", schema=schema, on="schema"))
register_grant(metadata, GrantDefinition(privileges=("select", "insert"), to="dr_reader", schema='Odd "S".x', name='Main "T".é'))
register_grant(metadata, GrantDefinition(privileges=("update",), columns=("price",), to='dr "W".x', schema='Odd "S".x',
    name='Main "T".é'))
register_grant(metadata, GrantDefinition(privileges=("select",), to="dr_reader", schema="app", name='V "x"'))
register_publication(metadata, PublicationDefinition(name="dr_pub", tables=(("app", "parent"),), publish=("insert",)))
register_default_privileges(metadata, DefaultPrivilegesDefinition(on="tables", to="dr_reader", privileges=("select",), schema="app"))
'''

MAIN = '"Odd ""S"".x"."Main ""T"".é"'
_ID = r'"Odd \"S\".x"."Main \"T\".é"'

_OF_READER = ("login", "bypassrls", "member of", "membership options", "superuser", "replication")
_OF_NAME = ("nullable", "default", "comment", "storage")

CHANGES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("COMMENT ON SCHEMA app IS 'else'", "schema app", ("comment", "owner")),
    (
        "ALTER ROLE dr_reader BYPASSRLS LOGIN SUPERUSER REPLICATION",
        "role dr_reader",
        _OF_READER,
    ),
    ('REVOKE dr_reader FROM "dr ""W"".x"', r'role "dr \"W\".x"', ("member of",)),
    ('GRANT "dr ""W"".x" TO dr_reader WITH ADMIN OPTION', "role dr_reader", _OF_READER),
    ("ALTER SCHEMA app OWNER TO dr_other", "schema app", ("comment", "owner")),
    ("ALTER TYPE app.mood ADD VALUE 'new'", "enum app.mood", ("values",)),
    ("ALTER TYPE app.pair ADD ATTRIBUTE d date", "composite app.pair", ("attributes", "comment")),
    ("COMMENT ON TYPE app.pair IS 'c'", "composite app.pair", ("attributes", "comment")),
    (
        'DROP STATISTICS app."St"; CREATE STATISTICS app."St" (mcv) ON id, code FROM app.parent',
        "statistics St on app.parent",
        ("kinds", "comment"),
    ),
    ("COMMENT ON STATISTICS app.\"St\" IS 's'", "statistics St on app.parent", ("kinds", "comment")),
    (
        'DROP TYPE app."Span"; CREATE TYPE app."Span" AS RANGE (subtype = time)',
        "range app.Span",
        ("subtype", "comment"),
    ),
    ("CREATE TYPE app.ends AS (a integer)", "composite app.ends", ("only here",)),
    ("ALTER DOMAIN app.word SET DEFAULT 'd'", "domain app.word", ("default", "checks")),
    ("ALTER DOMAIN app.word DROP CONSTRAINT short", "domain app.word", ("default", "checks")),
    ("ALTER SEQUENCE app.counter INCREMENT 7 CYCLE", "sequence app.counter", ("increment", "cycle", "comment")),
    ("COMMENT ON SEQUENCE app.counter IS 'c'", "sequence app.counter", ("increment", "cycle", "comment")),
    (f"ALTER TABLE {MAIN} FORCE ROW LEVEL SECURITY", f"table {_ID}", ("comment", "force row security", "options")),
    (f"ALTER TABLE {MAIN} SET (fillfactor = 70)", f"table {_ID}", ("comment", "force row security", "options")),
    (f"COMMENT ON TABLE {MAIN} IS NULL", f"table {_ID}", ("comment", "force row security", "options")),
    ("ALTER TABLE app.parent ENABLE ROW LEVEL SECURITY", "table app.parent", ("row security", "owner")),
    (f'ALTER TABLE {MAIN} ALTER "Na.me" DROP DEFAULT', f'column {_ID}."Na.me"', _OF_NAME),
    (f'ALTER TABLE {MAIN} ALTER "Na.me" DROP NOT NULL', f'column {_ID}."Na.me"', _OF_NAME),
    (f"COMMENT ON COLUMN {MAIN}.\"Na.me\" IS 'é'", f'column {_ID}."Na.me"', _OF_NAME),
    (f'ALTER TABLE {MAIN} ALTER "Na.me" SET STORAGE EXTERNAL', f'column {_ID}."Na.me"', _OF_NAME),
    (
        'ALTER TABLE app.log DETACH PARTITION app."log 1"; ALTER TABLE app.log ATTACH PARTITION app."log 1" DEFAULT',
        'partition app."log 1"',
        ("bounds", "comment"),
    ),
    ("COMMENT ON TABLE app.\"log 1\" IS 'of winter'", 'partition app."log 1"', ("bounds", "comment")),
    (
        "CREATE TABLE app.stray PARTITION OF app.log FOR VALUES FROM ('2030-01-01') TO ('2031-01-01')",
        "partition app.stray",
        ("only here",),
    ),
    (f"ALTER TABLE {MAIN} ALTER id SET GENERATED ALWAYS", f"column {_ID}.id", ("identity",)),
    (f"ALTER TABLE {MAIN} ALTER mood SET DEFAULT 'b''ad'", f"column {_ID}.mood", ("default",)),
    (f"ALTER TABLE app.{quote_name(LONG)} ALTER c399 TYPE varchar(5)", f"column app.{LONG}.c399", ("type",)),
    (f"ALTER TABLE app.{quote_name(LONG)} DROP c7", f"column app.{LONG}.c7", ("only there",)),
    (f"ALTER TABLE {MAIN} ADD extra text", f"column {_ID}.extra", ("only here",)),
    (
        f"ALTER TABLE {MAIN} DROP CONSTRAINT positive, ADD CONSTRAINT positive CHECK (price > 1)",
        f"constraint positive on {_ID}",
        ("columns", "text"),
    ),
    (f"ALTER TABLE {MAIN} RENAME CONSTRAINT uq TO other", f"constraint other on {_ID}", ("name",)),
    (f'ALTER TABLE {MAIN} DROP CONSTRAINT "to parent"', f'constraint "to parent" on {_ID}', ("only there",)),
    (f"ALTER TABLE {MAIN} ADD CONSTRAINT more CHECK (price < 99)", f"constraint more on {_ID}", ("only here",)),
    (
        'DROP INDEX "Odd ""S"".x".ix; CREATE UNIQUE INDEX ix ON ' + MAIN + " (price)",
        f"index ix on {_ID}",
        ("unique", "where"),
    ),
    ('DROP INDEX "Odd ""S"".x".ix_more', f"index ix_more on {_ID}", ("only there",)),
    ("CREATE INDEX own ON app.parent (code)", "index own on app.parent", ("only here",)),
    (
        "CREATE OR REPLACE FUNCTION app.f(a integer, b text DEFAULT 'x') RETURNS integer LANGUAGE sql IMMUTABLE "
        "SECURITY DEFINER AS 'SELECT 2'",
        "function app.f(integer, text)",
        ("body", "volatility", "security definer", "settings", "public"),
    ),
    (
        "REVOKE EXECUTE ON FUNCTION app.f FROM PUBLIC",
        "function app.f(integer, text)",
        ("body", "volatility", "security definer", "settings", "public"),
    ),
    ("DROP FUNCTION app.gone", "function app.gone()", ("only there",)),
    (
        "CREATE FUNCTION app.gone(text) RETURNS integer LANGUAGE sql AS 'SELECT 1'",
        "function app.gone(text)",
        ("only here",),
    ),
    (
        'CREATE OR REPLACE VIEW app."V ""x""" WITH (security_barrier) AS SELECT m.id, m."Na.me", (m.price * 2)::numeric(10,2) AS price '
        f"FROM {MAIN} m",
        r'view app."V \"x\""',
        ("query", "options", "owner"),
    ),
    ('ALTER VIEW app."V ""x""" OWNER TO dr_reader', r'grant on view app."V \"x\"" to dr_reader', ("only there",)),
    ("ALTER VIEW app.upon ALTER id SET DEFAULT 4", "view app.upon", ("column defaults", "comment", "column comments")),
    ("COMMENT ON VIEW app.upon IS 'u'", "view app.upon", ("column defaults", "comment", "column comments")),
    ("COMMENT ON COLUMN app.upon.id IS 'i'", "view app.upon", ("column defaults", "comment", "column comments")),
    ("DROP MATERIALIZED VIEW app.kept", "materialized view app.kept", ("query",)),
    ("ALTER TABLE app.parent ALTER code TYPE varchar(9)", "column app.parent.code", ("type",)),
    (
        "CREATE MATERIALIZED VIEW app.kept AS SELECT p.id, p.code FROM app.parent p WHERE p.id > 0 WITH NO DATA; "
        "REVOKE ALL ON app.kept FROM dr_reader",
        "materialized view app.kept",
        ("query",),
    ),
    (
        f"CREATE OR REPLACE TRIGGER stamp AFTER INSERT OR DELETE ON {MAIN} FOR EACH ROW EXECUTE FUNCTION app.stamp('x')",
        f"trigger stamp on {_ID}",
        ("timing", "events", "arguments", "when", "state"),
    ),
    (
        f"ALTER TABLE {MAIN} DISABLE TRIGGER stamp",
        f"trigger stamp on {_ID}",
        ("timing", "events", "arguments", "when", "state"),
    ),
    (
        "CREATE TRIGGER mine BEFORE INSERT ON app.parent FOR EACH ROW EXECUTE FUNCTION app.stamp()",
        "trigger mine on app.parent",
        ("only here",),
    ),
    (f'ALTER POLICY own ON {MAIN} TO "dr ""W"".x" USING (price > 2)', f"policy own on {_ID}", ("roles", "using")),
    (f"DROP POLICY adds ON {MAIN}", f"policy adds on {_ID}", ("only there",)),
    (f"CREATE POLICY open ON {MAIN} USING (true)", f"policy open on {_ID}", ("only here",)),
    (
        f"GRANT DELETE ON {MAIN} TO dr_reader WITH GRANT OPTION",
        f"grant on table {_ID} to dr_reader",
        ("privileges", "grantable"),
    ),
    (f'GRANT UPDATE (mood) ON {MAIN} TO "dr ""W"".x"', rf'grant on table {_ID} to "dr \"W\".x"', ("columns",)),
    ("REVOKE USAGE ON SCHEMA app FROM dr_reader", "grant on schema app to dr_reader", ("only there",)),
    ("GRANT SELECT ON app.parent TO PUBLIC", "grant on table app.parent to PUBLIC", ("only here",)),
    (
        "ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT INSERT ON TABLES TO dr_reader",
        'defaults app."tables to dr_reader"',
        ("privileges",),
    ),
    ("ALTER PUBLICATION dr_pub SET (publish = 'insert, delete')", "publication dr_pub", ("publish",)),
    ("ALTER PUBLICATION dr_pub SET TABLE app.parent (id)", "published dr_pub on app.parent", ("columns",)),
    ("CREATE PUBLICATION dr_all FOR TABLE app.parent", "publication dr_all", ("only here",)),
    ("ALTER VIEW app.owned OWNER TO CURRENT_USER", "view app.owned", ("owner",)),
    ("CREATE EXTENSION hstore SCHEMA app", "extension hstore", ("only here",)),
    ("ALTER TABLE app.parent OWNER TO dr_other", "table app.parent", ("row security", "owner")),
    ("CREATE TABLE app.stranger (id integer PRIMARY KEY)", "table app.stranger", ("only here",)),
    (
        "CREATE SCHEMA strange; CREATE VIEW strange.v AS SELECT 1 AS one; ALTER VIEW strange.v OWNER TO dr_reader",
        "schema strange",
        ("only here",),
    ),
    ("COMMENT ON VIEW strange.v IS 'x'", "view strange.v", ("only here",)),
    ("CREATE TYPE app.own AS ENUM ('a')", "enum app.own", ("only here",)),
    ("CREATE DOMAIN app.narrow AS integer", "domain app.narrow", ("only here",)),
    ("CREATE SEQUENCE app.loose", "sequence app.loose", ("only here",)),
)
"""What is run, the object it is told of, and all facts that are told of it in the end."""

UNMODELLED = (
    f"CREATE RULE dr_rule AS ON DELETE TO {MAIN} DO NOTHING",
    "CREATE FUNCTION app.numbered() RETURNS bigint LANGUAGE internal WINDOW AS 'window_row_number'; "
    "GRANT EXECUTE ON FUNCTION app.numbered TO dr_reader",
)
"""What no model can say; nor are grants on it told."""

EXPECTED = {object_id: facts for _, object_id, facts in CHANGES}

STRANGERS = (
    "publication dr_all",
    "extension hstore",
    "schema strange",
    f"column {_ID}.extra",
    "composite app.ends",
    "domain app.narrow",
    "enum app.own",
    "function app.gone(text)",
    "partition app.stray",
    "sequence app.loose",
    "table app.stranger",
    "view strange.v",
)
"""What is somebody else's, or holds rows that nobody else has: it stays until it may be dropped."""
