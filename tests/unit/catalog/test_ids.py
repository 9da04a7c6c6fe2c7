"""Ids as lines and back."""

import pytest
from hypothesis import given

from pgcraft.catalog.ids import parse_id
from pgcraft.catalog.objects import Kind, ObjectId
from tests.unit.catalog.strategies import object_ids

LINES = {
    "role anon": ObjectId(Kind.ROLE, None, "anon"),
    "view api.products": ObjectId(Kind.VIEW, "api", "products"),
    "materialized view api.totals": ObjectId(Kind.MATERIALIZED_VIEW, "api", "totals"),
    "column api.products.id": ObjectId(Kind.COLUMN, "api", "id", "products"),
    "index ix_sku on inventory.products": ObjectId(Kind.INDEX, "inventory", "ix_sku", "products"),
    "trigger audit on inventory.products": ObjectId(Kind.TRIGGER, "inventory", "audit", "products"),
    "function api.total(integer, text)": ObjectId(Kind.FUNCTION, "api", "total", signature="integer, text"),
    "function api.total()": ObjectId(Kind.FUNCTION, "api", "total", signature=""),
    "grant on schema api to anon": ObjectId(Kind.GRANT, None, "api", "anon", "schema"),
    "grant on function api.f(integer) to PUBLIC": ObjectId(Kind.GRANT, "api", "f", "PUBLIC", "function(integer)"),
    'table inventory."Order \\"1\\""': ObjectId(Kind.TABLE, "inventory", 'Order "1"'),
    'role "new\\u00000aline"': ObjectId(Kind.ROLE, None, "new\nline"),
}


@pytest.mark.parametrize("line", LINES)
def test_an_id_is_one_readable_line(line: str) -> None:
    assert line == str(LINES[line])
    assert LINES[line] == parse_id(line)


@given(object_ids())
def test_every_id_is_read_back_from_its_line(object_id: ObjectId) -> None:
    assert object_id == parse_id(str(object_id))
    assert str(object_id).isprintable()


@pytest.mark.parametrize(
    "text", ["", "view", "api.products", "table a.b.c", "role anon extra", "trigger a", "veiw a.b"]
)
def test_other_lines_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not the id"):
        parse_id(text)
