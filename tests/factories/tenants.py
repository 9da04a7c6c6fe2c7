"""Models with two tenants in every factory, and who asks as which of them."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg.rows import dict_row

from tests.support.databases import Database

MODELS = """\
from sqlalchemy import Column, MetaData, String

from pgcraft.config import PGCraftConfig
from pgcraft.extensions.postgrest import PostgRESTExtension, PostgRESTView
from pgcraft.factory import PGCraftAppendOnly, PGCraftEAV, PGCraftLedger, PGCraftSimple
from pgcraft.models import (
    GrantDefinition,
    PolicyDefinition,
    RoleDefinition,
    register_grant,
    register_policy,
    register_role,
)

config = PGCraftConfig(auto_discover=False).use(PostgRESTExtension())
metadata = MetaData()
CLAIM = "tenant = current_setting('request.jwt.claims', true)::json->>'tenant'"
USERS = {"web_user": "a", "other_user": "b"}
for user in USERS:
    register_role(metadata, RoleDefinition(name=user, members=("authenticator",)))
    register_grant(metadata, GrantDefinition(privileges=("usage",), to=user, schema="api", on="schema"))


def declare(factory, name, items=(), **options):
    columns = [Column("tenant", String, nullable=False), Column("body", String), *items]
    return factory(name, "app", metadata, columns, config=config, **options)


def expose(made, **options):
    view = PostgRESTView(made, grants=["select", *made.writes], **options)
    for user in USERS:
        privileges = ("select", *made.writes)
        register_grant(metadata, GrantDefinition(privileges=privileges, to=user, schema=view.schema, name=view.name))
    return view


def by_claim(name, **options):
    register_policy(metadata, PolicyDefinition(schema="app", table=name, name="own", using=CLAIM, **options))


def by_role(name):
    for user, tenant in USERS.items():
        using = f"tenant = '{tenant}'"
        register_policy(
            metadata, PolicyDefinition(schema="app", table=name, name=user, roles=(user,), using=using)
        )


"""
TENANTS = """\
for factory in (PGCraftSimple, PGCraftAppendOnly, PGCraftEAV, PGCraftLedger):
    kind = factory.__name__.removeprefix("PGCraft").lower()
    by_claim(f"{kind}_claim")
    expose(declare(factory, f"{kind}_claim"))
    expose(declare(factory, f"{kind}_role"))
    by_role(f"{kind}_role")
"""
KINDS = ("simple", "appendonly", "eav", "ledger")
POLICIES = ("claim", "role")


@dataclass(frozen=True)
class Identity:
    """Who asks: a role, and the claims of its token."""

    role: str
    claims: Mapping[str, object] = field(default_factory=dict)


IDENTITIES = {
    "claim": {"a": Identity("anon", {"tenant": "a"}), "b": Identity("anon", {"tenant": "b"})},
    "role": {"a": Identity("web_user"), "b": Identity("other_user")},
}


@dataclass(frozen=True)
class Client:
    """One who asks, within a transaction that is rolled back."""

    connection: psycopg.Connection[dict[str, Any]]

    def run(self, identity: Identity, sql: str, *parameters: object) -> list[dict[str, Any]]:
        """Run a statement as PostgREST would, and nothing of it where it fails; gives its rows."""
        with self.connection.transaction():
            return self.run_here(identity, sql, *parameters)

    def run_here(self, identity: Identity, sql: str, *parameters: object) -> list[dict[str, Any]]:
        """Run a statement as PostgREST would, within a savepoint that the caller has; gives its rows."""
        claims = json.dumps({"role": identity.role, **identity.claims})
        self.connection.execute(
            b"SELECT set_config('role', %s, true), set_config('request.jwt.claims', %s, true)", [identity.role, claims]
        )
        answer = self.connection.execute(sql.encode(), parameters or None)
        rows = answer.fetchall() if answer.description else [{}] * answer.rowcount
        self.connection.execute(b"RESET ROLE")
        return rows

    def refused(self, identity: Identity, sql: str, *parameters: object) -> str:
        """Return the state of the error that a statement ends in; empty when it does not."""
        try:
            with self.connection.transaction():
                self.run(identity, sql, *parameters)
        except psycopg.Error as error:
            return error.sqlstate or "?"
        return ""

    def look(self, sql: str) -> list[dict[str, Any]]:
        """Ask as a superuser."""
        return self.connection.execute(sql.encode()).fetchall()


@contextmanager
def open_client(database: Database) -> Iterator[Client]:
    """Return a client whose changes are undone at the end."""
    with database.connect(autocommit=False, row_factory=dict_row) as connection:
        connection.execute(b"SELECT")  # begins the transaction, so that those inside are savepoints
        yield Client(connection)
        connection.rollback()
