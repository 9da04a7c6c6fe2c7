"""The ids that objects have once others got new names, and what is copied to see what becomes of the rest."""

from pgcraft.catalog.definitions import Column, Constraint, Enum, Function, Grant, Table, View
from pgcraft.catalog.ids import parse_id
from pgcraft.catalog.objects import Catalog, CatalogObject, make_catalog
from pgcraft.catalog.publications import Published
from pgcraft.diff.renamed_copies import find_copies, list_names
from pgcraft.diff.renamed_ids import map_ids, take_ids
from pgcraft.diff.renames import Rename

FUNCTION = Function("n app.mood", "integer", "sql", "SELECT 1")
FACTS = {
    "table app.t": Table(),
    "column app.t.a": Column(1, "integer"),
    "column app.t.m": Column(2, "app.mood"),
    "constraint ck on app.t": Constraint("check", ("a",), "CHECK (a > 0)"),
    "published sent on app.t": Published(("a", "m"), "a > 1"),
    "enum app.mood": Enum(("x",)),
    "function app.f(app.mood, app.mood[])": FUNCTION,
    "view app.v": View("SELECT a FROM app.t", ("a",)),
    "view app.apart": View("SELECT 1"),
    "table app.u": Table(),
    "column app.u.t": Column(1, "integer"),
    "column app.u.more": Column(2, "integer", default="7"),
    "constraint fk on app.u": Constraint(
        "foreign key", ("t",), "FOREIGN KEY (t) REFERENCES app.t(a)", ("app", "t"), ("a",)
    ),
    "grant on table app.t to reader": Grant(columns=(("select", "a"), ("select", "m"))),
    "grant on function app.f(app.mood, app.mood[]) to reader": Grant(("execute",)),
}
NEEDS = {
    "view app.v": "table app.t", "constraint fk on app.u": "table app.t", "column app.t.m": "enum app.mood",
    "function app.f(app.mood, app.mood[])": "enum app.mood",
}  # fmt: skip


def database() -> Catalog:
    ids = {name: parse_id(name) for name in FACTS}
    parts = {each.relation: [] for each in ids.values()}  # type: ignore[var-annotated]
    for each in ids.values():
        parts[each.relation].append(each)
    return make_catalog(
        CatalogObject(
            ids[name], facts, parts=tuple(parts.get(ids[name].qualified, ())),
            depends_on=(parse_id(NEEDS[name]),) if name in NEEDS else (),
        )
        for name, facts in FACTS.items()
    )  # fmt: skip


def rename(name: str, new: str) -> Rename:
    return Rename(CatalogObject(parse_id(name), FACTS.get(name, Column(1, "integer"))), new)


RENAMES = (rename("enum app.mood", "m"), rename("table app.t", "s"), rename("column app.s.a", "b"))


def test_ids_follow_what_they_stand_on_or_take() -> None:
    ids = map_ids(database().by_id, RENAMES)
    assert {
        "table app.s", "column app.s.b", "column app.s.m", "constraint ck on app.s", "published sent on app.s",
        "enum app.m", "function app.f(app.m, app.m[])", "grant on table app.s to reader",
        "grant on function app.f(app.m, app.m[]) to reader",
    } == set(map(str, ids.values()))  # fmt: skip


def test_columns_that_are_told_by_their_names_follow() -> None:
    current = database()
    renamed = make_catalog(take_ids(current, map_ids(current.by_id, RENAMES)))
    grant = renamed.by_id[parse_id("grant on table app.s to reader")].defined_as(Grant)
    assert (("select", "b"), ("select", "m")) == grant.columns
    published = renamed.by_id[parse_id("published sent on app.s")].defined_as(Published)
    assert ("b", "m") == published.columns
    assert (parse_id("table app.s"),) == renamed.by_id[parse_id("view app.v")].depends_on


def test_what_names_it_is_copied_and_no_more() -> None:
    """Of a table that only points to it the key and the columns, without what these have by default."""
    copies = find_copies(database(), (rename("table app.t", "s"),))
    assert parse_id("view app.apart") not in copies.by_id
    assert parse_id("view app.v") in copies.by_id
    assert copies.by_id[parse_id("column app.u.more")].defined_as(Column).default is None
    assert parse_id("constraint fk on app.u") in copies.by_id
    assert {("app", name) for name in ("t", "s", "u", "v")} == list_names(copies, (rename("table app.t", "s"),))


def test_nothing_is_copied_for_a_part_that_nothing_names() -> None:
    assert not find_copies(database(), (rename("constraint ck on app.t", "c"),)).objects
