"""Plugins come to a resource that has rows, and go again: the rows stay, and nothing of the plugins is left."""

import pytest

from tests.conftest import ProjectFactory
from tests.support.databases import Database
from tests.support.roundtrip import RoundTrip

MODELS = """\
from sqlalchemy import Column, Integer, MetaData, String

from pgcraft import pgcraft_build_naming_conventions
from pgcraft.config import PGCraftConfig
from pgcraft.extensions.postgrest import PostgRESTExtension, PostgRESTView
from pgcraft.factory import PGCraftSimple
from pgcraft.plugins.created_at import CreatedAtPlugin
from pgcraft.plugins.soft_delete import SoftDeletePlugin
from pgcraft.plugins.updated_at import UpdatedAtPlugin

metadata = MetaData(naming_convention=pgcraft_build_naming_conventions())
config = PGCraftConfig(auto_discover=False).use(PostgRESTExtension())
items = PGCraftSimple(
    "order item",
    "{schema}",
    metadata,
    [Column("code", String(20), unique=True), Column("n", Integer)],
    config=config,
    extra_plugins=[{plugins}],
)
PostgRESTView(items, grants=["select", "insert", "update", "delete"])
"""
PLUGINS = ("CreatedAtPlugin()", "UpdatedAtPlugin('changed')", "SoftDeletePlugin()")


@pytest.mark.parametrize("schema", ["shop", "public"])
def test_plugins_come_and_go(schema: str, project: ProjectFactory, database: Database, clean_roles: None) -> None:
    made = project(MODELS.format(schema=schema, plugins=""), database=database)
    trip = RoundTrip(made, database)
    trip.autogenerate()
    trip.upgrade()
    database.run("INSERT INTO api.\"order item\" (code) VALUES ('early')")
    for count in (1, 2, 3):
        made.write("models.py", MODELS.format(schema=schema, plugins=", ".join(PLUGINS[:count])))
        trip.autogenerate()
        trip.upgrade()
        assert trip.pending() == ""
    database.run('DELETE FROM api."order item"; INSERT INTO api."order item" (code) VALUES (\'early\')')
    database.run(f'DELETE FROM {schema}."order item" WHERE deleted_at IS NOT NULL')
    made.write("models.py", MODELS.format(schema=schema, plugins=""))
    trip.autogenerate()
    trip.upgrade()
    assert trip.pending() == ""
    assert database.rows('SELECT * FROM api."order item"') == [(2, "early", None)]
    trip.downgrade()
    assert trip.leftovers() == []
