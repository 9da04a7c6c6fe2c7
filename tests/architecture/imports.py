"""Every import of the packages, read from their syntax trees: those of annotations and of functions' bodies too."""

import ast
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]

Edges = Mapping[str, frozenset[str]]


def list_modules(package: str) -> dict[str, Path]:
    """Return the path of every module of a package by its dotted name."""
    paths = (ROOT / package).rglob("*.py")
    names = {path: ".".join(path.relative_to(ROOT).with_suffix("").parts) for path in paths}
    return {name.removesuffix(".__init__"): path for path, name in names.items()}


def read_imports(package: str) -> Edges:
    """Return what each module of a package imports of it, wherever the import stands."""
    modules = list_modules(package)
    return {name: frozenset(_read(name, path, modules)) for name, path in modules.items()}


def _read(name: str, path: Path, modules: Mapping[str, Path]) -> Iterable[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            wanted = [f"{node.module}.{alias.name}" for alias in node.names]
            found = [each if each in modules else node.module for each in wanted]
        else:
            continue
        yield from (each for each in found if each in modules and each != name)


def group_into_rooms(edges: Edges, package: str) -> Edges:
    """Return the same imports between the children of a package: a folder is one room with all that is in it."""
    rooms: dict[str, set[str]] = defaultdict(set)
    depth = package.count(".") + 2
    for source, targets in edges.items():
        for target in targets:
            if all(name.startswith(f"{package}.") for name in (source, target)):
                first, second = (".".join(name.split(".")[:depth]) for name in (source, target))
                rooms[first].update({second} - {first})
    return {room: frozenset(targets) for room, targets in rooms.items()}
