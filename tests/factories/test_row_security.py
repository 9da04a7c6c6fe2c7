"""A policy holds through every view over its resource, whoever deployed it: the tenants of each factory.

The models are deployed by real migrations, by a superuser and by a plain owner, on every server.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.factories.tenants import IDENTITIES, KINDS, MODELS, POLICIES, TENANTS, Client, open_client
from tests.support.databases import Database, drop_roles
from tests.support.deployed import DEPLOYERS, deploy
from tests.support.servers import MAJORS, Servers

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.each_server

CASES = [(kind, policy) for kind in KINDS for policy in POLICIES]
CHANGING = [(kind, policy) for kind, policy in CASES if kind != "ledger"]


@pytest.fixture(
    scope="module",
    params=[(major, deployer) for major in MAJORS for deployer in DEPLOYERS],
    ids=lambda param: f"pg{param[0]}-{param[1]}",
)
def deployed(
    request: pytest.FixtureRequest, servers: Servers, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    major, deployer = request.param
    folder: Path = tmp_path_factory.mktemp("tenants")
    server = servers.get(major)
    with deploy(server, folder, MODELS + TENANTS, deployer) as trip:
        yield trip.database
    drop_roles(server)


@pytest.fixture
def client(deployed: Database) -> Iterator[Client]:
    with open_client(deployed) as client:
        yield client


def insert(client: Client, kind: str, policy: str, tenant: str, *, of: str | None = None) -> int:
    """Insert a row as one tenant, for itself or in the name of another; gives its key."""
    amount = ("value", "1") if kind == "ledger" else ("body", "'first'")
    sql = f"INSERT INTO api.{kind}_{policy} (tenant, {amount[0]}) VALUES (%s, {amount[1]}) RETURNING id"
    return client.run(IDENTITIES[policy][tenant], sql, of or tenant)[0]["id"]


@pytest.mark.parametrize(("kind", "policy"), CASES)
def test_a_tenant_sees_its_own_rows_alone(client: Client, kind: str, policy: str) -> None:
    keys = {tenant: insert(client, kind, policy, tenant) for tenant in "ab"}
    for tenant, key in keys.items():
        seen = client.run(IDENTITIES[policy][tenant], f"SELECT id, tenant FROM api.{kind}_{policy}")
        assert seen == [{"id": key, "tenant": tenant}]


@pytest.mark.parametrize(("kind", "policy"), CHANGING)
def test_a_tenant_changes_its_own_rows_alone(client: Client, kind: str, policy: str) -> None:
    keys = {tenant: insert(client, kind, policy, tenant) for tenant in "ab"}
    change = f"UPDATE api.{kind}_{policy} SET body = 'changed' RETURNING id"
    assert client.run(IDENTITIES[policy]["a"], change) == [{"id": keys["a"]}]
    bodies = client.look(f"SELECT tenant, body FROM app.{kind}_{policy} ORDER BY tenant")
    assert bodies == [{"tenant": "a", "body": "changed"}, {"tenant": "b", "body": "first"}]


@pytest.mark.parametrize(("kind", "policy"), CHANGING)
def test_a_tenant_deletes_its_own_rows_alone(client: Client, kind: str, policy: str) -> None:
    for tenant in "ab":
        insert(client, kind, policy, tenant)
    assert len(client.run(IDENTITIES[policy]["a"], f"DELETE FROM api.{kind}_{policy}")) == 1
    assert client.look(f"SELECT tenant FROM app.{kind}_{policy}") == [{"tenant": "b"}]


@pytest.mark.parametrize(("kind", "policy"), CASES)
def test_a_tenant_forges_no_row_of_another(client: Client, kind: str, policy: str) -> None:
    sql = f"INSERT INTO api.{kind}_{policy} (tenant{', value' if kind == 'ledger' else ''}) VALUES ('b'{', 1' if kind == 'ledger' else ''})"
    assert client.refused(IDENTITIES[policy]["a"], sql) == "42501"
    assert client.look(f"SELECT * FROM app.{kind}_{policy}") == []


@pytest.mark.parametrize(("kind", "policy"), CHANGING)
def test_a_tenant_hands_over_no_row_and_takes_none(client: Client, kind: str, policy: str) -> None:
    key = insert(client, kind, policy, "a")
    hand_over = f"UPDATE api.{kind}_{policy} SET tenant = 'b' WHERE id = %s"
    assert client.refused(IDENTITIES[policy]["a"], hand_over, key) == "42501"
    assert client.run(IDENTITIES[policy]["b"], hand_over, key) == []
    assert client.look(f"SELECT tenant FROM app.{kind}_{policy}") == [{"tenant": "a"}]


@pytest.mark.parametrize(("kind", "policy"), CASES)
def test_the_tables_are_written_through_the_api_alone(client: Client, kind: str, policy: str) -> None:
    """What clients need behind the view is theirs, and the tables of a history refuse it directly."""
    insert(client, kind, policy, "a")
    who = IDENTITIES[policy]["a"]
    for table in {"appendonly": ("root", "attributes"), "eav": ("entity", "attribute")}.get(kind, ()):
        assert client.refused(who, f"DELETE FROM app.{kind}_{policy}_{table}") == "42501"
    assert len(client.look(f"SELECT * FROM app.{kind}_{policy}")) == 1
