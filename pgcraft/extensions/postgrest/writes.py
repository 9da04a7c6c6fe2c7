"""Which base columns a client may write through an API view, and which defaults apply."""

import re
from typing import Any

from sqlalchemy import Column

from pgcraft.errors import PGCraftValidationError, Place
from pgcraft.extensions.postgrest.functions import WriteTarget
from pgcraft.extensions.postgrest.selection import Selection, ShownColumn
from pgcraft.extensions.postgrest.source import Source
from pgcraft.sqltext import compile_server_default

_SEQUENCE = re.compile(r"\bnextval\s*\(", re.IGNORECASE)


def make_target(
    source: Source, selection: Selection, view: tuple[str, str], grants: tuple[str, ...], place: Place
) -> WriteTarget:
    """Give what the functions of a view write.

    Raises:
        PGCraftValidationError: PGC116, the base has no key, or the view does not show what a granted write needs.
    """
    shown = tuple(column for column in selection.shown if column.column is not None)
    target = WriteTarget(
        relation=(source.schema, source.name),
        view=view,
        shown=shown,
        derived=tuple(column.name for column in selection.shown if column.column is None),
        key=_find_key(source, shown),
        read_only=source.server_owned | {name for name, column in _base(shown) if is_filled_by_server(column)},
        automatic=frozenset(name for name, column in _base(shown) if _is_automatic(source, column)),
    )
    _check(source, target, grants, place)
    return target


def find_defaults(target: WriteTarget) -> tuple[tuple[str, str], ...]:
    """Give the view columns that need a default of their own, so that one left out is told from an explicit NULL."""
    found = []
    for shown in target.written:
        if shown.column is None or shown.column.server_default is None or shown.column.name in target.automatic:
            continue
        default = compile_server_default(shown.column)
        if default is not None:
            found.append((shown.name, default))
    return tuple(found)


def is_filled_by_server(column: Column[Any]) -> bool:
    """Whether the server makes every value: identity and generated columns."""
    return column.computed is not None or column.identity is not None


def _base(shown: tuple[ShownColumn, ...]) -> list[tuple[str, Column[Any]]]:
    return [(item.column.name, item.column) for item in shown if item.column is not None]


def _is_automatic(source: Source, column: Column[Any]) -> bool:
    if column.name in source.key:
        return column.server_default is not None or source.table.autoincrement_column is column
    return column.server_default is not None and bool(_SEQUENCE.search(compile_server_default(column) or ""))


def _find_key(source: Source, shown: tuple[ShownColumn, ...]) -> tuple[ShownColumn, ...]:
    by_name = {item.column.name: item for item in shown if item.column is not None}
    if not source.key or any(name not in by_name for name in source.key):
        return ()
    return tuple(by_name[name] for name in source.key)


def _check(source: Source, target: WriteTarget, grants: tuple[str, ...], place: Place) -> None:
    name = f"{source.schema}.{source.name}"
    writes = [grant for grant in grants if grant != "select"]
    listed = " and ".join(writes)
    if not source.key:
        raise _cannot(f"{listed} cannot go to {name}, which has no primary key", 'grant "select" alone', place)
    needing_key = [grant for grant in writes if grant != "insert"]
    if needing_key and not target.key:
        key = ", ".join(source.key)
        raise _cannot(
            f"{' and '.join(needing_key)} need the key of {name}, and the view does not show {key}",
            f"add {key} to the view's columns",
            place,
        )
    if "update" in writes and not target.written:
        raise _cannot(f"the view shows no column of {name} that can be updated", 'take "update" out of grants', place)


def _cannot(what: str, remedy: str, place: Place) -> PGCraftValidationError:
    return PGCraftValidationError("PGC116", what, place=place, remedy=remedy)
