"""What is different between two catalogs, fact by fact."""

from dataclasses import replace

from pgcraft.catalog.definitions import Column, Definition, Role, Table, View
from pgcraft.catalog.ids import parse_id
from pgcraft.catalog.objects import Catalog, CatalogObject, make_catalog
from pgcraft.catalog.origins import Layer, Origin
from pgcraft.diff.compare import Diff, compare_again, compare_catalogs


def make(**definitions: Definition) -> Catalog:
    lines = {"t": "table app.t", "a": "column app.t.a", "v": "view app.v", "anon": "role anon"}
    return make_catalog(CatalogObject(parse_id(lines[name]), each) for name, each in definitions.items())


def tell(diff: Diff) -> tuple[list[str], list[str], dict[str, tuple[str, ...]]]:
    added, removed = ([str(item.id) for item in items] for items in (diff.added, diff.removed))
    return added, removed, {str(change.id): change.facts for change in diff.changed}


CURRENT = make(t=Table(), a=Column(1, "integer"), v=View("SELECT 1"))


def test_objects_come_go_and_change_in_facts_in_their_order() -> None:
    wanted = make(t=Table(), a=Column(1, "text", nullable=False, default="'x'"), anon=Role())
    diff = compare_catalogs(CURRENT, wanted)
    assert (["role anon"], ["view app.v"], {"column app.t.a": ("type", "nullable", "default")}) == tell(diff)
    assert not diff.is_empty()


def test_what_follows_from_others_is_no_difference() -> None:
    """The place of a column, the columns of a view, whose an object is."""
    wanted = make(t=Table(), a=Column(5, "integer"), v=View("SELECT 1", ("one",), ("integer",)))
    owned = [replace(item, origins=(Origin(Layer.USER, "me"),)) for item in wanted.objects]
    assert compare_catalogs(CURRENT, make_catalog(owned)).is_empty()
    assert not compare_catalogs(CURRENT, make()).is_empty()
    assert not compare_catalogs(make(), CURRENT).is_empty()


def test_a_difference_of_texts_alone_goes_when_they_are_in_one_form() -> None:
    written = make(t=Table("why"), a=Column(1, "integer", default="1+1"), v=View("select 2"), anon=Role())
    in_one_form = make(t=Table("why"), a=Column(1, "integer", default="1 + 1"), v=View("SELECT 1"), anon=Role())
    diff = compare_catalogs(CURRENT, written)
    again = compare_again(diff, in_one_form)
    assert {"column app.t.a": ("default",), "table app.t": ("comment",)} == tell(again)[2]
    assert ["role anon"] == tell(again)[0]
    assert {"1 + 1"} == {change.wanted.definition.default for change in again.changed if change.id.name == "a"}
