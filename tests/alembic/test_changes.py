"""Any change of the models is one revision that applies, settles, and goes back; and so is the way back."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.alembic.beside import walk_beside
from tests.alembic.conftest import ALL_GRANTS, Walk
from tests.support.databases import Database
from tests.support.roundtrip import RoundTrip
from tests.support.servers import get_binaries


def api(columns: str, *, grants: str = ALL_GRANTS, more: str = "", options: str = "") -> str:
    """Return a factory's table under an API view."""
    return f"""
products = PGCraftSimple("products", "inventory", metadata, config=config, schema_items=[{columns}])
{more}
PostgRESTView(source=products, grants={grants}{options})
"""


def table(items: str, *, more: str = "", schema: str = "app") -> str:
    """Return a plain table."""
    return f"""
{more}
Table("thing", metadata, Column("id", Integer, primary_key=True), {items}, schema="{schema}")
"""


NAME = 'Column("name", String, nullable=False)'
PRICE = 'Column("price", Numeric(10, 2), nullable=False)'
STATS = """
stats = PGCraftView("stats", "inventory", metadata, query=select(products.table.c.id, {}.label("n")))
top = PGCraftView("top", "inventory", metadata, query=select(stats.table.c.id, stats.table.c.n).where(stats.table.c.id > 1))
"""
ENUM_COLUMN = 'Column("state", Enum({}, name="state", schema="app"))'
TWO_KEYS = 'Column("a", Integer, nullable=False), Column("b", Integer, nullable=False), UniqueConstraint("a", "b")'

TWO_TARGETS = """
metadata = MetaData()
for name in "ab":
    Table(name, metadata, Column("id", Integer, primary_key=True), schema="app")
Table("thing", metadata, Column("x", Integer, {}), schema="app")
"""

