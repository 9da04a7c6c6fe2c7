"""Roles belong to the cluster and schemas to everyone: what others made or still use outlives our undoing."""

from collections.abc import Callable

from sqlalchemy import Column, Integer, MetaData, Table

from pgcraft.collect import collect
from pgcraft.models import GrantDefinition, RoleDefinition, register_grant, register_role
from pgcraft.render.catalog import render_catalog
from pgcraft.render.statement import Statement
from tests.support.databases import Database

ROLES = "SELECT rolname FROM pg_roles WHERE oid >= 16384"
SCHEMAS = "SELECT nspname FROM pg_namespace WHERE nspname = 'shop'"


def render_shop() -> tuple[Statement, ...]:
    metadata = MetaData()
    Table("products", metadata, Column("id", Integer, primary_key=True), schema="shop")
    register_role(metadata, RoleDefinition(name="anon"))
    grant = GrantDefinition(privileges=("select",), to="anon", schema="shop", name="products")
    register_grant(metadata, grant)
    return render_catalog(collect(metadata))


def apply(database: Database) -> None:
    database.run(";".join(statement.sql for statement in render_shop()))


def undo(database: Database) -> None:
    database.run(";".join(sql for statement in reversed(render_shop()) for sql in statement.reverse))


def test_a_role_that_another_database_uses_stays_until_that_one_is_undone(
    cluster_database: Database, new_database: Callable[[], Database]
) -> None:
    other = new_database()
    for database in (cluster_database, other):
        apply(database)
    undo(cluster_database)
    assert [("anon",)] == other.rows(ROLES)
    undo(other)
    assert [] == other.rows(ROLES)


def test_a_role_that_was_there_before_stays_as_it_was(cluster_database: Database) -> None:
    cluster_database.run("CREATE ROLE anon LOGIN")
    apply(cluster_database)
    undo(cluster_database)
    assert [("anon", True)] == cluster_database.rows("SELECT rolname, rolcanlogin FROM pg_roles WHERE oid >= 16384")


def test_a_schema_that_holds_others_objects_stays(cluster_database: Database) -> None:
    apply(cluster_database)
    cluster_database.run("CREATE TABLE shop.theirs (a int)")
    undo(cluster_database)
    assert [("shop",)] == cluster_database.rows(SCHEMAS)
