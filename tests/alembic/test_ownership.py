"""What pgcraft did not make is never dropped, and comes back when it had to stand aside."""

from collections.abc import Callable
from dataclasses import replace

from pgcraft.devdb.server.address import replace_user
from tests.alembic.conftest import ALL_GRANTS, Walk
from tests.conftest import ProjectFactory
from tests.support.databases import Database
from tests.support.roundtrip import RoundTrip

PRODUCTS = """
products = PGCraftSimple("products", "inventory", metadata, config=config, schema_items=[{}])
PostgRESTView(source=products, grants={})
"""
NAME, SIZE, BIG = 'Column("name", String)', 'Column("size", Integer)', 'Column("size", BigInteger)'

FOREIGN = """
CREATE ROLE web_user;
CREATE ROLE auditor LOGIN;
GRANT web_user TO authenticator;
CREATE SCHEMA tools;
CREATE TABLE tools.jobs (id serial PRIMARY KEY, note text DEFAULT 'x');
CREATE VIEW api.cheap AS SELECT name, size FROM api.products WHERE size < 10;
CREATE MATERIALIZED VIEW tools.sizes AS SELECT size, count(*) AS n FROM inventory.products GROUP BY size;
CREATE UNIQUE INDEX sizes_size ON tools.sizes (size);
CREATE FUNCTION tools.note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER audit AFTER INSERT ON inventory.products FOR EACH ROW EXECUTE FUNCTION tools.note();
CREATE TRIGGER aaudit INSTEAD OF INSERT ON api.cheap FOR EACH ROW EXECUTE FUNCTION tools.note();
ALTER VIEW api.cheap ALTER COLUMN name SET DEFAULT 'cheap';
COMMENT ON VIEW api.cheap IS 'by hand';
GRANT SELECT ON api.products, api.cheap TO auditor;
GRANT REFERENCES ON api.products TO web_user;
GRANT SELECT ON tools.sizes TO auditor WITH GRANT OPTION;
"""


def test_somebody_elses_objects_stay(walk: Walk) -> None:
    """A revision that dropped another tool's table, view or grant would lose data."""
    walk.step(PRODUCTS.format(f"{NAME}, {SIZE}", ALL_GRANTS))
    walk.database.run(FOREIGN)
    assert walk.trip.pending() == ""


def test_somebody_elses_views_come_back(walk: Walk) -> None:
    """A column's type cannot change under a view; theirs are set aside with all that belongs to them, both ways."""
    walk.step(PRODUCTS.format(f"{NAME}, {SIZE}", ALL_GRANTS))
    walk.database.run(FOREIGN)
    revision = walk.step(PRODUCTS.format(f"{NAME}, {BIG}", ALL_GRANTS))
    assert "# pgcraft: keep what others made of" in revision
    assert "api.cheap" not in revision  # nor would it be in another database
    assert walk.database.value("SELECT obj_description('api.cheap'::regclass, 'pg_class')") == "by hand"
    assert "bigint" == walk.database.value(
        "SELECT format_type(atttypid, atttypmod) FROM pg_attribute "
        "WHERE attrelid = 'api.cheap'::regclass AND attname = 'size'"
    )
    assert walk.database.value("SELECT has_table_privilege('auditor', 'tools.sizes', 'SELECT WITH GRANT OPTION')")


def test_what_was_set_aside_is_still_somebody_elses(walk: Walk) -> None:
    """A restored view counted as ours, and the revision after next dropped it."""
    walk.step(PRODUCTS.format(f"{NAME}, {SIZE}", ALL_GRANTS))
    walk.database.run(FOREIGN)
    walk.step(PRODUCTS.format(f"{NAME}, {BIG}", ALL_GRANTS))
    assert walk.trip.pending() == ""


def test_narrowing_a_grant_leaves_other_roles_alone(walk: Walk) -> None:
    """A privilege that an administrator granted to a role of their own was revoked along."""
    walk.step(PRODUCTS.format(f"{NAME}, {SIZE}", ALL_GRANTS))
    walk.database.run(FOREIGN)
    walk.step(PRODUCTS.format(f"{NAME}, {SIZE}", '["select"]'))
    kept = walk.database.value("SELECT has_table_privilege('web_user', 'api.products', 'REFERENCES')")
    gone = walk.database.value("SELECT has_table_privilege('anon', 'api.products', 'INSERT')")
    assert (True, False) == (kept, gone)


def test_a_role_that_others_made_is_used_as_it_is(walk: Walk) -> None:
    """The cluster's anon was altered, or dropped with the downgrade."""
    walk.database.run("CREATE ROLE anon LOGIN CREATEDB; COMMENT ON ROLE anon IS 'by hand'")
    walk.step(PRODUCTS.format(NAME, ALL_GRANTS))
    walk.trip.downgrade()
    options = walk.database.rows("SELECT rolcanlogin, rolcreatedb FROM pg_roles WHERE rolname = 'anon'")
    assert [(True, True)] == options
    assert ["role anon"] == walk.trip.leftovers()


