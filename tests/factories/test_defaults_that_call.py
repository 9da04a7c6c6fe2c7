"""A default that calls what a client may not use holds through every view."""

import pytest
from sqlalchemy import Column, Integer, String, Table, Text, text

from pgcraft.models import (
    FunctionDefinition,
    GrantDefinition,
    RoleDefinition,
    register_function,
    register_grant,
    register_role,
)
from tests.factories.building import FACTORIES, Models
from tests.support.databases import Database

BODY = "BEGIN RETURN p || (SELECT count(*) FROM closed.counts)::text; END"


def declare(kind: str) -> Models:
    models = Models()
    Table("counts", models.metadata, Column("id", Integer, primary_key=True), schema="closed")
    next_no = FunctionDefinition(
        schema="closed", name="next_no", arguments="p text", returns="text", body=BODY, revoke_public=True
    )
    register_function(models.metadata, next_no)
    register_role(models.metadata, RoleDefinition(name="clerk"))
    columns = [Column("no", Text, server_default=text("closed.next_no('a')")), Column("name", String)]
    factory = models.declare(kind, "item", columns)
    models.expose(factory)
    models.expose(factory, schema="joined", query=lambda q, t: q.add_columns((t.c.id * 2).label("double")))
    for schema in ("api", "joined", "shop"):
        register_grant(models.metadata, GrantDefinition(privileges=("usage",), to="clerk", schema=schema, on="schema"))
        given = GrantDefinition(privileges=("select", "insert"), to="clerk", schema=schema, name="item")
        register_grant(models.metadata, given)
    return models


@pytest.mark.parametrize("kind", FACTORIES)
def test_a_default_that_calls_into_a_closed_schema_holds(kind: str, database: Database, clean_roles: None) -> None:
    """It was "permission denied for schema"; a NULL that is given is still a NULL."""
    declare(kind).create(database)
    more = (", value", ", 1") if kind == "Ledger" else ("", "")
    own = ["shop"] if kind in ("AppendOnly", "EAV") else []
    with database.connect() as connection:
        for role, schemas in (("anon", ["api", "joined"]), ("clerk", ["api", "joined", *own])):
            connection.execute(f"SET ROLE {role}".encode())
            for schema in schemas:
                for given, expected in (("", "a0"), (", NULL", None), (", 'mine'", "mine")):
                    column = ", no" if given else ""
                    insert = (
                        f"INSERT INTO {schema}.item (name{column}{more[0]}) VALUES ('x'{given}{more[1]}) RETURNING no"
                    )
                    assert (expected,) == connection.execute(insert.encode()).fetchone(), (role, schema, given)
    assert not database.value("SELECT has_schema_privilege('anon', 'closed', 'USAGE')")
    called = database.rows(
        "SELECT p.proname FROM pg_proc AS p JOIN pg_roles AS r ON r.rolname IN ('anon', 'clerk')"
        " WHERE p.pronamespace = 'closed'::regnamespace AND has_function_privilege(r.oid, p.oid, 'EXECUTE')"
    )
    assert called
    assert all("_item_default_no" in name for (name,) in called)


def test_a_default_that_everyone_may_evaluate_stays_as_it_is(database18: Database, clean_roles18: None) -> None:
    models = Models()
    models.expose(models.declare("Simple", "item", [Column("no", Text, server_default=text("lower('A')"))]))
    models.create(database18)
    assert 0 == database18.value("SELECT count(*) FROM pg_proc WHERE proname LIKE '%default%' AND pronamespace > 16000")