CHANGES = {
    "column_added_at_the_end": (api(NAME), api(f"{NAME}, {PRICE}")),
    "column_added_in_the_middle": (api(PRICE), api(f"{NAME}, {PRICE}")),
    "column_widened": (api('Column("name", String(32))'), api('Column("name", String(64))')),
    "column_limited": (api('Column("name", String)'), api('Column("name", String(5))')),
    "columns_limited_in_other_ways": (
        table('Column("a", Numeric), Column("b", DateTime), Column("c", ARRAY(String)), Column("d", Interval)'),
        table(
            'Column("a", Numeric(38, 2)), Column("b", postgresql.TIMESTAMP(precision=0)), '
            'Column("c", ARRAY(String(3))), Column("d", postgresql.INTERVAL(precision=0))',
            more="from sqlalchemy.dialects import postgresql",
        ),
    ),
    "columns_retyped_that_alembic_takes_for_the_same": (
        table(
            'Column("a", Integer), Column("b", ARRAY(Integer)), Column("c", postgresql.BIT(4)), Column("d", Interval), '
            'Column("e", Enum("x", name="e", schema="app"))',
            more="from sqlalchemy.dialects import postgresql",
        ),
        table(
            'Column("a", ARRAY(Integer)), Column("b", Integer), Column("c", postgresql.BIT(4, varying=True)), '
            'Column("d", postgresql.INTERVAL(fields="YEAR")), Column("e", ARRAY(Enum("x", name="e", schema="app")))',
            more="from sqlalchemy.dialects import postgresql",
        ),
    ),
    "counting_keys_retyped_as_what_cannot_count": (
        'Table("a", metadata, Column("id", Integer, primary_key=True), schema="app")\n'
        'Table("b", metadata, Column("id", BigInteger, Identity(always=True, start=5), primary_key=True), schema="app")\n'
        'Table("c", metadata, Column("id", Integer, primary_key=True), schema="app")',
        'Table("a", metadata, Column("id", String, primary_key=True), schema="app")\n'
        'Table("b", metadata, Column("id", String, primary_key=True), schema="app")\n'
        'Table("c", metadata, Column("id", String, primary_key=True, server_default=text("md5(random()::text)")), schema="app")',
    ),
    "column_retyped_with_a_cast": (api('Column("size", Integer)'), api('Column("size", BigInteger)')),
    "column_retyped_without_a_cast": (api('Column("size", String)'), api('Column("size", Integer)')),
    "column_retyped_with_a_default": (
        api('Column("size", String, server_default="7")'),
        api('Column("size", Integer, server_default=text("7"))'),
    ),
    "column_retyped_under_three_views": (
        api('Column("size", Integer)', more=STATS.format("products.table.c.size")),
        api('Column("size", BigInteger)', more=STATS.format("products.table.c.size")),
    ),
    "view_redefined_under_others": (
        api('Column("size", Integer)', more=STATS.format("products.table.c.size")),
        api('Column("size", Integer)', more=STATS.format("cast(products.table.c.size * 2, String)")),
    ),
    "nullable": (api('Column("size", Integer)'), api('Column("size", Integer, nullable=False)')),
    "grants_narrowed": (api(NAME), api(NAME, grants='["select"]')),
    "columns_hidden": (api(f"{NAME}, {PRICE}"), api(f"{NAME}, {PRICE}", options=', exclude_columns=["price"]')),
    "schema_moved": (api(NAME), api(NAME, options=', schema="reporting"')),
    "factory_removed": (api(NAME), ""),
    "view_removed": (api(NAME, more=STATS.format("products.table.c.id")), api(NAME)),
    "check_changed": (
        api(f'{PRICE}, PGCraftCheck("{{price}} > 0", "positive")'),
        api(f'{PRICE}, PGCraftCheck("{{price}} >= 1", "positive")'),
    ),
    "check_of_columns_in_another_order": (
        table('Column("a", Integer), Column("b", Integer)'),
        table('Column("a", Integer), Column("b", Integer), CheckConstraint("b < 9 AND a > 1", name="both")'),
    ),
    "checks_without_names": (
        table('Column("a", Integer)'),
        "metadata = MetaData()\n"
        + table('Column("a", Integer)')
        + 'Table("bare", metadata, Column("x", Integer, CheckConstraint("x > 0")), CheckConstraint("x < 9"), '
        'CheckConstraint("x <> 5"), schema="app")',
    ),
    "check_added": (api(PRICE), api(f'{PRICE}, PGCraftCheck("{{price}} > 0", "positive")')),
    "index_changed": (
        table('Column("a", Integer), Column("b", Integer), Index("ix", "a", postgresql_where=text("a > 1"))'),
        table('Column("a", Integer), Column("b", Integer), Index("ix", "a", postgresql_where=text("a > 2"))'),
    ),
    "index_method": (
        table('Column("a", Integer), Index("ix", "a")'),
        table('Column("a", Integer), Index("ix", "a", postgresql_using="hash")'),
    ),
    "index_include": (
        table('Column("a", Integer), Column("b", Integer), Index("ix", "a")'),
        table('Column("a", Integer), Column("b", Integer), Index("ix", "a", postgresql_include=["b"])'),
    ),
    "index_renamed": (table('Column("a", Integer), Index("ix", "a")'), table('Column("a", Integer), Index("iy", "a")')),
    "generated_changed": (
        api('Column("a", Integer), Column("b", Integer, Computed("a * 2"))'),
        api('Column("a", Integer), Column("b", Integer, Computed("a * 3"))'),
    ),
    "generated_changed_with_an_index": (
        table('Column("a", Integer), Column("b", Integer, Computed("a * 2")), Index("ix", "b")'),
        table('Column("a", Integer), Column("b", Integer, Computed("a * 3")), Index("ix", "b")'),
    ),
    "generated_on_a_retyped_column": (
        api('Column("a", Integer), Column("b", Integer, Computed("a * 2")), PGCraftIndex("ix", "{b}")'),
        api('Column("a", Numeric(10, 2)), Column("b", Numeric(10, 2), Computed("a * 2")), PGCraftIndex("ix", "{b}")'),
    ),
    "generated_made_plain_on_a_retyped_column": (
        table('Column("a", Integer), Column("b", Integer, Computed("a * 2"))'),
        table('Column("a", BigInteger), Column("b", Integer)'),
    ),
    "generated_dropped_with_what_it_is_made_of": (
        table('Column("a", String), Column("b", String, Computed("a || 1"))'),
        table('Column("n", Integer)'),
    ),
    "generated_made_plain": (
        table('Column("a", Integer), Column("b", Integer, Computed("a * 2"))'),
        table('Column("a", Integer), Column("b", Integer)'),
    ),
    "identity_options": (
        table('Column("n", Integer, Identity(increment=2))'),
        table('Column("n", Integer, Identity(always=True, increment=5, start=10))'),
    ),
    "identity_added": (table('Column("n", Integer, nullable=False)'), table('Column("n", Integer, Identity())')),
    "enum_value_added": (
        table(ENUM_COLUMN.format('"a", "b"')),
        table(ENUM_COLUMN.format('"a", "x", "b"')),
    ),
    "enum_value_removed_under_a_view": (
        table(
            ENUM_COLUMN.format('"a", "b"') + ', Column("n", Integer)',
        )
        + 'v = PGCraftView("v", "app", metadata, query=select(metadata.tables["app.thing"].c.state))',
        table(
            ENUM_COLUMN.format('"a"') + ', Column("n", Integer)',
        )
        + 'v = PGCraftView("v", "app", metadata, query=select(metadata.tables["app.thing"].c.state))',
    ),
    "enum_column_added": (table('Column("n", Integer)'), table('Column("n", Integer), ' + ENUM_COLUMN.format('"a"'))),
    "enum_shared": (
        table(ENUM_COLUMN.format('"a"')),
        table(ENUM_COLUMN.format('"a"'))
        + f'Table("other", metadata, {ENUM_COLUMN.format(chr(34) + "a" + chr(34))}, schema="app")',
    ),
    "enum_array": (
        table('Column("n", Integer)'),
        table('Column("n", Integer), Column("tags", ARRAY(Enum("a", name="tag", schema="app")))'),
    ),
    "default_changed": (
        table('Column("n", Integer, server_default=text("1")), Column("t", DateTime)'),
        table('Column("n", Integer, server_default=text("1 + 1")), Column("t", DateTime, server_default=func.now())'),
    ),
    "collation": (table('Column("n", String)'), table("Column('n', String(collation='C'))")),
    "key_members": (
        table('Column("n", Integer, nullable=False)'),
        table('Column("n", Integer, primary_key=True)'),
    ),
    "key_members_under_a_foreign_key": (
        table(f"{TWO_KEYS}") + 'Table("o", metadata, Column("a", Integer), Column("b", Integer), '
        'ForeignKeyConstraint(["a", "b"], ["app.thing.a", "app.thing.b"]), schema="app")',
        table(
            'Column("a", Integer, nullable=False), Column("b", Integer, nullable=False), UniqueConstraint("a", "b", '
            'initially="DEFERRED"), UniqueConstraint("b", "a")'
        )
        + 'Table("o", metadata, Column("a", Integer), Column("b", Integer), schema="app")',
    ),
    "foreign_key_action": (
        table('Column("up", ForeignKey("app.thing.id"))'),
        table('Column("up", ForeignKey("app.thing.id", ondelete="CASCADE"))'),
    ),
    "ring_of_tables": (
        "",
        'Table("a", metadata, Column("id", Integer, primary_key=True), Column("b", ForeignKey("app.b.id")), schema="app")\n'
        'Table("b", metadata, Column("id", Integer, primary_key=True), Column("a", ForeignKey("app.a.id")), schema="app")',
    ),
    "ring_of_nameless_keys": (
        "",
        "metadata = MetaData()\n"
        'Table("a", metadata, Column("id", Integer, primary_key=True), Column("b", ForeignKey("app.b.id")), schema="app")\n'
        'Table("b", metadata, Column("id", Integer, primary_key=True), Column("a", ForeignKey("app.a.id")), schema="app")',
    ),
    "nameless_keys_on_one_column": (
        TWO_TARGETS.format('ForeignKey("app.b.id")'),
        TWO_TARGETS.format('ForeignKey("app.a.id", ondelete="CASCADE"), ForeignKey("app.b.id")'),
    ),
    "nameless_keys_number_anew": (
        TWO_TARGETS.format('ForeignKey("app.a.id"), ForeignKey("app.b.id")'),
        TWO_TARGETS.format('ForeignKey("app.b.id", match="FULL")'),
    ),
    "nameless_unique": (
        "metadata = MetaData()\n" + table('Column("a", Integer), UniqueConstraint("a")'),
        "metadata = MetaData()\n"
        + table('Column("a", Integer), UniqueConstraint("a", deferrable=True), UniqueConstraint("a", "id")'),
    ),
    "foreign_key_on_a_unique_index": (
        "",
        'Table("a", metadata, Column("up", ForeignKey("app.z.k")), schema="app")\n'
        'Table("z", metadata, Column("k", Integer, index=True, unique=True), Column("up", ForeignKey("app.z.k")), schema="app")',
    ),
    "foreign_key_moved_to_a_unique_index": (
        table('Column("up", ForeignKey("app.thing.id")), Column("k", Integer)'),
        table('Column("up", ForeignKey("app.thing.k")), Column("k", Integer, index=True, unique=True)'),
    ),
    "keys_of_columns_in_a_ring": (
        "",
        'Table("a", metadata, Column("Id", Integer, primary_key=True, key="id"), '
        'Column("B", ForeignKey("app.b.id"), key="b"), schema="app")\n'
        'Table("b", metadata, Column("Id", Integer, primary_key=True, key="id"), '
        'Column("A", ForeignKey("app.a.id"), key="a"), schema="app")',
    ),
    "exclusion": (
        table('Column("r", INT4RANGE)'),
        table('Column("r", INT4RANGE), ExcludeConstraint((column("r"), "&&"), name="apart")'),
    ),
    "unique": (table('Column("a", Integer)'), table('Column("a", Integer), UniqueConstraint("a")')),
    "comments": (
        table('Column("a", Integer, comment="one"), comment="first"'),
        table('Column("a", Integer, comment="it\'s two"), comment="second"'),
    ),
    "sequence": (
        table('Column("a", Integer, Sequence("s", schema="app"))'),
        table('Column("a", Integer, Sequence("s", schema="app", start=5, increment=3))'),
    ),
    "serial_made_identity": (
        'Table("t", metadata, Column("id", Integer, primary_key=True), schema="app")',
        'Table("t", metadata, Column("id", Integer, Identity(), primary_key=True), schema="app")',
    ),
    "serial_widened_under_a_foreign_key": (
        'Table("t", metadata, Column("id", Integer, primary_key=True), Column("up", ForeignKey("app.t.id")), schema="app")',
        'Table("t", metadata, Column("id", BigInteger, primary_key=True), Column("up", ForeignKey("app.t.id")), schema="app")',
    ),
    "text_made_json": (
        table("Column('n', String, server_default='{}')"),
        table("Column('n', JSONB, server_default='{}')"),
    ),
    "generated_made_plain_under_an_api_view": (
        api('Column("a", Integer), Column("b", Integer, Computed("a * 2"))'),
        api('Column("a", Integer), Column("b", Integer)'),
    ),
    "table_becomes_a_view": (
        'Table("x", metadata, Column("id", Integer, primary_key=True), schema="app")\n'
        'Table("y", metadata, Column("id", Integer, primary_key=True), schema="app")',
        'y = Table("y", metadata, Column("id", Integer, primary_key=True), schema="app")\n'
        'PGCraftView("x", "app", metadata, query=select(y))',
    ),
    "dropped_with_what_reflection_does_not_know": (
        'Table("thing", metadata, Column("id", BigInteger, Identity(always=True, start=5), primary_key=True), '
        'Column("n", Integer, Sequence("s", schema="app")), Column("c", String(20, collation="C")), Column("r", INT4RANGE), '
        'UniqueConstraint("n", "c", postgresql_nulls_not_distinct=True), ExcludeConstraint((column("r"), "&&"), name="x"), '
        'Index("ix", "n", postgresql_include=["c"], postgresql_with={"fillfactor": 60}, unique=True), '
        'schema="app", prefixes=["UNLOGGED"], postgresql_with={"fillfactor": 70})\n'
        'register_policy(metadata, PolicyDefinition(schema="app", table="thing", name="own", using="n > 1", force=True))',
        'Table("other", metadata, Column("id", Integer), schema="app")',
    ),
    "materialized_view_changed": (
        table('Column("a", Integer)')
        + 'PGCraftMaterializedView("m", "app", metadata, query=select(metadata.tables["app.thing"].c.a))',
        table('Column("a", Integer)')
        + 'PGCraftMaterializedView("m", "app", metadata, query=select(metadata.tables["app.thing"].c.id))',
    ),
}


