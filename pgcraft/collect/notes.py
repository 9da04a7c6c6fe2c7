"""What models declare and a catalog does not hold; it is named, never passed over in silence."""

from collections.abc import Iterator

from sqlalchemy import MetaData, Table
from sqlalchemy.schema import ExecutableDDLElement

from pgcraft.collect.compiling import schema_of
from pgcraft.collect.types import name_left_out

_OPTIONS = ("inherits", "tablespace", "using", "on_commit", "with_oids")


def collect_notes(metadata: MetaData) -> tuple[str, ...]:
    """Return a line for each thing that is left out, sorted."""
    return tuple(sorted({note for table in metadata.tables.values() for note in _notes_of_table(table)}))


def _notes_of_table(table: Table) -> Iterator[str]:
    name = f"table {schema_of(table)}.{table.name}"
    options = table.dialect_options["postgresql"]
    for option in _OPTIONS:
        if options[option]:
            yield f"{name}: postgresql_{option} is left out: pgcraft does not model it"
    for column in table.columns:
        if (left_out := name_left_out(column.type)) is not None:
            yield f"{left_out} of {name} is left out: pgcraft does not model it; write its migration by hand"
    for event in ("before_create", "after_create", "before_drop", "after_drop"):
        if any(isinstance(listener, ExecutableDDLElement) for listener in getattr(table.dispatch, event)):
            yield f"{name}: the DDL that listens to {event} is left out: migrations do not run it"
