"""The generated SQL is as short as what it does."""

import pytest
from sqlalchemy import Boolean, Column, Date, Integer, Numeric, String

from pgcraft.catalog.objects import Kind
from pgcraft.collect import collect
from pgcraft.render.functions import create_function
from tests.factories.building import ENTITIES, Models

BOUNDS = {
    "api_simple_update": 25,
    "api_simple_insert": 17,
    "api_simple_delete": 13,
    "api_appendonly_update": 72,
    "api_appendonly_insert": 34,
    "api_appendonly_delete": 39,
    "api_eav_update": 71,
    "api_eav_insert": 39,
    "api_eav_delete": 22,
    "shop_eav_entity_log": 44,
    "shop_eav_entity_change": 56,
    "shop_eav_entity_close": 33,
    "shop_simple_merge": 12,
    "shop_simple_is_own": 13,
}
"""The most lines that a function of a resource with five columns has, with its header of six."""
WIDEST = 160


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    """The text of every function, by its name."""
    models = Models()
    for kind in ENTITIES:
        columns = [
            Column("name", String(40), nullable=False),
            Column("price", Numeric(10, 2), server_default="0"),
            Column("stock", Integer),
            Column("is_new", Boolean),
            Column("day", Date),
        ]
        models.expose(models.declare(kind, kind.lower(), columns))
    catalog = collect(models.metadata)
    return {item.id.name: create_function(item, catalog)[0].text for item in catalog.of_kind(Kind.FUNCTION)}


@pytest.mark.parametrize(("name", "most"), BOUNDS.items())
def test_a_function_of_a_resource_with_five_columns_is_short(name: str, most: int, texts: dict[str, str]) -> None:
    lines = texts[name].splitlines()
    assert len(lines) <= most, texts[name]
    assert max(map(len, lines)) <= WIDEST, texts[name]
