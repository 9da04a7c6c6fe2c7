"""Owners that are declared, and those that are not."""

import pytest

from tests.alembic.conftest import HEAD, Walk

MODELS = """
register_role(metadata, RoleDefinition(name='own"er'))
register_schema(metadata, SchemaDefinition(name="app"{schema}))
register_view(metadata, ViewDefinition(schema="app", name="v", query="SELECT {least} AS a"{view}))
register_view(metadata, ViewDefinition(schema="app", name="m", query="SELECT 1 AS a", is_materialized=True{matview}))
register_function(metadata, FunctionDefinition(schema="app", name="f", arguments="a integer", returns="{type}",
                                               language="sql", body="SELECT 1::{type}"{function}))
"""
OWNER = ", owner='own\"er'"
ALL = dict.fromkeys(("schema", "view", "matview", "function"), OWNER)
NONE = dict.fromkeys(ALL, "")
OWNERS = """
SELECT pg_get_userbyid(nspowner)::text FROM pg_namespace WHERE nspname = 'app'
UNION ALL SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = 'app.v'::regclass
UNION ALL SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = 'app.m'::regclass
UNION ALL SELECT pg_get_userbyid(proowner) FROM pg_proc WHERE proname = 'f'
"""


def models(facts: dict[str, str], least: str = "1", type_: str = "integer") -> str:
    return MODELS.format(**facts, least=least, type=type_)


def owners(walk: Walk) -> list[str]:
    return [owner for (owner,) in walk.database.rows(OWNERS)]


@pytest.mark.each_server
def test_declared_owners_come_and_go_back_and_stay_while_unset(any_walk: Walk) -> None:
    any_walk.step(models(NONE))
    (usual,) = set(owners(any_walk))
    text = any_walk.step(models(ALL))
    assert 'ALTER SCHEMA app OWNER TO "own""er"' in text
    assert "OWNER TO CURRENT_USER" in text  # whoever takes it back has another name than here
    assert usual not in text.replace("postgresql", "")
    assert ['own"er'] * 4 == owners(any_walk)
    any_walk.step(models(ALL, least="'x'::text", type_="text"))
    assert ['own"er'] * 4 == owners(any_walk)
    any_walk.trip.project.write("models.py", HEAD + models(NONE, least="'x'::text", type_="text"))
    assert any_walk.trip.pending() == ""
    any_walk.finish()


@pytest.mark.each_server
def test_an_owner_of_a_dba_stays_until_the_models_name_one(any_walk: Walk) -> None:
    any_walk.step(models(NONE))
    any_walk.database.run("CREATE ROLE theirs; ALTER VIEW app.v OWNER TO theirs; ALTER FUNCTION app.f OWNER TO theirs")
    assert any_walk.trip.pending() == ""
    any_walk.step(models(NONE, least="'x'::text", type_="text"))
    assert ["theirs"] * 2 == owners(any_walk)[1::2]
    any_walk.trip.project.write("models.py", HEAD + models(ALL, least="'x'::text", type_="text"))
    any_walk.trip.autogenerate()
    any_walk.trip.upgrade()
    assert ['own"er'] * 4 == owners(any_walk)
    any_walk.trip.downgrade()
    any_walk.database.run("DROP OWNED BY theirs; DROP ROLE theirs")


EXTENDED = """
thing = PGCraftSimple("thing", "app", metadata, config=config, schema_items=[Column("name", String)])
register_role(metadata, RoleDefinition(name="api_owner"))
PostgRESTView(source=thing, grants=["select", "insert"])
"""


def test_an_extension_names_the_owner_of_all_that_it_makes(walk: Walk) -> None:
    walk.step(EXTENDED)
    owned = "config = PGCraftConfig()\nconfig.use(PostgRESTExtension(owner='api_owner'))\nmetadata = MetaData()\n"
    walk.step(owned + EXTENDED)
    found = walk.database.rows("""
        SELECT pg_get_userbyid(relowner)::text FROM pg_class WHERE relnamespace = 'api'::regnamespace AND relkind = 'v'
        UNION SELECT pg_get_userbyid(proowner) FROM pg_proc WHERE pronamespace = 'api'::regnamespace
    """)
    assert [("api_owner",)] == found
