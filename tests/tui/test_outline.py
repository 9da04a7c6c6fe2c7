"""The tree of objects: groupings, keys, filter, and the cursor that is kept over reloads."""

from dataclasses import replace

import pytest

from pgcraft.catalog.definitions import Table
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId, make_catalog
from pgcraft_tui.present.folding import filter_outline, unfold_rows
from pgcraft_tui.present.outline import (
    Grouping,
    Outline,
    build_outline,
    make_object_key,
    read_object_key,
)
from pgcraft_tui.present.tree_state import TreeState
from tests.tui.catalogs import (
    ANON,
    FUNCTION,
    ID_COLUMN,
    NAME_COLUMN,
    SCHEMA_GRANT,
    TABLE,
    TRIGGER,
    VIEW,
    VIEW_GRANT,
    make_shop,
)


def draw(outline: Outline) -> list[str]:
    """Return the whole tree as indented lines."""
    rows = unfold_rows(outline, set(outline.by_key))
    return ["  " * row.depth + row.node.label for row in rows]


def test_by_schema_parts_stand_under_their_relation_and_roles_last():
    expected = [
        "api",
        "  views",
        "    products",
        "      triggers",
        "        api_products_insert",
        "      grants",
        "        to anon",
        "  functions",
        "    api_products_insert()",
        "  grants",
        "    to anon",
        "inventory",
        "  tables",
        "    products",
        "      columns",
        "        id",
        "        name",
        "      constraints",
        "        pk__products__id",
        "roles",
        "  anon",
    ]
    assert expected == draw(build_outline(make_shop(), Grouping.SCHEMA))


def test_by_factory_each_declaration_holds_what_it_made_in_the_order_of_the_file():
    outline = build_outline(make_shop(), Grouping.FACTORY)
    assert [(root.label, root.detail) for root in outline.roots] == [
        ("postgrest", "extension"),
        ("products", "PGCraftSimple models.py:12"),
        ("products", "PostgRESTView models.py:120"),
    ]
    assert [child.label for child in outline.roots[1].children] == ["inventory", "products"]


def test_by_extension_what_no_extension_made_stands_last():
    outline = build_outline(make_shop(), Grouping.EXTENSION)
    assert [root.label for root in outline.roots] == ["postgrest", "no extension"]


@pytest.mark.parametrize("grouping", Grouping)
def test_every_object_has_one_node_whatever_the_grouping(grouping: Grouping):
    catalog = make_shop()
    outline = build_outline(catalog, grouping)
    assert {item.id for item in catalog.objects} == {node.object_id for node in outline.walk()} - {None}


@pytest.mark.parametrize("object_id", [ANON, TABLE, ID_COLUMN, FUNCTION, TRIGGER, VIEW_GRANT, SCHEMA_GRANT], ids=str)
def test_a_key_gives_its_object_back(object_id: ObjectId):
    assert object_id == read_object_key(make_object_key(object_id))


@pytest.mark.parametrize("key", [(), ("schema", "api"), ("object", "planet", "", "=a", "", ""), ("object", "view")])
def test_a_broken_key_gives_nothing(key: tuple[str, ...]):
    assert read_object_key(key) is None


def test_what_is_gone_is_shown_until_the_next_reload():
    outline = build_outline(make_shop(), Grouping.SCHEMA, [ObjectId(Kind.TABLE, "inventory", "old")])
    gone = outline.find_object(ObjectId(Kind.TABLE, "inventory", "old"))
    assert gone is not None
    assert gone.is_gone
    assert gone.parent is not None
    assert gone.parent.label == "tables"


def test_a_gone_column_stands_under_its_table():
    outline = build_outline(make_shop(), Grouping.SCHEMA, [ObjectId(Kind.COLUMN, "inventory", "sku", "products")])
    labels = draw(outline)
    assert labels.index("        sku") > labels.index("      columns")


def test_a_schema_that_nobody_declares_groups_its_objects():
    catalog = make_catalog([CatalogObject(ObjectId(Kind.TABLE, "public", "users"), Table())])
    assert draw(build_outline(catalog, Grouping.SCHEMA)) == ["public", "  tables", "    users"]


def test_a_filter_keeps_the_parents_of_what_it_finds():
    outline = build_outline(make_shop(), Grouping.SCHEMA)
    found = filter_outline(outline, "products insert")
    rows = unfold_rows(outline, found.leading, found)
    assert ["  " * row.depth + row.node.label for row in rows][:5] == [
        "api",
        "  views",
        "    products",
        "      triggers",
        "        api_products_insert",
    ]
    assert {TRIGGER, FUNCTION} == {outline.by_key[key].object_id for key in found.matches}


