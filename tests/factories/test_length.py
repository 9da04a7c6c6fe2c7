"""The generated SQL is as short as what it does."""

import pytest
from sqlalchemy import Boolean, Column, Date, Integer, Numeric, String

from pgcraft.catalog.objects import Kind
from pgcraft.collect import collect
from pgcraft.render.functions import create_function
from tests.factories.building import Models


@pytest.mark.parametrize(("op", "most"), [("update", 25), ("insert", 17), ("delete", 13)])
def test_a_write_of_a_simple_resource_with_five_columns_is_short(op: str, most: int) -> None:
    models = Models()
    columns = [
        Column("name", String(40), nullable=False),
        Column("price", Numeric(10, 2), server_default="0"),
        Column("stock", Integer),
        Column("is_new", Boolean),
        Column("day", Date),
    ]
    models.expose(models.declare("Simple", "product", columns))
    catalog = collect(models.metadata)
    (function,) = [item for item in catalog.of_kind(Kind.FUNCTION) if item.id.name == f"api_product_{op}"]
    text = create_function(function, catalog)[0].text
    assert len(text.splitlines()) <= most, text
    assert max(map(len, text.splitlines())) <= 150, text
