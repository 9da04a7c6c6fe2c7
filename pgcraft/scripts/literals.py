"""Values of expressions in a revision script, found without running it: literals, and what SQLAlchemy makes of them."""

import ast
import warnings
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from textwrap import dedent
from typing import Any, Final

import sqlalchemy
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.schema import Constraint, ForeignKey, SchemaItem
from sqlalchemy.sql.elements import conv
from sqlalchemy.types import TypeEngine

UNKNOWN: Final = object()
"""The value of what only running the script would tell."""

OPERATIONS = "alembic.op"
"""The path of Alembic's ``op``, whatever a script calls it."""

_MODULES = ("sqlalchemy", "sqlalchemy.dialects.postgresql")
_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    f"{OPERATIONS}.f": conv,
    "textwrap.dedent": dedent,
    "sqlalchemy.text": sqlalchemy.text,
    "sqlalchemy.column": sqlalchemy.column,
    "sqlalchemy.literal_column": sqlalchemy.literal_column,
}


class Names:
    """What the names of a script stand for: imported modules and constants of the script itself."""

    def __init__(self, script: ast.Module) -> None:
        self._paths = dict(_find_imports(script))
        self._constants: dict[str, Any] = {}
        for statement in script.body:
            self.learn(statement)

    def learn(self, statement: ast.stmt) -> None:
        """Keep the value of a plain assignment."""
        targets = statement.targets if isinstance(statement, ast.Assign) else []
        if isinstance(statement, ast.AnnAssign):
            targets = [statement.target]
        value = getattr(statement, "value", None)
        for target in targets:
            if isinstance(target, ast.Name) and isinstance(value, ast.expr):
                self._constants[target.id] = self.evaluate(value)

    def find_path(self, node: ast.expr) -> str:
        """Return the dotted path of a name: ``sa.Column`` gives ``sqlalchemy.Column``; empty when it has none."""
        if isinstance(node, ast.Name):
            return self._paths.get(node.id, node.id)
        if isinstance(node, ast.Attribute):
            head = self.find_path(node.value)
            return f"{head}.{node.attr}" if head else ""
        return ""

    def evaluate(self, node: ast.expr) -> Any:
        """Return the value of an expression, or ``UNKNOWN``."""
        match node:
            case ast.Constant():
                return node.value
            case ast.Name():
                return self._constants.get(node.id, UNKNOWN)
            case ast.List() | ast.Tuple():
                values = [self.evaluate(element) for element in node.elts]
                if any(value is UNKNOWN for value in values):
                    return UNKNOWN
                return tuple(values) if isinstance(node, ast.Tuple) else values
            case ast.Dict(keys=keys, values=found):
                names = [self.evaluate(key) if key else UNKNOWN for key in keys]
                values = [self.evaluate(value) for value in found]
                if any(each is UNKNOWN for each in (*names, *values)):
                    return UNKNOWN
                return dict(zip(names, values, strict=True))
            case ast.Call():
                return self._call(node)
            case _:
                return UNKNOWN

    def arguments(self, call: ast.Call) -> tuple[list[Any], dict[str, Any]]:
        """Return the arguments of a call by place and by name, each of them known or ``UNKNOWN``."""
        places = [self.evaluate(argument) for argument in call.args]
        return places, {word.arg or "**": self.evaluate(word.value) for word in call.keywords}

    def _call(self, call: ast.Call) -> Any:
        path = self.find_path(call.func)
        places, words = self.arguments(call)
        target = _FUNCTIONS.get(path) or _find_class(path)
        if target is None:
            return UNKNOWN
        if target is sqlalchemy.Column:
            places, words = [value for value in places if value is not UNKNOWN], _known(words)
        elif any(value is UNKNOWN for value in (*places, *words.values())):
            return UNKNOWN
        try:
            with warnings.catch_warnings(action="ignore"):
                return target(*places, **words)
        except (SQLAlchemyError, TypeError, ValueError, AttributeError):
            return UNKNOWN


def _known(words: Mapping[str, Any]) -> dict[str, Any]:
    return {word: value for word, value in words.items() if value is not UNKNOWN}


def _find_imports(script: ast.Module) -> Iterator[tuple[str, str]]:
    """Return the names that a script imports, with what they stand for."""
    yield "op", OPERATIONS
    for node in ast.walk(script):
        if isinstance(node, ast.Import):
            yield from ((each.asname, each.name) for each in node.names if each.asname)
        elif isinstance(node, ast.ImportFrom):
            yield from ((each.asname or each.name, f"{node.module}.{each.name}") for each in node.names)


def _find_class(path: str) -> Callable[..., Any] | None:
    """Return a class of SQLAlchemy that describes a part of a schema; making one does nothing else."""
    module, _, name = path.rpartition(".")
    found = getattr(import_module(module), name, None) if module in _MODULES else None
    is_part = isinstance(found, type) and issubclass(found, (SchemaItem, TypeEngine, Constraint, ForeignKey))
    return found if is_part else None
