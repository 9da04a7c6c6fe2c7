"""Answers `ReadHistory`: what the revisions say that they do to an object. No revision is run."""

import ast
from collections.abc import Iterator
from pathlib import Path

from alembic.script import Script

from pgcraft.catalog.kinds import PARTS
from pgcraft.catalog.objects import Kind, ObjectId
from pgcraft.scripts.headers import parse_marker
from pgcraft.service.requests import History, ReadHistory
from pgcraft.service.types import HistoryEntry
from pgcraft.worker.importing import Report
from pgcraft.worker.migrations import Migrations

_SCOPED = tuple(kind for kind in PARTS if kind is not Kind.INDEX)
"""What bears a name that others may have on other relations."""
DEFAULT_SCHEMA = "public"


def read_history(request: ReadHistory, _: Report) -> History:
    """Read the revisions from the first on: the comments above our statements, and the calls of Alembic's operations.

    Raises:
        PGCraftPlanError: PGC412, a revision cannot be read.
    """
    migrations = Migrations(request.project, None)
    with migrations.mapped():
        revisions = list(migrations.script.walk_revisions())
    return History(tuple(entry for revision in reversed(revisions) for entry in _search(revision, request.target)))


def _search(revision: Script, target: ObjectId) -> Iterator[HistoryEntry]:
    path = Path(revision.path)
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    found = [*_find_markers(source, target), *_find_calls(tree, target)]
    upgrades = [_lines(node) for node in tree.body if isinstance(node, ast.FunctionDef) and "upgrade" in node.name]
    for line, action in sorted(found):
        if any(line in lines for lines in upgrades):
            yield HistoryEntry(revision.revision, revision.doc, action, path, line)


def _find_markers(source: str, target: ObjectId) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(source.splitlines(), 1):
        marker = parse_marker(line)
        if marker is not None and marker[1] == str(target):
            yield number, f"{marker[0]} {target.kind}"


def _find_calls(tree: ast.Module, target: ObjectId) -> Iterator[tuple[int, str]]:
    """Find ``op.create_table("products", …, schema="inventory")`` and the like."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _is_op(node.func.value):
            schema = next((_read(word.value) for word in node.keywords if word.arg and "schema" in word.arg), None)
            if (schema or DEFAULT_SCHEMA) == target.schema and _names(target) <= _read_strings(node):
                yield node.lineno, f"op.{node.func.attr}"


def _is_op(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in ("op", "batch_op")


def _names(target: ObjectId) -> set[str]:
    """The names that a call about this object holds."""
    return {target.name, target.parent} if target.kind in _SCOPED and target.parent else {target.name}


def _read_strings(call: ast.Call) -> set[str]:
    return {node.value for node in ast.walk(call) if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def _read(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _lines(node: ast.FunctionDef) -> range:
    return range(node.lineno, (node.end_lineno or node.lineno) + 1)
