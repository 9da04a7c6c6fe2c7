"""What models declare and a catalog does not hold; it is named, never passed over in silence."""

from collections.abc import Collection, Hashable, Iterator
from typing import Any

from sqlalchemy import ARRAY, MetaData, Table
from sqlalchemy.dialects.postgresql import CITEXT, HSTORE
from sqlalchemy.schema import ExecutableDDLElement
from sqlalchemy.types import TypeDecorator, TypeEngine

from pgcraft.catalog.kinds import Kind
from pgcraft.collect.compiling import schema_of
from pgcraft.collect.indexes import index_name
from pgcraft.collect.listing import is_of_session
from pgcraft.collect.types import name_left_out
from pgcraft.models.declarations import get_declarations

_OPTIONS = ("on_commit", "with_oids")


def collect_notes(metadata: MetaData) -> tuple[str, ...]:
    """Return a line for each thing that is left out, sorted."""
    known = {item.definition.name for item in get_declarations(metadata).kinds[Kind.EXTENSION].all()}
    return tuple(sorted({note for table in metadata.tables.values() for note in _notes_of_table(table, known)}))


_OF_EXTENSIONS = {CITEXT: "citext", HSTORE: "hstore"}


def _find_extension(type_: TypeEngine[Any]) -> str | None:
    """Return the extension that brings a column's type, where SQLAlchemy has a class for it."""
    found = type_.impl_instance if isinstance(type_, TypeDecorator) else type_
    element = found.item_type if isinstance(found, ARRAY) else found
    return _OF_EXTENSIONS.get(type(element))


def _notes_of_table(table: Table, known: Collection[Hashable]) -> Iterator[str]:
    name = f"table {schema_of(table)}.{table.name}"
    if is_of_session(table):
        yield f"{name} is left out: it is temporary, and no migration can make it"
        return
    options = table.dialect_options["postgresql"]
    for option in _OPTIONS:
        if options[option]:
            yield f"{name}: postgresql_{option} is left out: pgcraft does not model it"
    for index in sorted(table.indexes, key=index_name):
        if tablespace := index.dialect_options["postgresql"]["tablespace"]:
            told = f"index {index_name(index)} of {name}: tablespace {tablespace}"
            yield f"{told} is not compared: write its migration by hand"
    for column in table.columns:
        if (extension := _find_extension(column.type)) and extension not in known:
            yield f"{name}.{column.name} is of extension {extension}: register_extension declares it, unless others do"
        if (left_out := name_left_out(column.type)) is not None:
            yield f"{left_out} of {name} is left out: pgcraft does not model it; write its migration by hand"
    for event in ("before_create", "after_create", "before_drop", "after_drop"):
        if any(isinstance(listener, ExecutableDDLElement) for listener in getattr(table.dispatch, event)):
            yield f"{name}: the DDL that listens to {event} is left out: migrations do not run it"
