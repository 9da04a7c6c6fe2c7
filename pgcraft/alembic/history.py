"""What the migrations made, read from the scripts that the database has been through.

pgcraft drops only what it finds here; whatever else stands in the database belongs to somebody else.
"""

import ast
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from alembic.runtime.migration import MigrationContext

from pgcraft.alembic.markers import PREFIX, parse_marker
from pgcraft.catalog.objects import ObjectId
from pgcraft.diff.actions import Verb

TableName = tuple[str | None, str]


class History:
    """The objects and tables that a line of revision scripts made and did not drop again.

    Args:
        sources: the text of the scripts, oldest first; None when there is no directory of scripts.
    """

    def __init__(self, sources: tuple[str, ...] | None) -> None:
        self._sources = sources or ()
        self.is_kept = sources is not None

    def made(self, object_id: ObjectId) -> bool:
        """Whether one of our statements made this object."""
        return str(object_id) in self._made

    def made_table(self, schema: str | None, name: str) -> bool:
        """Whether ``op.create_table`` made this table; schema is None where the script names none."""
        return (schema, name) in self._tables

    def mentions(self, name: str) -> bool:
        """Whether a script has this name in a string: an argument of ``op.create_index``, or SQL."""
        return any(name in text for text in self.strings)

    def contains(self, text: str) -> bool:
        """Whether this text stands anywhere in the scripts."""
        return any(text in source for source in self._sources)

    @cached_property
    def _made(self) -> frozenset[str]:
        found: set[str] = set()
        for source in self._sources:
            for verb, description in _find_markers(source):
                if verb is Verb.CREATE:
                    found.add(description)
                elif verb is Verb.DROP:
                    found.discard(description)
        return frozenset(found)

    @cached_property
    def _upgrade_nodes(self) -> tuple[ast.expr, ...]:
        return tuple(node for source in self._sources for node in _walk_upgrades(source))

    @cached_property
    def _tables(self) -> frozenset[TableName]:
        found: set[TableName] = set()
        for node in self._upgrade_nodes:
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                _follow_table(node, node.func.attr, found)
        return frozenset(found)

    @cached_property
    def strings(self) -> frozenset[str]:
        """Every string that the scripts hold, names and statements alike."""
        values = (node.value for node in self._upgrade_nodes if isinstance(node, ast.Constant))
        return frozenset(value for value in values if isinstance(value, str))


def read_history(context: MigrationContext) -> History:
    """Read the scripts that are ancestors of the database's revisions; without a script directory there are none."""
    script = context.script
    if script is None:
        return History(None)
    heads = context.get_current_heads()
    revisions = list(script.iterate_revisions(heads, "base")) if heads else []
    paths = [Path(revision.path) for revision in reversed(revisions)]
    return History(tuple(path.read_text(encoding="utf-8") for path in paths if path.suffix == ".py"))


def _find_markers(source: str) -> Iterator[tuple[Verb, str]]:
    """Give the markers of all functions but ``downgrade…``."""
    if PREFIX not in source:
        return
    counts = True
    for line in source.splitlines():
        if line.startswith("def "):
            counts = not line.startswith("def downgrade")
        elif counts and PREFIX in line and (found := parse_marker(line)):
            yield found


def _walk_upgrades(source: str) -> Iterator[ast.expr]:
    """Give the nodes of all functions but ``downgrade…``, in the order of the text."""
    for statement in ast.parse(source).body:
        if not (isinstance(statement, ast.FunctionDef) and statement.name.startswith("downgrade")):
            nodes = [node for node in ast.walk(statement) if isinstance(node, ast.expr)]
            yield from sorted(nodes, key=lambda node: (node.lineno, node.col_offset))


def _follow_table(call: ast.Call, operation: str, tables: set[TableName]) -> None:
    names = [_read_string(argument) for argument in call.args]
    schema = next((_read_string(word.value) for word in call.keywords if word.arg == "schema"), None)
    name = names[0] if names else None
    if name is None:
        return
    if operation == "create_table":
        tables.add((schema, name))
    elif operation == "drop_table":
        tables.discard((schema, name))
    elif operation == "rename_table" and len(names) > 1 and names[1] is not None:
        tables.discard((schema, name))
        tables.add((schema, names[1]))


def _read_string(node: ast.expr) -> str | None:
    """Give a string argument, also one that stands in ``op.f(…)``."""
    if isinstance(node, ast.Call) and node.args:
        node = node.args[0]
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
