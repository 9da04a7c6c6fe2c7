"""What a DBA put on our tables stays, whatever its name says; what was ours goes, whatever its name holds."""

from tests.alembic.conftest import Walk

THING = """
Table("thing", metadata, Column("id", Integer, primary_key=True), Column("email", String{}), Column("n", Integer),
      {}schema="app")
"""
NAMELESS = MARKS = 'CheckConstraint("n > 0"), UniqueConstraint("n"), ForeignKeyConstraint(["n"], ["app.thing.id"]), '
WITHOUT_CONVENTION = "metadata = MetaData()\n"

FOREIGN = {
    "index_named_like_a_column": "CREATE INDEX email ON app.thing (email)",
    "index_named_like_the_table": "CREATE INDEX thing_n ON app.thing (n)",
    "check": "ALTER TABLE app.thing ADD CHECK (n < 100)",
    "unique": "ALTER TABLE app.thing ADD UNIQUE (email, n)",
    "key": "ALTER TABLE app.thing ADD FOREIGN KEY (n) REFERENCES app.thing (id)",
    "exclude": "ALTER TABLE app.thing ADD EXCLUDE USING btree (email WITH =)",
    "index_without_a_name": "CREATE INDEX ON app.thing (lower(email))",
    "named_like_a_type": 'ALTER TABLE app.thing ADD CONSTRAINT "String" CHECK (n < 7)',
}
PARTS = """
SELECT conname::text FROM pg_constraint WHERE conrelid = 'app.thing'::regclass AND contype <> 'n'
UNION SELECT indexrelid::regclass::text FROM pg_index WHERE indrelid = 'app.thing'::regclass ORDER BY 1
"""


def test_what_a_dba_put_on_a_table_is_never_dropped(any_walk: Walk) -> None:
    """An old revision that had the name somewhere, or a table that was ours, made it ours."""
    any_walk.step(WITHOUT_CONVENTION + THING.format("", ""))
    any_walk.database.run(";".join(FOREIGN.values()))
    before = any_walk.database.rows(PARTS)
    assert "" == any_walk.trip.pending()
    any_walk.step(WITHOUT_CONVENTION + THING.format(", nullable=False", NAMELESS))
    any_walk.step(WITHOUT_CONVENTION + THING.format("", ""))
    assert before == any_walk.database.rows(PARTS)


def test_what_was_ours_without_a_name_goes(any_walk: Walk) -> None:
    """What PostgreSQL named is ours all the same, where a migration made it."""
    any_walk.step(WITHOUT_CONVENTION + THING.format("", NAMELESS))
    any_walk.database.run("ALTER TABLE app.thing ADD CHECK (n > 0), ADD CHECK (n < 9), ADD UNIQUE (n)")
    any_walk.step(WITHOUT_CONVENTION + THING.format("", ""))
    kept = ["app.thing_n_key1", "app.thing_pkey", "thing_n_check1", "thing_n_check2", "thing_n_key1", "thing_pkey"]
    assert kept == [name for (name,) in any_walk.database.rows(PARTS)]


PRICED = """
Table("priced", metadata, Column("id", Integer, primary_key=True), Column("price (EUR)", Integer),
      Column('a,"b"', Integer), schema="app")
register_role(metadata, RoleDefinition(name="Worker Ä"))
register_grant(metadata, GrantDefinition(
    privileges=("select", "update"), to="Worker Ä", schema="app", name="priced", columns={}))
"""


def test_column_privileges_on_hostile_names_are_revoked(any_walk: Walk) -> None:
    """What the revision granted was not read where a column had parentheses, a comma or quotes."""
    any_walk.step(PRICED.format("""("price (EUR)", 'a,"b"')"""))
    any_walk.database.run('CREATE ROLE dba; GRANT SELECT ("price (EUR)"), INSERT ("price (EUR)") ON app.priced TO dba')
    any_walk.step(PRICED.format('("id",)'))
    acls = any_walk.database.rows(
        "SELECT attname, attacl::text FROM pg_attribute WHERE attrelid = 'app.priced'::regclass AND attacl IS NOT NULL "
        "ORDER BY attnum"
    )
    assert [("id", '{"Worker Ä"=rw/postgres}'.replace('"', '"')), ("price (EUR)", "{dba=ar/postgres}")] == [
        (name, acl.replace('\\"', "").replace('"', "").replace("Worker Ä", '"Worker Ä"')) for name, acl in acls
    ]


BY_CONVENTION = """
revision, down_revision = "5eed", {before!r}

from alembic import op


def upgrade() -> None:
    op.create_unique_constraint(None, "thing", ["n"], schema="app")


def downgrade() -> None:
    pass
"""


def test_what_the_convention_named_is_ours(any_walk: Walk) -> None:
    """Alembic names what a revision by hand leaves open by the convention of the models."""
    text = any_walk.step(THING.format("", ""))
    before = text.partition("Revision ID: ")[2].split()[0]
    any_walk.trip.project.write("migrations/versions/5eed_by_hand.py", BY_CONVENTION.format(before=before))
    any_walk.trip.upgrade()
    any_walk.database.run("ALTER TABLE app.thing ADD UNIQUE (n)")
    assert "op.drop_constraint(op.f('uq__thing__n'), 'thing', schema='app', type_='unique')" in any_walk.trip.pending()
    assert "thing_n_key" not in any_walk.trip.pending()
