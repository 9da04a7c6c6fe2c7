"""Tables that inherit from others: what comes with those is theirs, too, and is said once."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from sqlalchemy import MetaData
from sqlalchemy import Table as SATable

from pgcraft.catalog.definitions import Column, Constraint, Table
from pgcraft.catalog.linking import Draft
from pgcraft.catalog.objects import Kind, ObjectId
from pgcraft.collect.compiling import schema_of
from pgcraft.collect.listing import list_tables
from pgcraft.sqltext.dialect import DEFAULT_SCHEMA

_KEPT = {"is_serial": False, "identity": None, "comment": None}
"""What a column does not hand down."""


def inherit(drafts: list[Draft], metadata: MetaData) -> list[Draft]:
    """Return drafts with the tables' parents, and with what comes with these."""
    parents = {_table_id(table): _find_parents(table, metadata) for table in list_tables(metadata)}
    if not any(parents.values()):
        return drafts
    found = {draft.object.id: draft for draft in drafts}
    for table in _order(parents):
        for parent in parents[table]:
            found |= _hand_down(table, parent, found, is_only=len(parents[table]) == 1)
        if parents[table]:
            found[table] = _put_under(found[table], parents[table])
            found |= dict(_number(table, parents[table], found))
    return list(found.values())


def _table_id(table: SATable) -> ObjectId:
    return ObjectId(Kind.TABLE, schema_of(table), str(table.name))


def _find_parents(table: SATable, metadata: MetaData) -> tuple[ObjectId, ...]:
    given = table.dialect_options["postgresql"]["inherits"] or ()
    names = (given,) if isinstance(given, str) else given
    return tuple(_find_parent(str(name), table, metadata) for name in names)


def _find_parent(name: str, table: SATable, metadata: MetaData) -> ObjectId:
    """Return the table of a name: with its schema, in that of the table that inherits, or in the default one."""
    here = schema_of(table)
    for key in (name, f"{here}.{name}"):
        if key in metadata.tables:
            return _table_id(metadata.tables[key])
    schema, dot, bare = name.rpartition(".")
    return ObjectId(Kind.TABLE, schema, bare) if dot else ObjectId(Kind.TABLE, here or DEFAULT_SCHEMA, name)


def _order(parents: Mapping[ObjectId, tuple[ObjectId, ...]]) -> Iterator[ObjectId]:
    """Return tables after those that they inherit from."""
    done: set[ObjectId] = set()

    def visit(table: ObjectId) -> Iterator[ObjectId]:
        if table not in done:
            done.add(table)
            for parent in parents.get(table, ()):
                yield from visit(parent)
            if table in parents:
                yield table

    for table in parents:
        yield from visit(table)


def _hand_down(
    table: ObjectId, parent: ObjectId, found: Mapping[ObjectId, Draft], *, is_only: bool
) -> dict[ObjectId, Draft]:
    handed: dict[ObjectId, Draft] = {}
    for draft in found.values():
        item = draft.object
        if (
            item.id.kind in (Kind.COLUMN, Kind.CONSTRAINT)
            and item.id.table == parent
            and _is_handed_down(item.definition)
        ):
            own_id = item.id._replace(schema=table.schema, parent=table.name)
            handed[own_id] = _hand(draft, own_id, found.get(own_id), is_only=is_only)
    return handed


def _is_handed_down(definition: object) -> bool:
    if isinstance(definition, Constraint):
        return definition.type == "check" and not definition.text.endswith("NO INHERIT")
    return isinstance(definition, Column)


def _hand(draft: Draft, own_id: ObjectId, own: Draft | None, *, is_only: bool) -> Draft:
    """Return what a table gets, or has said itself: where it says something else, that is its own.

    Another default than that of its only parent is set beside what it gets.
    """
    definition = draft.object.definition
    if isinstance(definition, Column):
        handed: Column | Constraint = replace(definition, **_KEPT, is_inherited=True)  # type: ignore[arg-type]
    elif isinstance(definition, Constraint):
        handed = replace(definition, comment=None, is_inherited=True)
    else:
        raise TypeError(f"{draft.object.id} is not handed down")
    if own is None:
        return draft._replace(object=replace(draft.object, id=own_id, definition=handed))
    said = own.object.definition
    if isinstance(said, Column) and isinstance(handed, Column):
        default = handed.default if is_only and said.generated is None else said.default
        is_same = replace(said, position=handed.position, comment=None, default=default, is_inherited=True) == handed
    else:
        is_same = isinstance(said, Constraint) and replace(said, comment=None, is_inherited=True) == handed
    if not is_same or not isinstance(said, Column | Constraint):
        return own
    return own._replace(object=replace(own.object, definition=replace(said, is_inherited=True)))


def _number(
    table: ObjectId, parents: tuple[ObjectId, ...], found: Mapping[ObjectId, Draft]
) -> Iterator[tuple[ObjectId, Draft]]:
    """Put the columns of a table in their order: those of its parents, and its own."""
    handed = (name for parent in parents for name in _list_columns(parent, found))
    names = dict.fromkeys((*handed, *_list_columns(table, found)))
    for position, name in enumerate(names, start=1):
        draft = found[table.column(name)]
        definition = replace(draft.object.defined_as(Column), position=position)
        yield draft.object.id, draft._replace(object=replace(draft.object, definition=definition))


def _list_columns(table: ObjectId, found: Mapping[ObjectId, Draft]) -> list[str]:
    items = (draft.object for draft in found.values() if draft.object.id.kind is Kind.COLUMN)
    own = [item for item in items if item.id.table == table]
    return [item.id.name for item in sorted(own, key=lambda item: item.defined_as(Column).position)]


def _put_under(draft: Draft, parents: tuple[ObjectId, ...]) -> Draft:
    above = tuple(parent.qualified for parent in parents)
    definition = replace(draft.object.defined_as(Table), inherits=above)
    return draft._replace(object=replace(draft.object, definition=definition), needs=(*draft.needs, *parents))
