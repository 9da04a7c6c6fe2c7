"""`pgcraft verify` as whoever has the server: a superuser, or a plain owner who may make roles and databases."""

import psycopg
import pytest

from pgcraft.devdb.server.servers import Server
from tests.conftest import ProjectFactory

MODELS = """
from sqlalchemy import Column, Integer, MetaData, Text
from pgcraft.config import PGCraftConfig
from pgcraft.extensions.postgrest import PostgRESTExtension, PostgRESTView
from pgcraft.factory import PGCraftAppendOnly, PGCraftEAV, PGCraftLedger, PGCraftSimple
from pgcraft.fk import PGCraftFK
from pgcraft.models import *
from pgcraft.models.definitions import *
from pgcraft.models.register import *

config = PGCraftConfig().use(PostgRESTExtension())
metadata = MetaData()
OWN = "tenant = current_setting('request.jwt.claims', true)::json->>'tenant'"
for number, factory in enumerate((PGCraftSimple, PGCraftAppendOnly, PGCraftEAV, PGCraftLedger)):
    items = [Column("tenant", Text, nullable=False), Column("note", Text)]
    made = factory(f"t{number}", "app", metadata, items, config=config)
    register_policy(metadata, PolicyDefinition(schema="app", table=f"t{number}", name="own", using=OWN))
    PostgRESTView(made, grants=["select", *made.writes])
bare = PGCraftEAV("bare", "app", metadata, [Column("tenant", Text, nullable=False)], config=config)
register_policy(metadata, PolicyDefinition(schema="app", table="bare", name="own", using=OWN))
PostgRESTView(bare, grants=["select", *bare.writes])
# owned by its parent
fk = PGCraftFK(references={"{t0_id}": "t0.id"}, name="fk_child_t0")
child = PGCraftAppendOnly("child", "app", metadata, [Column("t0_id", Integer), Column("note", Text), fk], config=config)
register_policy(metadata, PolicyDefinition(schema="app", table="child", name="own",
    using=f"EXISTS (SELECT 1 FROM app.t0 AS p WHERE p.id = t0_id AND p.{OWN})"))
PostgRESTView(child, grants=["select", *child.writes])
# whose rows are nobody's, and what they join is somebody's
joined = PGCraftSimple("joined", "app", metadata, [Column("bare_id", Integer)], config=config)
PostgRESTView(joined, grants=["select", *joined.writes], query=lambda q, t: q.add_columns(
    bare.table.c.tenant.label("whose")).outerjoin(bare.table, bare.table.c.id == t.c.bare_id))
"""
PYPROJECT = '[tool.pgcraft]\nmodels = "models.py"\n' + "".join(
    f'[[tool.pgcraft.verify]]\nrole = "anon"\nclaims = {{ tenant = "{name}" }}\n' for name in "ab"
)


@pytest.mark.parametrize("user", ["plain", "postgres"])
def test_tenants_of_every_factory_are_apart_whoever_deploys(
    project: ProjectFactory, cluster: Server, user: str
) -> None:
    """A superuser may what the one who deploys may not; and the server is left as it was."""
    with psycopg.connect(cluster.conninfo("postgres"), autocommit=True) as connection:
        connection.execute("CREATE ROLE plain LOGIN CREATEROLE CREATEDB")
        made = project(MODELS, database=None, pyproject=PYPROJECT)
        done = made.pgcraft("verify", "--url", cluster.base_url.replace("postgres@", f"{user}@"), check=False)
        assert done.status == 0, done.output
        for view in ("t0", "t1", "t2", "child"):
            for operation in ("see", "change", "delete", "take", "forge")[: 3 if view == "child" else 5]:
                assert f'{operation} rows of anon {{"tenant": "a"}}  view api.{view}  expected refused' in done.stdout
            for operation in ("change own", "delete own"):
                assert f'anon {{"tenant": "a"}}  {operation}  view api.{view}  expected allowed' in done.stdout
        # a time that the server keeps is no change
        assert "change rows of one as another on view api.bare: it has nothing else to change" in done.stdout
        roles = connection.execute("SELECT rolname FROM pg_roles WHERE rolname !~ '^pg_' ORDER BY 1").fetchall()
    assert [("plain",), ("postgres",)] == roles
