"""Ids as lines and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pgcraft.catalog.ids import parse_id
from pgcraft.catalog.objects import Kind, ObjectId
from pgcraft.catalog.privileges import target_of
from tests.unit.catalog.strategies import NAMES, granted_ids, object_ids

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


@given(granted_ids(), NAMES)
def test_a_grant_knows_what_it_is_on_and_to_whom(target: ObjectId, grantee: str) -> None:
    grant = target.granted_to(grantee)
    assert (target, grantee) == (grant.granted_on, grant.grantee)
    assert grant == parse_id(str(grant))


def test_a_grant_on_a_materialized_view_is_told_as_on_a_view() -> None:
    view = ObjectId(Kind.MATERIALIZED_VIEW, "api", "totals")
    assert ObjectId(Kind.VIEW, "api", "totals") == view.granted_to("anon").granted_on
    assert view in target_of(view.granted_to("anon"))


@pytest.mark.parametrize("kind", [Kind.ROLE, Kind.EXTENSION, Kind.ENUM, Kind.COLUMN, Kind.GRANT])
def test_nothing_is_granted_on_what_has_no_privileges(kind: Kind) -> None:
    with pytest.raises(ValueError, match="nothing can be granted"):
        ObjectId(kind, "s", "n", "p", "view").granted_to("anon")


@given(NAMES, NAMES, NAMES, st.sampled_from([Kind.COLUMN, Kind.CONSTRAINT, Kind.INDEX, Kind.TRIGGER, Kind.POLICY]))
def test_a_part_knows_the_relation_it_stands_on(schema: str, relation: str, name: str, kind: Kind) -> None:
    table = ObjectId(Kind.TABLE, schema, relation)
    part = table.part(kind, name)
    assert (table, (schema, relation), (schema, name)) == (part.table, part.relation, part.qualified)
    assert table.column(name) == table.part(Kind.COLUMN, name)
    assert part == parse_id(str(part))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "view",
        "api.products",
        "table a.b.c",
        "role anon extra",
        "trigger a",
        "veiw a.b",
        "grant on role a to b",
        "grant on view a.b",
    ],
)
def test_other_lines_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not the id"):
        parse_id(text)


@given(object_ids(), object_ids())
def test_ids_stand_in_one_order(one: ObjectId, other: ObjectId) -> None:
    assert not one < one
    assert (one != other) == ((one < other) != (other < one))
