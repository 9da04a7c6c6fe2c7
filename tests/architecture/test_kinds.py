"""A kind of object is whole: a row, facts, a renderer, a reader, a comparison, a case that goes the whole round, docs."""

import re
from dataclasses import fields
from pathlib import Path

import pytest
from sqlalchemy import MetaData

from pgcraft.catalog.definitions import Definition
from pgcraft.catalog.ids import parse_id
from pgcraft.catalog.kinds import KINDS, PARTS, TYPES, Kind, Scope, Stage, rank
from pgcraft.catalog.objects import ObjectId
from pgcraft.catalog.privileges import ALL_PRIVILEGES
from pgcraft.collect import collect
from pgcraft.diff import types
from pgcraft.diff.changes import IN_PLACE
from pgcraft.diff.order import _RANKS
from pgcraft.introspect.read import READERS
from pgcraft.render.dispatch import RENDERERS
from tests.acceptance.cases import CASES

ROOT = Path(__file__).parents[2]
DOCS = (ROOT / "docs" / "kinds.md").read_text(encoding="utf-8")
PLANNED_WITH_TABLES = frozenset(kind for kind in Kind if KINDS[kind].stage in (Stage.TABLES, Stage.PARTS))


@pytest.mark.parametrize("kind", Kind)
def test_a_kind_has_all_its_sides(kind: Kind) -> None:
    row = KINDS[kind]
    assert row.definition in Definition.__args__, "catalog/definitions.py: the union lacks its facts"
    assert {*row.rewritten, *row.uncompared} <= {field.name for field in fields(row.definition)}
    assert kind in RENDERERS, "render/dispatch.py lacks its renderer"
    assert any(kind in reader.kinds for reader in READERS), "introspect/ lacks its reader"
    assert kind in {*PLANNED_WITH_TABLES, *types.CHANGES, *IN_PLACE}, "diff/ does not know how it changes"
    assert (kind in TYPES) is (kind in types.CHANGES)
    names = (kind.value, row.plural, row.plural.removesuffix("s"))
    assert any(f"\n| {name} |" in DOCS for name in names), "docs/kinds.md has no row of it"


@pytest.mark.parametrize("kind", Kind)
def test_the_id_of_a_kind_is_read_back(kind: Kind) -> None:
    match KINDS[kind].scope:
        case Scope.RELATION:
            object_id = ObjectId(Kind.TABLE, "a b", 'c"d').part(kind, "e.f")
        case Scope.DEFAULTS:
            object_id = ObjectId(kind, "a b", 'tables to c"d of e f')
        case Scope.GRANT:
            object_id = ObjectId(Kind.VIEW, "a b", 'c"d').granted_to("e f")
        case scope:
            signature = "" if kind is Kind.FUNCTION else None
            object_id = ObjectId(kind, None if scope is Scope.DATABASE else "a b", 'c"d', signature=signature)
    assert object_id == parse_id(str(object_id))


def test_every_kind_is_in_a_case_that_goes_the_whole_round() -> None:
    found = set()
    for build in CASES.values():
        metadata = MetaData()
        build(metadata)
        found |= {item.id.kind for item in collect(metadata).objects}
    assert set(Kind) == found


def test_each_kind_has_a_place_of_its_own_wherever_kinds_are_ordered() -> None:
    for column in ("drawn", "ranked"):
        assert len(Kind) == len({getattr(row, column) for row in KINDS.values()}), column
    assert list(range(len(Kind))) == list(rank(lambda row: row.drawn).values())
    assert {(goes, kind) for goes in (False, True) for kind in Kind} == set(_RANKS)


def test_what_is_granted_on_has_privileges() -> None:
    words = {row.granted_as for row in KINDS.values() if row.granted_as} - {Kind.VIEW.value}
    assert set(ALL_PRIVILEGES) == words  # views are granted on as tables


def test_lists_of_kinds_stand_in_the_table_alone() -> None:
    """A list of parts, relations or types that stands elsewhere is left behind when a kind comes."""
    groups = [
        tuple(PARTS),
        tuple(kind for kind in Kind if KINDS[kind].is_relation),
        tuple(kind for kind in Kind if KINDS[kind].scope is Scope.DATABASE),
    ]
    patterns = {frozenset(f"Kind.{kind.name}" for kind in group) for group in groups}
    for package in ("pgcraft", "pgcraft_tui"):
        for path in (ROOT / package).rglob("*.py"):
            for match in re.finditer(r"\((Kind\.[A-Z_]+(?:,\s*Kind\.[A-Z_]+)+),?\)", path.read_text(encoding="utf-8")):
                named = frozenset(re.findall(r"Kind\.[A-Z_]+", match[1]))
                assert path.name == "kinds.py" or named not in patterns, f"{path}: {match[0]}"


def test_types_are_told_by_the_table_and_not_by_name() -> None:
    """What asks for enumerated types alone forgets the next type that columns can be of."""
    own = {"kinds.py", "types.py", "made_types.py", "register.py"}
    own |= {f"{name}s.py" for name in TYPES}
    for package in ("pgcraft", "pgcraft_tui"):
        for path in (ROOT / package).rglob("*.py"):
            named = {kind for kind in TYPES if f"Kind.{kind.name}" in path.read_text(encoding="utf-8")}
            assert path.name in own or not named, path
