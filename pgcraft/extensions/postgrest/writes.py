"""Which base columns a client may write through an API view, and which defaults apply."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Column

from pgcraft.errors import PGCraftValidationError, Place
from pgcraft.extensions.postgrest.functions import WriteColumn, WriteTarget
from pgcraft.extensions.postgrest.selection import Selection, ShownColumn
from pgcraft.extensions.postgrest.source import Source
from pgcraft.identifiers import quote_name, quote_qualified
from pgcraft.models.declarations import get_declarations
from pgcraft.models.definitions import Need
from pgcraft.plugins.equality import has_exact_equality, has_own_equality
from pgcraft.plugins.view_defaults import is_numbered
from pgcraft.plugins.view_writes import ROW_VERSION, ViewWrites
from pgcraft.resource import APIColumn
from pgcraft.sqltext.compiling import compile_server_default, compile_sql, compile_type


def check_writes(source: Source, selection: Selection, grants: tuple[str, ...], place: Place) -> None:
    """Check that what a view grants can be done.

    Raises:
        PGCraftValidationError: PGC116, the base has no key, or the view does not show what a granted write needs.
    """
    writes = [grant for grant in grants if grant != "select"]
    name = f"{source.schema}.{source.name}"
    if writes and not source.key:
        what = f"{' and '.join(writes)} cannot go to {name}, which has no primary key"
        raise _cannot(what, 'grant "select" alone', place)
    refused = [grant for grant in writes if grant not in source.writes]
    if refused:
        what = f"{' and '.join(refused)} cannot go to {name}, whose rows never change"
        raise _cannot(what, f"grant {' and '.join(('select', *source.writes))} alone", place)
    needing_key = [grant for grant in writes if grant != "insert"]
    shown = {column.name: column for column in selection.base_columns}
    if needing_key and not shown.keys() >= set(source.key):
        key = ", ".join(source.key)
        what = f"to {' and '.join(needing_key)}, the view of {name} must show the key: {key}"
        raise _cannot(what, f"add {key} to its columns", place)
    if "update" in writes and not any(_is_written(source, column) for column in shown.values()):
        raise _cannot(f"the view shows no column of {name} that can be updated", 'take "update" out of grants', place)


def make_target(
    source: Source,
    selection: Selection,
    view: tuple[str, str],
    grants: Sequence[str],
    *,
    is_checked: bool = False,
) -> WriteTarget:
    """Return what the functions of a view write."""
    columns: dict[str, WriteColumn] = {}
    for shown in selection.shown:
        if shown.column is not None:
            columns[shown.column.name] = _describe(source, shown.column, shown)
    shows_key = bool(source.key) and all(name in columns for name in source.key)
    return WriteTarget(
        merging=source.merging,
        relation=quote_qualified(source.schema, source.name),
        view=quote_qualified(*view),
        columns=tuple(columns.values()),
        derived=tuple(quote_name(shown.name) for shown in selection.shown if shown.column is None),
        key=tuple(columns[name] for name in source.key) if shows_key else (),
        entities=source.find_entities(),
        is_checked=is_checked,
        hidden=_find_hidden(source, columns, grants),
    )


def _find_hidden(source: Source, shown: Iterable[str], grants: Sequence[str]) -> tuple[str, ...] | None:
    """Return what a view hides of the source's columns; None when clients may read all of them."""
    hidden = tuple(column.name for column in source.table.columns if column.name not in shown)
    return hidden if hidden or "select" not in grants else None


def find_view_writes(source: Source, selection: Selection) -> ViewWrites | None:
    """Return what writes the tables behind a factory's view, when the functions of an API view can do the same.

    They can when the API view shows every column under its name: a write then costs one trigger, and not two. Where
    somebody has put a trigger of their own on the factory's view, what clients write goes through that view.
    """
    writes = source.view_writes
    is_whole = selection.query is None and len(selection.base_columns) == len(source.table.columns)
    if writes is None or not is_whole or selection.has_shown_types:
        return None
    found = get_declarations(source.metadata).triggers.list_on(source.schema, source.name)
    own = {(source.schema, source.name, name) for name in writes.triggers}
    return writes if own.issuperset(found) else None


def find_needs(source: Source, selection: Selection, op: str) -> tuple[Need, ...]:
    """Return what a client needs whose writes are its own: the rows of the base are then judged by their policies."""
    base = (source.schema, source.name)
    shown = [column.name for column in selection.base_columns]
    written = tuple(column.name for column in selection.base_columns if _is_written(source, column))
    reads = [Need("select", base, tuple(dict.fromkeys((*source.key, *shown))))]
    if op == "update" and (entities := source.find_entity_table()) is not None:
        reads.append(Need("select", (entities.schema or "public", entities.name), (*source.key, ROW_VERSION)))
    return (Need(op, base, () if op == "delete" else written or tuple(shown[:1])), *reads)


def find_defaults(source: Source, selection: Selection) -> tuple[tuple[str, str], ...]:
    """Return the view columns that need a default of their own, so that one left out is told from an explicit NULL."""
    found = []
    for shown in selection.shown:
        column = shown.column
        if column is None or column.server_default is None:
            continue
        if _is_written(source, column) and not _is_automatic(source, column):
            default = compile_server_default(column)
            found += [(shown.name, default)] if default is not None else []
    return tuple(found)


def describe_columns(source: Source, selection: Selection, grants: Sequence[str]) -> tuple[APIColumn, ...]:
    """Return what clients may write of a view's columns, and why not."""
    is_granted = not {"insert", "update"}.isdisjoint(grants)
    return tuple(_tell(source, shown, "" if is_granted else "no write is granted") for shown in selection.shown)


def _tell(source: Source, shown: ShownColumn, refusal: str) -> APIColumn:
    column = shown.column
    if column is None:
        reason = f"computed or joined by the view, not a column of {source.schema}.{source.name}"
        return APIColumn(shown.name, reason)
    default = compile_server_default(column)
    return APIColumn(shown.name, _find_reason(source, column) or refusal, bool(column.nullable), default)


def _find_reason(source: Source, column: Column[Any]) -> str:
    if column.computed is not None:
        return f"computed: {compile_sql(column.computed.sqltext)}"
    if is_numbered(column):
        return "numbered by the server"
    return "kept by the server" if column.name in source.server_owned else ""


def _describe(source: Source, column: Column[Any], shown: ShownColumn) -> WriteColumn:
    stored = column.type if shown.shown_type is None else shown.shown_type
    return WriteColumn(
        base=quote_name(column.name),
        view=quote_name(shown.name),
        is_written=_is_written(source, column),
        is_automatic=_is_automatic(source, column),
        types=None if shown.shown_type is None else (compile_type(column.type), compile_type(shown.shown_type)),
        is_exact=has_exact_equality(stored),
        has_own_equality=has_own_equality(stored),
    )


def _is_written(source: Source, column: Column[Any]) -> bool:
    """Whether clients may write a column: numbers of a sequence, computed ones and those of plugins are not."""
    return column.computed is None and not is_numbered(column) and column.name not in source.server_owned


def _is_automatic(source: Source, column: Column[Any]) -> bool:
    """Whether the default of a column is for the base alone to apply: that of a key."""
    return column.name in source.key and column.server_default is not None


def _cannot(what: str, remedy: str, place: Place) -> PGCraftValidationError:
    return PGCraftValidationError("PGC116", what, place=place, remedy=remedy)
