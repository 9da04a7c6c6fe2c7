"""The time of a row's last change: kept by the server, at every factory whose rows change."""

import datetime as dt

import pytest
from sqlalchemy import JSON, Column, Computed, Integer, MetaData, String, create_engine
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import NullPool

from pgcraft.declarative import register
from pgcraft.errors import PGCraftPluginError
from pgcraft.factory import PGCraftAppendOnly, PGCraftLedger
from pgcraft.plugins.created_at import CreatedAtPlugin
from pgcraft.plugins.updated_at import UpdatedAtPlugin
from tests.factories.building import ENTITIES, Models
from tests.support.databases import Database

LONG_AGO = dt.datetime(2001, 1, 1, tzinfo=dt.UTC)


def declare(kind: str) -> Models:
    models = Models()
    columns = [
        Column("name", String),
        Column("document", JSON),
        Column("n", Integer, server_default="1"),
        Column("double", Integer, Computed("n * 2", persisted=True)),
    ]
    models.expose(models.declare(kind, "item", columns, extra_plugins=[UpdatedAtPlugin()]))
    return models


@pytest.mark.parametrize("kind", ENTITIES)
def test_a_change_moves_the_time_and_no_change_leaves_it(kind: str, database: Database, clean_roles: None) -> None:
    """A client that polls for what is new would see everything again, or nothing."""
    declare(kind).create(database)
    insert = "INSERT INTO api.item (name, document) VALUES ('a', '{}') RETURNING updated_at"
    made = database.value(insert)
    assert database.value("UPDATE api.item SET name = 'a', document = '{}' RETURNING updated_at") == made
    changed = database.value("UPDATE api.item SET name = 'b' RETURNING updated_at")
    assert made < changed
    assert changed < database.value("UPDATE shop.item SET n = 2 RETURNING updated_at")
    assert database.rows("SELECT double FROM shop.item") == [(4,)]


@pytest.mark.parametrize("kind", ENTITIES)
def test_no_client_writes_the_time(kind: str, database18: Database, clean_roles18: None) -> None:
    """The API ignores it as it ignores every column that the server fills; the owner cannot set it back either."""
    declare(kind).create(database18)
    made = database18.value(f"INSERT INTO api.item (name, updated_at) VALUES ('a', '{LONG_AGO}') RETURNING updated_at")
    assert made > LONG_AGO
    database18.run(f"UPDATE api.item SET updated_at = '{LONG_AGO}'")
    database18.run(f"UPDATE shop.item SET updated_at = '{LONG_AGO}'")
    assert database18.value("SELECT updated_at FROM shop.item") == made


def test_an_orm_reads_the_time_again_after_a_flush(database18: Database, clean_roles18: None) -> None:
    """It would hold the old one: the trigger sets it behind the ORM's back."""

    class Base(DeclarativeBase):
        pass

    models = Models()

    @register(base=Base, schema="shop", config=models.config, extra_plugins=[UpdatedAtPlugin("changed")])
    class Note:
        __tablename__ = "note"
        text = Column(String)

    models.metadata = Base.metadata
    models.create(database18)
    with Session(create_engine(database18.url, poolclass=NullPool)) as session:
        note = Note(text="a")
        session.add(note)
        session.commit()
        before = note.changed
        session.commit()
        note.text = "b"
        session.flush()
        assert note.changed > before


def test_where_a_resource_keeps_the_time_itself_the_plugin_adds_nothing() -> None:
    bare, with_plugin = MetaData(), MetaData()
    PGCraftAppendOnly("item", "shop", bare, [Column("name", String)])
    PGCraftAppendOnly("item", "shop", with_plugin, [Column("name", String)], extra_plugins=[UpdatedAtPlugin()])
    assert [*with_plugin.tables] == [*bare.tables]
    assert [[column.name for column in with_plugin.tables[name].columns] for name in with_plugin.tables] == [
        [column.name for column in table.columns] for table in bare.tables.values()
    ]


def test_what_cannot_be_done_is_said_with_its_place() -> None:
    with pytest.raises(PGCraftPluginError, match=r'PGC221.*as "updated_at", and cannot keep it as "changed"') as caught:
        PGCraftAppendOnly("item", "shop", MetaData(), [], extra_plugins=[UpdatedAtPlugin("changed")])
    assert "test_updated_at.py" in str(caught.value.place)
    with pytest.raises(PGCraftPluginError, match=r"PGC221.*shop\.item, whose rows never change"):
        PGCraftLedger("item", "shop", MetaData(), [], extra_plugins=[UpdatedAtPlugin(), CreatedAtPlugin()])
