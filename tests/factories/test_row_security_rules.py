"""Policies of every kind do through the API what PostgreSQL does with them on a plain table, row by row."""

from collections.abc import Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING

import psycopg
import pytest

from tests.factories.tenants import MODELS, Client, Identity, open_client
from tests.support.databases import Database, drop_roles
from tests.support.deployed import deploy
from tests.support.servers import MAJORS, Servers

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.each_server

RULES = {
    "each command": [
        {"command": "select", "using": "tenant <> 'c'"},
        {"command": "insert", "check": "tenant = 'a'"},
        {"command": "update", "using": "tenant = 'a'", "check": "body <> 'bad'"},
        {"command": "delete", "using": "body = 'old'"},
    ],
    "from draft to published": [
        {"command": "select", "using": "true"},
        {"command": "insert", "check": "body = 'draft'"},
        {"command": "update", "using": "body = 'draft'", "check": "body = 'published'"},
    ],
    "restrictive": [{"using": "true"}, {"using": "tenant = 'a'", "permissive": False}],
    "restrictive by command": [
        {"using": "true"},
        {"command": "update", "using": "body <> 'locked'", "check": "body <> 'bad'", "permissive": False},
        {"command": "insert", "check": "tenant = 'a'", "permissive": False},
        {"command": "delete", "using": "tenant <> 'b'", "permissive": False},
    ],
    "delete and update apart": [
        {"command": "select", "using": "true"},
        {"command": "delete", "using": "true"},
        {"command": "update", "using": "body = 'draft'", "check": "true"},
        {"command": "insert", "check": "true"},
    ],
    "two roles": [
        {"using": "tenant = 'a'", "roles": ["anon"]},
        {"using": "true", "roles": ["web_user"]},
    ],
    "a check of its own": [{"using": "tenant = 'a' OR body = 'old'", "check": "tenant = 'a'"}],
    "the key and a sub-query": [{"using": "id > 0 AND EXISTS (SELECT FROM app.member m WHERE m.tenant = {name}.tenant)"}],
    "none for writing": [{"command": "select", "using": "true"}],
    "restrictive alone": [{"using": "true", "permissive": False}],
    "nothing is given": [{"command": "all"}],
}  # fmt: skip
KINDS = {"simple": "PGCraftSimple", "appendonly": "PGCraftAppendOnly", "eav": "PGCraftEAV"}
ROWS = [("a", "draft"), ("a", "locked"), ("a", "old"), ("b", "draft"), ("b", "old"), ("c", "old")]
BODIES = ("published", "bad", "draft", "old")
ANON = Identity("anon")


def write_models(*, force: bool) -> str:
    lines = [
        'member = declare(PGCraftSimple, "member")',
        'register_grant(metadata, GrantDefinition(privileges=("select",), to="web_user", schema="app", name="member"))',
    ]
    for number, rules in enumerate(RULES.values()):
        for kind, factory in KINDS.items():
            name = f"{kind}_{number}"
            lines.append(f'expose(declare({factory}, "{name}"))')
            for index, rule in enumerate(rules):
                given = {
                    key: value.format(name=name) if isinstance(value, str) else value for key, value in rule.items()
                }
                given |= {"schema": "app", "table": name, "name": f"rule {index}", "force": force}
                lines.append(f"register_policy(metadata, PolicyDefinition(**{given!r}))")
    return MODELS + "\n".join(lines) + "\n"


def write_native() -> str:
    """Plain tables under the same policies, which roles use directly."""
    statements = [
        "CREATE SCHEMA native",
        "GRANT USAGE ON SCHEMA native, app TO anon",
        "GRANT SELECT ON app.member TO anon",
    ]
    for number, rules in enumerate(RULES.values()):
        name = f"t_{number}"
        statements.append(f"CREATE TABLE native.{name} (id serial PRIMARY KEY, tenant text NOT NULL, body text)")
        statements.append(f"GRANT ALL ON native.{name}, native.{name}_id_seq TO anon")
        statements.append(f"ALTER TABLE native.{name} ENABLE ROW LEVEL SECURITY")
        for index, rule in enumerate(rules):
            kind = "PERMISSIVE" if rule.get("permissive", True) else "RESTRICTIVE"
            clauses = [f"CREATE POLICY r{index} ON native.{name} AS {kind} FOR {rule.get('command', 'all')}"]
            clauses += [f"TO {', '.join(rule['roles'])}"] if "roles" in rule else []
            clauses += [f"USING ({rule['using'].format(name=name)})"] if "using" in rule else []
            clauses += [f"WITH CHECK ({rule['check']})"] if "check" in rule else []
            statements.append(" ".join(clauses))
    return ";\n".join(statements)


