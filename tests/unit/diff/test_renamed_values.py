"""Values that are kept by the name of what they belong to, where that gets another name."""

import pytest

from pgcraft.catalog.definitions import Column, Definition, Table, Trigger, View
from pgcraft.catalog.ids import parse_id
from pgcraft.diff.renamed_values import Kept, Pairs, find_renamed_values, plan_renamed_values
from pgcraft.errors import PGCraftPlanError
from tests.unit.diff.catalogs import make

PIVOT = parse_id("view app.pivot")
KEPT = Kept(parse_id("column app.log.attribute"), parse_id("column app.entity.current"), frozenset({"new"}))


def catalog(*names: str, **trigger: object) -> dict[str, Definition]:
    return {
        "table app.log": Table(),
        "column app.log.attribute": Column(1, "text"),
        "trigger own on app.log": Trigger("before", ("update",), ("app", "f"), **trigger),
        "trigger of_others on app.log": Trigger("before", ("update",), ("app", "f"), update_columns=("value",)),
        "table app.entity": Table(row_security=True, force_row_security=True),
        "column app.entity.current": Column(1, "jsonb"),
        "view app.pivot": View("SELECT 1", names),
    }


def find(had: tuple[str, ...], names: dict[str, str]) -> Pairs:
    declared = make(catalog(*names)).by_id[PIVOT]
    return find_renamed_values(make(catalog(*had)), PIVOT, names, declared)


def test_names_move_as_those_of_columns_do() -> None:
    assert (("b", "c"), ("a", "b")) == find(("a", "b"), {"b": "a", "c": "b"})
    assert () == find(("b",), {"b": "a"}), "it is done"
    assert () == find(("c",), {"b": "a", "c": ""}), "it never was there"
    assert () == find((), {"b": ""})


@pytest.mark.parametrize(
    ("had", "names"),
    [(("a",), {"b": "a", "c": "a"}), (("a",), {"a": "", "b": "a"}), (("a", "b"), {"b": "a"}), (("a", "b"), {"a": "b", "b": "a"})],
)  # fmt: skip
def test_what_cannot_be_told_is_an_error(had: tuple[str, ...], names: dict[str, str]) -> None:
    with pytest.raises(PGCraftPlanError) as caught:
        find(had, names)
    assert "PGC403" == caught.value.code


def test_rows_and_objects_get_the_name_past_what_guards_them() -> None:
    """A trigger that fires always does so again, and one that is not fired by it is left alone."""
    current = make(catalog("old", state="always"))
    action = plan_renamed_values(current, make(catalog("new")), KEPT, (("it's", "new"),))
    assert (
        "ALTER TABLE app.log DISABLE TRIGGER own",
        "UPDATE app.log SET attribute = 'new' WHERE attribute = 'it''s'",
        "ALTER TABLE app.log ENABLE ALWAYS TRIGGER own",
        "ALTER TABLE app.entity NO FORCE ROW LEVEL SECURITY",
        "UPDATE app.entity SET current = (current - 'it''s') || jsonb_build_object('new', current -> 'it''s')"
        " WHERE current ? 'it''s'",
        "ALTER TABLE app.entity FORCE ROW LEVEL SECURITY",
    ) == action.up
    assert "UPDATE app.log SET attribute = 'it''s' WHERE attribute = 'new'" == action.down[1]
    assert "WHERE current ? 'new'" in action.down[4]
    assert {parse_id("trigger own on app.log")} == action.releases
