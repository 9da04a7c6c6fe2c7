"""Trying each column of a relation alone, as a role that may insert or update; needs psycopg.

Defaults hold where a column is left out, values of every label pass, and what a default or a trigger calls is open to
the role: a right that is missing there shows up with some columns only.
"""

from collections.abc import Iterator

from pgcraft.devdb.rows.candidates import Wish, make_candidates
from pgcraft.devdb.rows.shapes import ColumnShape
from pgcraft.devdb.trying.access import AccessCheck
from pgcraft.devdb.trying.attempts import write_insert, write_update
from pgcraft.devdb.trying.trial import RelationTrial

NOT_WRITABLE = frozenset({"0A000", "428C9", "55000"})
"""SQLSTATEs of columns that nobody writes: computed ones of a view, generated ones, identities."""

VARIANT = 300
"""Of the rows that are tried here."""


def try_columns(trial: RelationTrial, role: str, operation: str) -> Iterator[AccessCheck]:
    """Try an operation that is granted column by column; what does not hold is given, else one check for all.

    Args:
        trial: of the relation.
        role: who may do it.
        operation: ``insert`` or ``update``.
    """
    tried, failed = 0, False
    for name, statement in _list_inserts(trial, role) if operation == "insert" else _list_updates(trial, role):
        seen = trial.execute(role, statement)
        check = AccessCheck(role, trial.relation, name, "allowed", *seen)
        tried += 1
        if not check.held and seen[2] not in NOT_WRITABLE:
            failed = True
            yield check
    if tried and not failed:
        yield AccessCheck(role, trial.relation, f"{operation} column by column", "allowed", "allowed")


def _list_inserts(trial: RelationTrial, role: str) -> Iterator[tuple[str, str]]:
    rights, shape = trial.rights(role, "insert"), trial.shape
    whole = trial.choose(VARIANT)
    required = trial.choose(VARIANT + 1, required_only=True)
    yield "insert with what is required", write_insert(shape, required, rights)
    for column in _writable(trial, rights.writable):
        if column.name in whole:
            rest = {name: value for name, value in whole.items() if name != column.name}
            yield f"insert without {column.name}", write_insert(shape, rest, rights)
        elif candidates := make_candidates(Wish(column.type, VARIANT)):
            yield f"insert with {column.name}", write_insert(shape, {**whole, column.name: candidates[0]}, rights)
        for label in column.type.labels:
            yield f"insert {column.name} = {label}", write_insert(shape, {**whole, column.name: label}, rights)


def _list_updates(trial: RelationTrial, role: str) -> Iterator[tuple[str, str]]:
    rights, shape = trial.rights(role, "update"), trial.shape
    values = trial.choose(VARIANT + 2)
    for column in _writable(trial, rights.writable):
        labels = column.type.labels or (values.get(column.name),)
        for value in labels:
            name = f"update {column.name}" + (f" = {value}" if column.type.labels else "")
            yield name, write_update(shape, column.name, value, trial.row, rights)


def _writable(trial: RelationTrial, granted: tuple[str, ...] | None) -> list[ColumnShape]:
    columns = (column for column in trial.shape.columns if not column.is_server_made)
    return [column for column in columns if granted is None or column.name in granted]