def write_rows() -> str:
    """The same rows everywhere, committed before anybody asks: what a transaction wrote itself is another matter."""
    rows = ", ".join(f"('{tenant}', '{body}')" for tenant, body in ROWS)
    relations = [f"native.t_{number}" for number in range(len(RULES))]
    relations += [f"app.{kind}_{number}" for number in range(len(RULES)) for kind in KINDS]
    return ";\n".join(f"INSERT INTO {relation} (tenant, body) VALUES {rows}" for relation in (*relations, "app.member"))


@pytest.fixture(scope="module", params=[(18, True), (15, False)], ids=["pg18-forced", "pg15"])
def deployed(
    request: pytest.FixtureRequest, servers: Servers, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    major, force = request.param
    assert major in MAJORS
    folder: Path = tmp_path_factory.mktemp("rules")
    with deploy(servers.get(major), folder, write_models(force=force), "owner") as trip:
        trip.database.run(write_native())
        trip.database.run(write_rows())
        yield trip.database
    drop_roles(servers.get(major))


@pytest.fixture
def client(deployed: Database) -> Iterator[Client]:
    with open_client(deployed) as client:
        yield client


@pytest.fixture(scope="module")
def on_plain_tables(deployed: Database) -> Callable[[int], dict[str, object]]:
    """What comes of everything on the plain table of a number; every kind of resource is held against it."""

    @cache
    def look(number: int) -> dict[str, object]:
        with open_client(deployed) as client:
            return play(client, f"native.t_{number}", f"native.t_{number}")

    return look


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rules", RULES)
def test_a_policy_does_what_it_does_on_a_plain_table(
    client: Client, on_plain_tables: Callable[[int], dict[str, object]], rules: str, kind: str
) -> None:
    number = list(RULES).index(rules)
    expected = on_plain_tables(number)
    found = play(client, f"api.{kind}_{number}", f"app.{kind}_{number}")
    assert [f"{key}: {value}, not {expected[key]}" for key, value in found.items() if value != expected[key]] == []


def play(client: Client, relation: str, owned: str) -> dict[str, object]:
    """Return what came of each operation on each row, and what there is afterwards."""
    keys = [row["id"] for row in client.look(f"SELECT id FROM {owned} ORDER BY id")]
    outcomes: dict[str, object] = {}
    seen = {row["id"] for row in client.run(ANON, f"SELECT id FROM {relation}")}
    for key, (tenant, body) in zip(keys, ROWS, strict=True):
        row = f"{tenant} {body}"
        outcomes[f"see {row}"] = key in seen
        for operation, sql in {
            **{f"write {new}": f"UPDATE {relation} SET body = '{new}'" for new in BODIES if new != body},
            **{f"give to {new}": f"UPDATE {relation} SET tenant = '{new}'" for new in "abc" if new != tenant},
            "delete": f"DELETE FROM {relation}",
        }.items():
            outcomes[f"{operation} {row}"] = attempt(client, f"{sql} WHERE id = {key} RETURNING id", owned)
    for tenant in "ac":
        for body in BODIES:
            values = f"INSERT INTO {relation} (tenant, body) VALUES ('{tenant}', '{body}') RETURNING id"
            outcomes[f"insert {tenant} {body}"] = attempt(client, values, owned)
    return outcomes


def attempt(client: Client, sql: str, owned: str) -> object:
    """Return what a statement changed, or the state of its error; it is undone."""
    try:
        with client.connection.transaction() as undone:
            count = len(client.run_here(ANON, sql))
            rows = sorted((row["tenant"], row["body"]) for row in client.look(f"SELECT tenant, body FROM {owned}"))
            raise psycopg.Rollback(undone)
    except psycopg.Error as error:
        return error.sqlstate
    return count, rows
