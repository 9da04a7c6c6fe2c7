"""What a revision script does, told by its text: Alembic's operations and the markers above ours. Nothing is run.

Only ``upgrade`` counts, and in an environment of several databases the ``upgrade_…`` of the one that is meant. What
stands under a condition, in a loop or in a call of something else is not certain to happen.
"""

import ast
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

from alembic.operations import BatchOperations, Operations, ops
from alembic.operations.ops import MigrateOperation
from alembic.runtime.migration import MigrationContext
from sqlalchemy.exc import SQLAlchemyError

from pgcraft.catalog.ids import parse_id
from pgcraft.catalog.objects import ObjectId
from pgcraft.diff.actions import Verb
from pgcraft.scripts.headers import PREFIX, parse_marker
from pgcraft.scripts.literals import OPERATIONS, UNKNOWN, Names

_NAMING = ("schema", "source_schema", "referent_schema", "table_name", "new_column_name", "**")
"""Arguments without which an operation says nothing."""

_PLAYED = frozenset(
    {
        *("create_table", "drop_table", "rename_table", "create_index", "drop_index", "drop_constraint"),
        *("create_unique_constraint", "create_check_constraint", "create_foreign_key", "create_primary_key"),
        *("create_exclude_constraint", "add_column", "drop_column", "alter_column", "execute"),
        *("create_table_comment", "drop_table_comment"),
    }
)


