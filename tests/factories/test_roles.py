"""A resource tells of each of its relations what it is, wherever the relation is shown."""

import pytest
from sqlalchemy import Column, Integer

from pgcraft.catalog.codec import dump_catalog, load_catalog
from pgcraft.catalog.objects import Catalog, Kind, ObjectId
from pgcraft.cli.details import describe_object
from pgcraft.collect import collect
from pgcraft.configure import pgcraft_configure_metadata
from pgcraft.fk import PGCraftFK
from pgcraft.service.grouping import Grouping
from pgcraft_tui.present.origins import present_origins
from pgcraft_tui.present.outline import build_outline
from pgcraft_tui.present.page import format_page
from pgcraft_tui.present.relations import present_relations
from tests.factories.building import Models

TARGETS = {"AppendOnly": "item_root", "EAV": "item_entity", "Ledger": "item"}
LOGS = {"AppendOnly": "item_attributes", "EAV": "item_attribute"}


def declare(kind: str) -> Catalog:
    models = Models()
    models.declare(kind, "item", [Column("n", Integer)])
    pointer = PGCraftFK(references={"{item_id}": "item.id"}, name="fk_note_item")
    models.declare("Simple", "note", [Column("item_id", Integer), pointer])
    pgcraft_configure_metadata(models.metadata, models.config)
    return load_catalog(dump_catalog(collect(models.metadata)))


@pytest.mark.parametrize("kind", TARGETS)
def test_a_foreign_key_is_shown_with_what_it_points_to(kind: str) -> None:
    catalog = declare(kind)
    target = catalog.by_id[ObjectId(Kind.TABLE, "shop", TARGETS[kind])]
    assert target.role
    node = build_outline(catalog, Grouping.SCHEMA).find_object(ObjectId(Kind.TABLE, "shop", "note"))
    assert node is not None
    lines = format_page(present_relations(catalog, node)).splitlines()
    (shown,) = (line for line in lines if f"shop.{TARGETS[kind]} " in line)
    assert target.role in shown


@pytest.mark.parametrize("kind", LOGS)
def test_the_log_is_told_from_the_rest(kind: str) -> None:
    """In the tree, on the Origin tab, and by ``pgcraft show``."""
    catalog = declare(kind)
    log = ObjectId(Kind.TABLE, "shop", LOGS[kind])
    node = build_outline(catalog, Grouping.SCHEMA).find_object(log)
    assert node is not None
    shown = (node.detail, format_page(present_origins(catalog, node)), describe_object(catalog, catalog.by_id[log]))
    assert all("log of shop.item" in text for text in shown)
