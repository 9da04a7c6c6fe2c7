"""Policies that come later, change and go: each revision settles, up and down, and holds from then on."""

from pathlib import Path

import pytest

from pgcraft.devdb.server.servers import Server
from tests.factories.tenants import IDENTITIES, KINDS, MODELS, open_client
from tests.support.databases import drop_roles
from tests.support.deployed import deploy
from tests.support.roundtrip import RoundTrip

pytestmark = pytest.mark.each_server

FACTORIES = "(PGCraftSimple, PGCraftAppendOnly, PGCraftEAV, PGCraftLedger)"
OPEN = f"""\
for factory in {FACTORIES}:
    made = declare(factory, factory.__name__.removeprefix("PGCraft").lower())
    expose(made)
"""
SECURED = OPEN + "    by_claim(made.ctx.tablename)\n"
STRICTER = SECURED + (
    '    register_policy(metadata, PolicyDefinition(schema="app", table=made.ctx.tablename, name="short",'
    ' using="length(tenant) = 1", permissive=False))\n'
)
OPTIONS = "SELECT count(*) FROM pg_class WHERE relkind = 'v' AND array_to_string(reloptions, ',') ~ 'security_invoker'"
BELOW = (
    "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE n.nspname = 'app' AND relacl::text ~ 'anon=' OR EXISTS (SELECT FROM pg_attribute a"
    " WHERE a.attrelid = c.oid AND n.nspname = 'app' AND a.attacl::text ~ 'anon=')"
)


def seen(trip: RoundTrip) -> dict[str, set[str]]:
    """Return the tenants whose rows tenant a sees in each resource."""
    with open_client(trip.database) as client:
        return {
            kind: {row["tenant"] for row in client.run(IDENTITIES["claim"]["a"], f"SELECT tenant FROM api.{kind}")}
            for kind in KINDS
        }


def step(trip: RoundTrip, models: str) -> None:
    trip.project.write("models.py", MODELS + models)
    trip.autogenerate()
    trip.upgrade()
    assert trip.pending() == ""


@pytest.mark.parametrize("deployer", ["superuser", "owner"])
def test_policies_come_and_go(cluster: Server, tmp_path: Path, deployer: str) -> None:
    everyone, own = {key: {"a", "b"} for key in KINDS}, {key: {"a"} for key in KINDS}
    with deploy(cluster, tmp_path / "project", MODELS + OPEN, deployer) as trip:
        for kind in KINDS:
            amount = ", 1" if kind == "ledger" else ""
            column = ", value" if amount else ""
            trip.database.run(f"INSERT INTO app.{kind} (tenant{column}) VALUES ('a'{amount}), ('b'{amount})")
        assert seen(trip) == everyone
        step(trip, SECURED)
        assert seen(trip) == own
        step(trip, STRICTER)
        assert seen(trip) == own
        step(trip, OPEN)
        assert seen(trip) == everyone
        assert (trip.database.value(OPTIONS), trip.database.value(BELOW)) == (0, 0)
        for expected in (own, own, everyone):
            trip.downgrade("-1")
            assert seen(trip) == expected
        assert (trip.database.value(OPTIONS), trip.database.value(BELOW)) == (0, 0)
        trip.upgrade()
        assert trip.pending() == ""
    drop_roles(cluster)