def test_a_filter_with_a_dot_looks_at_qualified_names():
    outline = build_outline(make_shop(), Grouping.SCHEMA)
    found = {outline.by_key[key].object_id for key in filter_outline(outline, "inventory.prod").matches}
    assert TABLE in found
    assert VIEW not in found


def test_what_stands_under_a_match_can_still_be_unfolded():
    state = TreeState(build_outline(make_shop(), Grouping.SCHEMA))
    state.filter("products")
    state.reveal(make_object_key(TABLE))
    state.enter()
    assert "columns" in [row.node.label for row in state.rows]


def test_clearing_the_filter_gives_the_exact_tree_back():
    state = TreeState(build_outline(make_shop(), Grouping.SCHEMA))
    state.reveal(make_object_key(NAME_COLUMN))
    before = (state.rows, state.cursor, set(state.opened))
    state.filter("anon")
    state.move(1)
    state.clear_filter()
    assert before == (state.rows, state.cursor, state.opened)


def test_matches_are_walked_around_the_ends():
    state = TreeState(build_outline(make_shop(), Grouping.SCHEMA))
    state.filter("products_insert")
    first = state.key
    state.move_to_match(1)
    assert first != state.key
    state.move_to_match(1)
    assert first == state.key
    state.move_to_match(-1)
    assert first != state.key


def test_the_cursor_keeps_its_object_over_a_reload():
    state = TreeState(build_outline(make_shop(), Grouping.SCHEMA))
    state.reveal(make_object_key(VIEW))
    more = CatalogObject(ObjectId(Kind.TABLE, "a_first_schema", "t"), Table())
    state.show(build_outline(make_shop(more), Grouping.SCHEMA))
    assert make_object_key(VIEW) == state.key
    assert state.rows[0].node.label == "a_first_schema"


def test_the_cursor_goes_to_a_neighbour_when_its_object_is_gone():
    state = TreeState(build_outline(make_shop(), Grouping.SCHEMA))
    state.reveal(make_object_key(NAME_COLUMN))
    state.show(build_outline(without(make_shop(), NAME_COLUMN), Grouping.SCHEMA))
    assert make_object_key(ID_COLUMN) == state.key


def test_a_filter_stays_over_a_reload():
    state = TreeState(build_outline(make_shop(), Grouping.SCHEMA))
    state.filter("products")
    more = CatalogObject(ObjectId(Kind.TABLE, "inventory", "products_old"), Table())
    state.show(build_outline(make_shop(more), Grouping.SCHEMA))
    assert "products_old" in [row.node.label for row in state.rows]
    assert "anon" not in [row.node.label for row in state.rows]


def test_what_was_unfolded_stays_so_when_the_grouping_changes_and_comes_back():
    catalog = make_shop()
    state = TreeState(build_outline(catalog, Grouping.SCHEMA))
    state.reveal(make_object_key(NAME_COLUMN))
    rows = len(state.rows)
    state.show(build_outline(catalog, Grouping.FACTORY))
    assert make_object_key(NAME_COLUMN) == state.key or state.node is not None
    state.show(build_outline(catalog, Grouping.SCHEMA))
    assert rows == len(state.rows)


def test_folding_a_parent_puts_the_cursor_on_it():
    state = TreeState(build_outline(make_shop(), Grouping.SCHEMA))
    state.reveal(make_object_key(NAME_COLUMN))
    table = state.outline.find_object(TABLE)
    assert table is not None
    state.set_open(table, is_open=False)
    assert make_object_key(TABLE) == state.key


def test_left_folds_then_climbs_and_right_unfolds_then_descends():
    state = TreeState(build_outline(make_shop(), Grouping.SCHEMA))
    state.reveal(make_object_key(TABLE))
    state.enter()
    assert state.rows[state.cursor].is_open is True
    state.enter()
    assert state.rows[state.cursor].node.label == "columns"
    state.leave()
    assert make_object_key(TABLE) == state.key
    state.leave()
    assert state.rows[state.cursor].is_open is False


def test_a_small_tree_begins_unfolded_as_far_as_it_fits():
    state = TreeState(build_outline(make_shop(), Grouping.SCHEMA))
    state.unfold_to_fit(10)
    assert len(state.rows) <= 10
    state.unfold_to_fit(100)
    assert len(state.outline.by_key) == len(state.rows)


def test_an_empty_catalog_has_a_state_without_rows():
    state = TreeState(build_outline(Catalog(), Grouping.SCHEMA))
    state.move(1)
    state.enter()
    state.leave()
    state.filter("x")
    assert state.node is None


def without(catalog: Catalog, *gone: ObjectId) -> Catalog:
    """Return the catalog without some objects."""
    return make_catalog(
        replace(item, parts=tuple(part for part in item.parts if part not in gone))
        for item in catalog.objects
        if item.id not in gone
    )
