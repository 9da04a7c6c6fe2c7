"""Models with one of each kind, and the same after everything about them has changed."""

ROLES = """
register_role(metadata, RoleDefinition(name="em_group"))
register_role(metadata, RoleDefinition(name="em_worker", login=True, member_of=("em_group",){}))
"""

FIRST = (
    ROLES.format("")
    + """
register_schema(metadata, SchemaDefinition(name="app", comment="all: 100%"))
register_domain(metadata, DomainDefinition(schema="app", name="word", type="character varying(9)", checks=(("short", "VALUE <> ':x'"),)))
state = Enum("new", "old", "Done", name="state", schema="app")

Table("plain", metadata, Column("id", Integer, primary_key=True), Column("gone", String(5), index=True), comment="first")
thing = Table(
    "thing", metadata, Column("id", Integer, primary_key=True), Column("size", String, server_default="7"),
    Column("wide", Numeric(10, 2), nullable=False), Column("name", String(5), comment="a name"), Column("n", Integer, server_default="3"),
    Column("twice", Integer, Computed("n * 2", persisted=True)), Column("counted", Integer, Identity(increment=2)),
    Column("state", state, server_default="new"), Column("span", INT4RANGE), Column("took", Interval),
    Column("up", ForeignKey("app.thing.id", name="up")), Column("theirs", Integer, ForeignKey("theirs.id")),
    CheckConstraint("n > 0 AND name NOT LIKE 'a:b%'", name="positive"), Column("label", String), UniqueConstraint("label", name="named"),
    ExcludeConstraint((column("span"), "&&"), name="apart"), Index("sizes", "size", postgresql_where=text("n > 1")),
    Index("ix_goes", "n"), comment="things", schema="app",
)
Table(
    "Old Table", metadata, Column("id", BigInteger, Identity(always=True, start=5), primary_key=True),
    Column("c", String(20, collation="C")), UniqueConstraint("c", name="kept", postgresql_nulls_not_distinct=True),
    Index("covering", "c", postgresql_include=["id"]), prefixes=["UNLOGGED"], schema="app",
)
register_policy(metadata, PolicyDefinition(schema="app", table="Old Table", name="own", using="c <> ''", force=True))
Table("goes", metadata, Column("id", Integer, primary_key=True), Column("x", String(3)), schema="app")
for one, other in ("ab", "ba"):
    Table(one, metadata, Column("id", Integer, primary_key=True),
          Column("to", ForeignKey(f"app.{other}.id", name=f"ring_{one}")), schema="app")

register_function(metadata, FunctionDefinition(
    schema="app", name="f", arguments="a integer", returns="integer", language="sql", body="SELECT a", volatility="immutable"))
register_function(metadata, FunctionDefinition(schema="app", name="note", returns="trigger", body="BEGIN RETURN NEW; END"))
register_trigger(metadata, TriggerDefinition(
    schema="app", relation="thing", name="watch", timing="before", events=("insert",), function=("app", "note")))
Table("guarded", metadata, Column("n", Integer, server_default=text("1"), comment="a number"), Column("said", String),
      Column("called", Integer, server_default=text("app.f(1)")), schema="app")
register_policy(metadata, PolicyDefinition(schema="app", table="guarded", name="big", using="n > 1"))
register_view(metadata, ViewDefinition(schema="app", name="shown", query="SELECT n, said FROM app.guarded",
                                       column_defaults=(("n", "1"),), options=(("security_barrier", "true"),), comment="shown"))
register_trigger(metadata, TriggerDefinition(schema="app", relation="guarded", name="told", timing="after", events=("update",),
                                             function=("app", "note"), update_columns=("n",), when="NEW.n > 1"))
register_view(metadata, ViewDefinition(schema="app", name="calls", query="SELECT app.f(1) AS n"))
v = PGCraftView("v", "app", metadata, query=select(thing.c.id, thing.c.size, thing.c.name))
PGCraftView("top", "app", metadata, query=select(v.table.c.id).where(v.table.c.id > 1))
PGCraftMaterializedView("m", "app", metadata, query=select(thing.c.id, thing.c.n), indexes=[PGCraftIndex("m_n", "{n}")])
register_grant(metadata, GrantDefinition(privileges=("select", "update"), to="em_worker", schema="app", name="thing"))
products = PGCraftSimple("products", "inventory", metadata, config=config, schema_items=[Column("name", String)])
PostgRESTView(source=products, grants=["select", "insert"])
"""
)

