"""What the models say of old names: on items, views, definitions, and apart from what bears the new ones."""

import pytest
from sqlalchemy import Column, Enum, Integer, MetaData, Text

from pgcraft.catalog.codec import dump_catalog, load_catalog
from pgcraft.catalog.ids import parse_id
from pgcraft.catalog.kinds import OF_SCHEMA
from pgcraft.catalog.objects import Kind, ObjectId, OldName
from pgcraft.check import PGCraftCheck
from pgcraft.collect import collect
from pgcraft.configure import pgcraft_configure_metadata
from pgcraft.declarative import register
from pgcraft.errors import PGCraftValidationError
from pgcraft.factory import PGCraftSimple
from pgcraft.fk import PGCraftFK
from pgcraft.index import PGCraftIndex
from pgcraft.models import (
    FunctionDefinition,
    RenameDefinition,
    TriggerDefinition,
    register_function,
    register_rename,
    register_trigger,
    renamed_from,
)
from pgcraft.models.declarations import get_declarations
from pgcraft.plugins.updated_at import UpdatedAtPlugin
from pgcraft.views.view import PGCraftView
from tests.factories.building import FACTORIES, Models


def old_names(metadata: MetaData) -> dict[str, OldName]:
    catalog = load_catalog(dump_catalog(collect(metadata)))
    return {str(item.id): item.renamed_from for item in catalog.objects if item.renamed_from}


def test_items_of_factories_and_views_had_other_names() -> None:
    metadata = MetaData()
    PGCraftSimple("places", "app", metadata, [Column("name", Text)])
    items = [
        Column("n", Integer, info=renamed_from("m")),
        Column("place_id", Integer),
        PGCraftCheck("{n} > 0", "more", renamed_from="less"),
        PGCraftIndex("by_n", "{n}", renamed_from="by_m"),
        PGCraftFK({"{place_id}": "places.id"}, name="to_places", renamed_from="to_sites"),
    ]
    PGCraftSimple("things", "app", metadata, items)
    PGCraftView("all_things", "app", metadata, "SELECT 1 AS one", renamed_from="every_thing")
    assert {
        "column app.things.n": "m",
        "constraint more on app.things": "less",
        "index by_n on app.things": "by_m",
        "constraint to_places on app.things": "to_sites",
        "view app.all_things": "every_thing",
    } == old_names(metadata)
    assert PGCraftIndex("a", "{n}") != PGCraftIndex("a", "{n}", renamed_from="b")
    assert "PGCraftIndex('a', '{n}', renamed_from='b')" == repr(PGCraftIndex("a", "{n}", renamed_from="b"))


def test_what_is_named_after_a_resource_stood_in_its_old_schema() -> None:
    """But for what stands on a table, which has no schema of its own."""
    metadata = MetaData()
    items = [Column("n", Integer)]
    PGCraftSimple("things", "app", metadata, items, extra_plugins=[UpdatedAtPlugin()], renamed_from=("old", "items"))
    assert {
        "table app.things": ("old", "items"),
        "function app.app_things_touch()": ("old", "old_items_touch"),
        "trigger app_things_touch on app.things": "old_items_touch",
    } == old_names(metadata)
    trigger = TriggerDefinition(
        schema="app", relation="things", name="tr", timing="after", events=("update",),
        function=("app", "app_things_touch"), renamed_from=("old", "tr"),
    )  # fmt: skip
    register_trigger(metadata, trigger)
    with pytest.raises(PGCraftValidationError, match="has no schema of its own"):
        collect(metadata)


def test_names_are_registered_apart() -> None:
    metadata = MetaData()
    PGCraftSimple("things", "app", metadata, [Column("mood", Enum("glad", "sad", name="mood", schema="app"))])
    facts = {"schema": "app", "returns": "integer", "body": "SELECT 1", "language": "sql"}
    register_function(metadata, FunctionDefinition(name="f", renamed_from="e", **facts))
    mood = RenameDefinition(kind="ENUM", schema="app", name="mood", renamed_from="feeling", inside={"glad": "happy"})
    register_rename(metadata, mood)
    column = RenameDefinition(kind="column", schema="app", relation="things", name="mood", renamed_from="feeling")
    register_rename(metadata, column)
    assert {
        "enum app.mood": "feeling", "column app.things.mood": "feeling", "function app.f()": "e",
    } == old_names(metadata)  # fmt: skip
    assert (("glad", "happy"),) == collect(metadata).by_id[parse_id("enum app.mood")].renamed_inside


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"kind": "enum"}, "nothing is renamed"),
        ({"kind": "column", "renamed_from": "b"}, "has no relation"),
        ({"kind": "enum", "relation": "t", "renamed_from": "b"}, "stands on no relation"),
        ({"kind": "domain", "inside": {"a": "b"}}, "a domain has nothing inside"),
        ({"kind": "role", "renamed_from": "b"}, "kind is 'role'"),
    ],
)
def test_a_rename_is_of_something(given: dict[str, object], told: str) -> None:
    with pytest.raises(PGCraftValidationError, match=told):
        RenameDefinition(name="a", **given)  # type: ignore[arg-type]


def test_what_is_renamed_is_declared() -> None:
    metadata = MetaData()
    register_rename(metadata, RenameDefinition(kind="trigger", relation="t", name="a", renamed_from="b"))
    with pytest.raises(PGCraftValidationError, match=r"trigger public\.a on t is declared as renamed") as caught:
        collect(metadata)
    assert "PGC158" == caught.value.code


@pytest.mark.parametrize("kind", FACTORIES)
def test_what_is_named_after_a_resource_had_its_old_name_in_it(kind: str) -> None:
    """All that a factory and its API view name after the resource is what they made under its old name."""
    made = []
    for name, said in (("old", {}), ("new", {"renamed_from": "old"})):
        models = Models()
        models.expose(models.declare(kind, name, [Column("label", Text), Column("n", Integer)], **said))
        pgcraft_configure_metadata(models.metadata, models.config)
        made.append(collect(models.metadata))
    before, after = made
    names = {item.id: item.renamed_from for item in after.objects if item.renamed_from}
    there = {item.id for item in before.objects}
    assert {ObjectId(Kind.VIEW, "api", "new"), ObjectId(Kind.TRIGGER, "api", "api_new_insert", "new")} <= names.keys()
    gone = {item.id for item in before.objects if item.id not in after.by_id}
    alone = {each._replace(name=names[each]) for each in names if each.parent is None}
    assert {each for each in gone if each.kind in OF_SCHEMA} == alone
    assert {each._replace(name=names[each], parent="old") for each in names if each.parent == "new"} <= there


def test_a_class_had_another_name() -> None:
    metadata = MetaData()

    @register(metadata=metadata, schema="app", renamed_from="things")
    class Stuff:
        __tablename__ = "stuff"
        id = Column(Integer, primary_key=True)

    assert {"table app.stuff": "things"} == old_names(metadata)


@pytest.mark.parametrize("name", ["", "x" * 64])
def test_an_old_name_of_a_resource_can_be_one(name: str) -> None:
    metadata = MetaData()
    with pytest.raises(PGCraftValidationError, match="old name"):
        PGCraftSimple("things", "app", metadata, [Column("a", Integer)], renamed_from=name)
    assert not get_declarations(metadata).old_names.all()