@pytest.mark.parametrize(("before", "after"), walk_beside(CHANGES))
def test_a_change_is_one_revision_each_way(walk: Walk, before: str, after: str) -> None:
    """A change that does not apply, does not settle or cannot be undone ends a user's day."""
    walk.step(before)
    walk.step(after)
    walk.step(before)
    walk.finish()


def test_a_widened_key_counts_on_behind_its_rows(walk: Walk) -> None:
    """The sequence of a serial column kept its integer limit; that of a new identity began at one again."""
    keyed = 'Table("t", metadata, Column("id", {}, primary_key=True), Column("n", Integer), schema="app")'
    walk.step(keyed.format("Integer"))
    walk.database.run("INSERT INTO app.t (n) SELECT 1 FROM generate_series(1, 5)")
    walk.step(keyed.format("BigInteger"))
    assert "bigint" == walk.database.value("SELECT data_type::text FROM pg_sequences WHERE schemaname = 'app'")
    walk.step(keyed.format("BigInteger, Identity()"))
    assert 6 == walk.database.value("INSERT INTO app.t (n) VALUES (1) RETURNING id")


LISTED = """
thing = Table(
    "thing", metadata, Column("s", String), CheckConstraint("s IN ('a', 'b')", name="known"),
    Index("ix", "s", postgresql_where=text("s IN ('a', 'b')")), schema="app",
)
PGCraftView("v", "app", metadata, query=select(thing).where(thing.c.s.in_(["a", "b"])))
"""


def test_a_restored_dump_is_no_change(walk: Walk, new_database: Callable[[], Database]) -> None:
    """PostgreSQL writes IN lists of varchar columns as another text when it reads its own back."""
    walk.step(LISTED)
    before = walk.database.value("SELECT pg_get_viewdef('app.v'::regclass)")
    restored = new_database()
    dump = get_binaries(walk.database.major).bindir / "pg_dump"
    restored.psql(walk.trip.project.run(str(dump), "--restrict-key=test", "-d", walk.database.name).stdout)
    assert before != restored.value("SELECT pg_get_viewdef('app.v'::regclass)")
    trip = RoundTrip(replace(walk.trip.project, environment={"DATABASE_URL": restored.url}), restored)
    assert trip.pending() == ""
    models = trip.project.root / "models.py"
    models.write_text(models.read_text().replace("])))", "])), security_barrier=True)"))
    revision = trip.pending()
    assert "ALTER VIEW app.v SET (security_barrier = true)" in revision
    assert "CREATE" not in revision  # the text of the view says the same as before