SECOND = (
    ROLES.format(', password_variable="EM_PASSWORD", createdb=True')
    + """
register_schema(metadata, SchemaDefinition(name="app"))
register_domain(metadata, DomainDefinition(schema="app", name="word", type="character varying(9)", default="'x'", comment="a word"))
state = Enum("new", "more", "Done", name="state", schema="app")

Table("plain", metadata, Column("id", Integer, primary_key=True), Column("comes", String(5), unique=True), comment="second")
thing = Table(
    "thing", metadata, Column("id", BigInteger, primary_key=True), Column("size", Integer, server_default=text("7")),
    Column("wide", Numeric(12, 2)), Column("name", String(4)), Column("n", BigInteger, nullable=False, server_default="3"),
    Column("twice", Integer, Computed("n * 3", persisted=True)), Column("counted", Integer, Identity(always=True, start=7)),
    Column("state", state, server_default="Done"), Column("took", Interval(second_precision=0)),
    Column("up", ForeignKey("app.thing.id", name="up", ondelete="CASCADE")), Column("theirs", Integer, ForeignKey("theirs.id")),
    Column("label", String), Column("span", INT4RANGE), Column("more", ARRAY(state), server_default="{}", nullable=False), Column("known", Integer, nullable=False),
    CheckConstraint("n > 1", name="positive"), CheckConstraint("known < 9", name="few"),
    Index("sizes", "size", postgresql_where=text("n > 2")), Index("beside", "known", postgresql_concurrently=True),
    schema="app",
)
Table("guarded", metadata, Column("n", Integer, server_default=text("1 + 1")), Column("said", String, comment="words"),
      Column("called", Integer, server_default=text("app.f(1)"), comment="by f"), schema="app")
register_policy(metadata, PolicyDefinition(schema="app", table="guarded", name="big", using="n > 2", check="n > 3", force=True))
register_view(metadata, ViewDefinition(schema="app", name="shown", query="SELECT n, said FROM app.guarded",
                                       column_defaults=(("said", "'x'"),), options=(("check_option", "local"),)))
register_trigger(metadata, TriggerDefinition(schema="app", relation="guarded", name="told", timing="after", events=("update",),
                                             function=("app", "note"), update_columns=("n",), when="NEW.n > 2"))
for one, other in ("cd", "dc"):
    Table(one, metadata, Column("id", Integer, primary_key=True),
          Column("to", ForeignKey(f"app.{other}.id", name=f"ring_{one}")), schema="app")
Table("empty", metadata, schema="app")
Sequence("numbers", metadata=metadata, schema="app", start=5)

register_function(metadata, FunctionDefinition(
    schema="app", name="f", arguments="b integer", returns="integer", language="sql", body="SELECT b", volatility="immutable"))
register_function(metadata, FunctionDefinition(
    schema="app", name="note", returns="trigger", body="BEGIN\\n\\tRAISE 'x: :y \\\\ %', 1;\\nEND", settings=(("search_path", ""),)))
register_trigger(metadata, TriggerDefinition(
    schema="app", relation="thing", name="watch", timing="after", events=("insert", "update"), function=("app", "note")))
register_view(metadata, ViewDefinition(schema="app", name="calls", query="SELECT app.f(1) AS n", options=(("security_barrier", "true"),)))
v = PGCraftView("v", "app", metadata, query=select(thing.c.id, thing.c.size, thing.c.known))
PGCraftView("top", "app", metadata, query=select(v.table.c.id).where(v.table.c.id > 2))
PGCraftMaterializedView("m", "app", metadata, query=select(thing.c.id, thing.c.n), indexes=[PGCraftIndex("m_n", "{n} DESC")])
register_grant(metadata, GrantDefinition(privileges=("select", "insert"), to="em_worker", schema="app", name="thing", columns=("n",)))
products = PGCraftSimple("products", "inventory", metadata, config=config, schema_items=[Column("name", String), Column("k", Integer)])
PGCraftSimple("parts", "inventory", metadata, config=config, schema_items=[Column("name", String)], extra_plugins=[UUIDV7PKPlugin()])
PostgRESTView(source=products, grants=["select"])
"""
)

BEFORE_ALL = "CREATE TABLE theirs (id integer PRIMARY KEY)"

OTHERS = """
CREATE ROLE em_dba; CREATE SCHEMA tools;
CREATE TABLE app.by_hand (id integer PRIMARY KEY, n integer REFERENCES app.thing (id)); CREATE INDEX by_hand_n ON app.thing (n);
ALTER TABLE app.thing ADD CONSTRAINT by_hand CHECK (n < 1000);
CREATE VIEW tools.sizes AS SELECT size, twice FROM app.thing; COMMENT ON VIEW tools.sizes IS 'theirs';
CREATE TRIGGER theirs BEFORE DELETE ON app.thing FOR EACH ROW EXECUTE FUNCTION app.note();
GRANT SELECT ON app.thing, app.v TO em_dba; GRANT em_dba TO em_worker;
COMMENT ON VIEW app.v IS 'by hand'; COMMENT ON COLUMN app.shown.n IS 'by hand';
COMMENT ON COLUMN app.thing.n IS 'by hand';
ALTER VIEW app.v SET (security_barrier = true); ALTER FUNCTION app.note() SET work_mem = '4MB';
"""

KEPT = """
SELECT obj_description('tools.sizes'::regclass), obj_description('app.v'::regclass),
       has_table_privilege('em_dba', 'app.v', 'select'), pg_has_role('em_worker', 'em_dba', 'member'),
       (SELECT count(*) FROM pg_trigger WHERE tgname = 'theirs'), to_regclass('app.by_hand_n')::text,
       (SELECT array_to_string(reloptions, ' ') FROM pg_class WHERE oid = 'app.v'::regclass),
       (SELECT count(*) FROM pg_constraint WHERE conname = 'by_hand')
"""

WITHOUT_OTHERS = (
    "DROP SCHEMA tools CASCADE; DROP TABLE app.by_hand; DROP INDEX app.by_hand_n; DROP TRIGGER theirs ON app.thing"
)