@dataclass(frozen=True, slots=True)
class Marker:
    """What the line above statements of ours says."""

    verb: Verb
    id: ObjectId


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that a script does.

    Attributes:
        operation: Alembic's; None where the text does not tell it.
        marker: the marker that it stands under.
        is_first: nothing before it stands under this marker.
        is_certain: it happens on every run.
    """

    operation: MigrateOperation | None
    marker: Marker | None = None
    is_first: bool = False
    is_certain: bool = True


@dataclass(frozen=True, slots=True)
class Script:
    """A revision script as far as its text tells what it does.

    Attributes:
        deeds: what it does on its way up, in order.
        comments: the lines that pgcraft wrote above its statements.
    """

    deeds: tuple[Deed, ...]
    comments: tuple[str, ...]


def read_script(source: str, context: MigrationContext, database: str = "") -> Script:
    """Tell what a script does.

    Args:
        context: an offline one, with the naming convention that the script runs under.
        database: the name that the environment gives the database, of several; empty for all of them.
    """
    script = ast.parse(source)
    functions = {node.name: node for node in script.body if isinstance(node, ast.FunctionDef)}
    upgrades = [name for name in functions if name == "upgrade" or name.startswith("upgrade_")]
    own = f"upgrade_{database}"
    others = [functions.pop(name) for name in upgrades if own in upgrades and name not in ("upgrade", own)]
    comments = _find_comments(source, script, {line for each in others for line in _lines_of(each)})
    reader = _Reader(context, Names(script), functions, dict(_find_markers(comments)))
    deeds: list[Deed] = []
    for function in (functions[name] for name in upgrades if name in functions):
        deeds += reader.read_block(function.body, function.lineno)
    return Script(tuple(deeds), tuple(comments.values()))


class _Listener(Operations):
    """Takes operations down instead of running them."""

    def __init__(self, context: MigrationContext) -> None:
        super().__init__(context)
        self.heard: list[MigrateOperation] = []

    def invoke(self, operation: MigrateOperation) -> None:  # type: ignore[override]
        self.heard.append(operation)


class _BatchListener(BatchOperations):
    """The same for what stands in ``with op.batch_alter_table(…)``."""

    def __init__(self, listener: _Listener, table_name: str, schema: str | None) -> None:
        place: Any = SimpleNamespace(table_name=table_name, schema=schema)
        super().__init__(listener.migration_context, impl=place)
        self._listener = listener

    def invoke(self, operation: MigrateOperation) -> None:  # type: ignore[override]
        self._listener.invoke(operation)


class _Reader:
    """Goes through the statements of a script."""

    def __init__(
        self,
        context: MigrationContext,
        names: Names,
        functions: dict[str, ast.FunctionDef],
        markers: dict[int, Marker],
    ) -> None:
        self._listener = _Listener(context)
        self._names = names
        self._functions = functions
        self._markers = markers
        self._batches: dict[str, _BatchListener] = {}
        self._inside: tuple[str, ...] = ()

    def read_block(self, body: list[ast.stmt], start: int, *, is_certain: bool = True) -> Iterator[Deed]:
        """Return what a block does that begins after a line."""
        marker = None
        for statement in body:
            fresh = [self._markers[line] for line in range(start + 1, statement.lineno) if line in self._markers]
            marker = fresh[-1] if fresh else marker
            deeds = list(self._read(statement, is_certain=is_certain)) or [Deed(None, is_certain=is_certain)]
            for index, deed in enumerate(deeds):
                yield deed if deed.marker else replace(deed, marker=marker, is_first=bool(fresh) and index == 0)
            if not all(isinstance(deed.operation, ops.ExecuteSQLOp | None) for deed in deeds):
                marker = None
            if isinstance(statement, ast.Return | ast.Raise):
                return
            start = statement.end_lineno or statement.lineno

    def _read(self, statement: ast.stmt, *, is_certain: bool) -> Iterator[Deed]:
        self._names.learn(statement)
        match statement:
            case ast.Expr(value=ast.Call() as call) | ast.Assign(value=ast.Call() as call):
                yield from self._read_call(call, is_certain=is_certain)
            case ast.With():
                yield from self._read_with(statement, is_certain=is_certain)
            case ast.If() | ast.For() | ast.While() | ast.Try():
                for name in ("body", "orelse", "finalbody"):
                    if block := getattr(statement, name, None):
                        yield from self.read_block(block, statement.lineno, is_certain=False)

    def _read_with(self, statement: ast.With, *, is_certain: bool) -> Iterator[Deed]:
        is_known = True
        for item in statement.items:
            call, alias = item.context_expr, item.optional_vars
            path = self._names.find_path(call.func) if isinstance(call, ast.Call) else ""
            if path == f"{OPERATIONS}.batch_alter_table" and isinstance(call, ast.Call) and isinstance(alias, ast.Name):
                places, words = self._names.arguments(call)
                self._open_batch(alias.id, places, words)
            else:
                is_known = isinstance(call, ast.Call) and getattr(call.func, "attr", None) == "autocommit_block"
        yield from self.read_block(statement.body, statement.lineno, is_certain=is_certain and is_known)

    def _open_batch(self, alias: str, places: list[Any], words: dict[str, Any]) -> None:
        self._batches.pop(alias, None)
        table, schema = (places or [words.get("table_name", UNKNOWN)])[0], words.get("schema")
        if isinstance(table, str) and (schema is None or isinstance(schema, str)):
            self._batches[alias] = _BatchListener(self._listener, table, schema)

    def _read_call(self, call: ast.Call, *, is_certain: bool) -> Iterator[Deed]:
        path = self._names.find_path(call.func)
        owner, _, name = path.rpartition(".")
        helper = self._functions.get(path)
        if helper is not None and not call.args and not call.keywords and path not in self._inside:
            self._inside += (path,)
            yield from self.read_block(helper.body, helper.lineno, is_certain=is_certain)
            self._inside = self._inside[:-1]
        elif name in _PLAYED and (owner == OPERATIONS or owner in self._batches):
            target = self._listener if owner == OPERATIONS else self._batches[owner]
            yield from self._play(target, name, call, is_certain=is_certain)
        elif isinstance(call.func, ast.Attribute) and call.func.attr in ("execute", "exec_driver_sql"):
            yield from self._play(self._listener, "execute", call, is_certain=False)
        else:
            yield Deed(None, is_certain=is_certain)

    def _play(
        self, target: _Listener | _BatchListener, name: str, call: ast.Call, *, is_certain: bool
    ) -> Iterator[Deed]:
        """Return what an operation does; one that cannot be read does nothing that is known."""
        places, words = self._names.arguments(call)
        if name == "create_table":
            places = [*places[:1], *(part for part in places[1:] if part is not UNKNOWN)]
        elif name == "create_index" and len(places) > 2 and places[2] is UNKNOWN:
            places[2] = ["unknown"]
        is_named = not any(words.get(word) is UNKNOWN for word in _NAMING)
        self._listener.heard.clear()
        if is_named and not any(value is UNKNOWN for value in places):
            known = {word: value for word, value in words.items() if value is not UNKNOWN}
            with suppress(SQLAlchemyError, TypeError, ValueError, AttributeError):
                getattr(target, name)(*places, **known)
        for operation in self._listener.heard:
            yield Deed(operation, is_certain=is_certain)


def _find_comments(source: str, script: ast.Module, passed_over: set[int]) -> dict[int, str]:
    """Return the lines of ours by their number; one inside of a string is none."""
    if PREFIX not in source:
        return {}
    inside = passed_over | _lines_of_strings(script)
    lines = ((number, line) for number, line in enumerate(source.split("\n"), 1) if PREFIX in line)
    return {number: line for number, line in lines if line.lstrip().startswith(PREFIX) and number not in inside}


def _find_markers(comments: dict[int, str]) -> Iterator[tuple[int, Marker]]:
    for number, line in comments.items():
        if parsed := parse_marker(line):
            with suppress(ValueError):
                yield number, Marker(parsed[0], parse_id(parsed[1]))


def _lines_of_strings(script: ast.Module) -> frozenset[int]:
    """Return the lines that a string of several lines goes on to."""
    return frozenset(
        line
        for node in ast.walk(script)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        for line in _lines_of(node)[1:]
    )


def _lines_of(node: ast.expr | ast.stmt) -> range:
    return range(node.lineno, (node.end_lineno or node.lineno) + 1)
