"""Every factory with every key, in a schema of its own and in public, goes the whole way with Alembic."""

import pytest

from tests.conftest import ProjectFactory
from tests.factories.building import FACTORIES
from tests.support.databases import Database
from tests.support.roundtrip import RoundTrip

KEYS = ("SerialPKPlugin", "IdentityPKPlugin", "UUIDV4PKPlugin", "UUIDV7PKPlugin")

MODELS = """\
from sqlalchemy import Column, Integer, MetaData, String

from pgcraft import pgcraft_build_naming_conventions
from pgcraft.check import PGCraftCheck
from pgcraft.config import PGCraftConfig
from pgcraft.extensions.postgrest import PostgRESTExtension, PostgRESTView
from pgcraft.factory import PGCraft{kind}
from pgcraft.fk import PGCraftFK
from pgcraft.plugins.pk import {keys}

metadata = MetaData(naming_convention=pgcraft_build_naming_conventions())
config = PGCraftConfig(auto_discover=False).use(PostgRESTExtension())
for key in ({keys},):
    name = key.__name__.lower()
    items = PGCraft{kind}(
        name,
        "{schema}",
        metadata,
        [
            Column("code", String(20), unique=True),
            Column("quantity", Integer, nullable=False, server_default="1"),
            PGCraftCheck("{{quantity}} >= 0", f"quantity of {{name}}"),
            PGCraftFK(references={{"parent": f"{{name}}.id"}}, name=f"fk_{{name}}_parent"),
            Column("parent", key().make_column().type),
            {added}
        ],
        config=config,
        extra_plugins=[key()],
    )
    PostgRESTView(items, grants=["select", *items.writes])
"""
ADDED = 'Column("colour", String(12), server_default="red"),'


@pytest.mark.parametrize("kind", FACTORIES)
def test_a_factory_goes_the_whole_round_with_every_key(
    kind: str, project: ProjectFactory, database: Database, clean_roles: None
) -> None:
    """Version 7 of UUIDs came with 18."""
    go_round(kind, "shop", KEYS if database.major >= 18 else KEYS[:3], project, database)


@pytest.mark.parametrize("kind", FACTORIES)
def test_a_factory_goes_the_whole_round_in_public(
    kind: str, project: ProjectFactory, database18: Database, clean_roles18: None
) -> None:
    go_round(kind, "public", KEYS, project, database18)


def go_round(kind: str, schema: str, keys: tuple[str, ...], project: ProjectFactory, database: Database) -> None:
    """Up, empty, a column more, up, empty, and down to nothing; what was written before the column came stays."""
    fields = {"kind": kind, "schema": schema, "keys": ", ".join(keys)}
    made = project(MODELS.format(added="", **fields), database=database)
    trip = RoundTrip(made, database)
    trip.autogenerate()
    trip.upgrade()
    assert trip.pending() == ""
    for key in keys:
        database.run(f"INSERT INTO api.{key.lower()} ({_value(kind)}code) VALUES ({_one(kind)}'early')")
    made.write("models.py", MODELS.format(added=ADDED, **fields))
    trip.autogenerate()
    trip.upgrade()
    assert trip.pending() == ""
    for key in keys:
        database.run(f"INSERT INTO api.{key.lower()} ({_value(kind)}code) VALUES ({_one(kind)}'late')")
        rows = database.rows(f"SELECT code, quantity, colour FROM api.{key.lower()} ORDER BY code")
        assert rows == [("early", 1, "red"), ("late", 1, "red")]
    trip.downgrade()
    assert trip.leftovers() == []


def _value(kind: str) -> str:
    return "value, " if kind == "Ledger" else ""


def _one(kind: str) -> str:
    return "1, " if kind == "Ledger" else ""