def test_a_table_made_by_hand_is_left_alone(walk: Walk) -> None:
    """A table in a schema of the models, which no migration made, was dropped."""
    walk.step(PRODUCTS.format(NAME, ALL_GRANTS))
    walk.database.run("CREATE TABLE inventory.by_hand (id integer PRIMARY KEY); CREATE INDEX ON inventory.by_hand (id)")
    assert walk.trip.pending() == ""


def test_only_what_is_ours_goes_with_the_factory(walk: Walk) -> None:
    """Dropping a schema that holds something of others would take it along."""
    walk.step(PRODUCTS.format(NAME, ALL_GRANTS))
    walk.database.run("CREATE TABLE api.by_hand (id integer)")
    walk.step("")
    walk.trip.downgrade()
    assert ["relation api.by_hand", "schema api"] == walk.trip.leftovers()


def test_roles_stay_while_another_database_needs_them(
    walk: Walk, new_database: Callable[[], Database], project: ProjectFactory
) -> None:
    """Roles belong to the cluster: going back in one database took authenticator away from all the others."""
    walk.step(PRODUCTS.format(NAME, ALL_GRANTS))
    other = new_database()
    models = walk.trip.project.root / "models.py"
    trip = RoundTrip(project(models.read_text(), database=other), other)
    trip.autogenerate()
    trip.upgrade()
    walk.trip.downgrade()
    members = other.rows(
        "SELECT roleid::regrole::text, member::regrole::text FROM pg_auth_members WHERE roleid >= 16384"
    )
    assert [("anon", "authenticator")] == members
    assert trip.pending() == ""
    trip.downgrade()
    assert [] == trip.leftovers()


MEMBERS = "SELECT roleid::regrole::text, member::regrole::text FROM pg_auth_members WHERE roleid >= 16384 AND NOT admin_option"


DEPLOYER = """
register_role(metadata, RoleDefinition(name="owner", login=True, createrole=True))
Table("later", metadata, Column("id", Integer, primary_key=True), schema="late")
"""


def test_a_membership_that_others_granted_is_used_as_it_is(walk: Walk, project: ProjectFactory) -> None:
    """The owner of a database may not grant it, and the downgrade took it from every database of the cluster."""
    walk.database.run(
        "CREATE ROLE anon; CREATE ROLE authenticator LOGIN NOINHERIT; GRANT anon TO authenticator;"
        f"CREATE ROLE owner LOGIN CREATEROLE; GRANT ALL ON DATABASE {walk.database.name} TO owner;"
        "GRANT ALL ON SCHEMA public TO owner"
    )
    database = replace(walk.database, url=replace_user(walk.database.url, "owner"))
    own = Walk(RoundTrip(project("", database=database), database))
    own.step(PRODUCTS.format(NAME, ALL_GRANTS))
    own.step(PRODUCTS.format(f"{NAME}, {SIZE}, Column('n', Integer, Identity())", ALL_GRANTS) + DEPLOYER)
    owned = "SELECT count(*) FROM pg_class WHERE relowner = 'owner'::regrole AND NOT relacl @> acldefault({}, relowner)"
    for kinds, default in (("'r', 'v'", "'r'"), ("'S'", "'s'")):
        kept = own.database.value(f"{owned.format(default)} AND relkind IN ({kinds})")
        assert kept == 0, "a role that is declared lost what it owns"
    own.trip.downgrade()
    assert [("anon", "authenticator")] == walk.database.rows(MEMBERS)
    walk.database.run(f"REVOKE ALL ON DATABASE {walk.database.name} FROM owner")


def test_a_group_stays_while_others_are_members(walk: Walk) -> None:
    """Dropping a role takes every membership in it along, without a word."""
    walk.step(PRODUCTS.format(NAME, ALL_GRANTS))
    walk.database.run("CREATE ROLE web_user; GRANT anon TO web_user")
    walk.trip.downgrade()
    assert [("anon", "web_user")] == walk.database.rows(MEMBERS)
    assert ["role anon", "role web_user"] == walk.trip.leftovers()


def test_somebody_elses_index_stays(walk: Walk) -> None:
    """Alembic drops every index, key and check of a table that the models do not know."""
    thing = 'Table("thing", metadata, Column("n", {}, index=True), schema="app")'
    walk.step(thing.format("Integer"))
    walk.database.run(
        "CREATE INDEX by_hand ON app.thing (n, n); ALTER TABLE app.thing ADD CONSTRAINT unique_by_hand UNIQUE (n),"
        "ADD CONSTRAINT key_by_hand FOREIGN KEY (n) REFERENCES app.thing (n)"
    )
    assert walk.trip.pending() == ""
    revision = walk.step(thing.format("BigInteger").replace(", index=True", ""))
    assert "by_hand" not in revision
