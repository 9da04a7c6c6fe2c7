"""No ring of imports, in whatever way they import each other: whoever reads a module knows what is below it."""

import tomllib
from graphlib import CycleError, TopologicalSorter

import pytest

from tests.architecture.imports import ROOT, Edges, group_into_rooms, list_modules, read_imports

PACKAGES = ("pgcraft", "pgcraft_tui")


def _find_ring(edges: Edges) -> list[str]:
    try:
        TopologicalSorter(edges).prepare()
    except CycleError as error:
        ring: list[str] = error.args[1]
        return ring
    return []


def _list_rooms(package: str) -> list[str]:
    folders = {name for name, path in list_modules(package).items() if path.name == "__init__.py"}
    return sorted(folders)


def _layer_contracts() -> list[dict[str, object]]:
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts: list[dict[str, object]] = config["tool"]["importlinter"]["contracts"]
    return [contract for contract in contracts if contract["type"] == "layers"]


@pytest.mark.parametrize("package", PACKAGES)
def test_modules_import_each_other_in_no_ring(package: str):
    """Imports for annotations and those in a function's body count: they bind readers as any other does."""
    assert [] == _find_ring(read_imports(package))


@pytest.mark.parametrize("package", PACKAGES)
def test_rooms_import_each_other_in_no_ring(package: str):
    """A folder is read as a whole, so what is in it is on one side of its neighbours."""
    edges = read_imports(package)
    rings = {room: _find_ring(group_into_rooms(edges, room)) for room in _list_rooms(package)}
    assert {} == {room: ring for room, ring in rings.items() if ring}


@pytest.mark.parametrize("contract", _layer_contracts(), ids=lambda contract: contract["containers"][0])
def test_annotations_keep_to_the_layers(contract: dict[str, list[str]]):
    """`make check` leaves annotations out, since a face must not load what it only names; the layers hold for them."""
    assert contract["exhaustive"]
    (container,) = contract["containers"]
    level = {
        f"{container}.{name.strip(' ()')}": height
        for height, layer in enumerate(reversed(contract["layers"]))
        for name in layer.split("|")
    }
    rooms = group_into_rooms(read_imports(container.split(".")[0]), container)
    assert [] == [
        f"{room} imports {target}"
        for room, targets in sorted(rooms.items())
        for target in sorted(targets)
        if level[room] <= level[target]
    ]
    assert not any(":" in layer for layer in contract["layers"])


def test_a_ring_is_found():
    """The test itself: a module that imports what imports it."""
    ring = _find_ring({"a": frozenset({"b"}), "b": frozenset({"c"}), "c": frozenset({"a"})})
    assert {"a", "b", "c"} == set(ring)
