"""Rows that a step of a proof must leave as they are, but for what its operations say."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from enum import Enum, auto

import psycopg
from sqlalchemy.exc import DBAPIError

from pgcraft.catalog.objects import Kind, ObjectId
from pgcraft.devdb.rows.contents import Said, empty_tables, fill_tables, find_changes, list_columns, read_contents
from pgcraft.diff.losses import find_added, find_restructured
from pgcraft.errors import PGCraftDatabaseError, PGCraftPlanError
from pgcraft.render.statement import HazardType
from pgcraft.service.types import Operation
from pgcraft.worker.said import read_said, settle
from pgcraft.worker.scratch import Connection, connect

ABOUT_ROWS = ("22", "23")
"""Classes of SQLSTATE: a value that does not fit, a constraint that does not hold."""
_NOT_NULL = "23502"
_TRIES = 5


class Way(Enum):
    """Which way the operations go."""

    UP = auto()
    DOWN = auto()


class Rows:
    """Fills the tables of a database before a step and looks at them after it.

    Args:
        connection: to the database, in autocommit, for a superuser where there is one; it looks before and after each
            step, and knows the system catalogs from then on.
        url: SQLAlchemy URL by which rows are made up, each time on a new connection: what triggers keep of types in a
            connection may be of types that are gone.
        operations: of the revision that is tried.
        filled: tables whose rows were made up by earlier steps.
    """

    def __init__(
        self,
        connection: Connection,
        url: str,
        operations: tuple[Operation, ...],
        filled: set[ObjectId] | None = None,
    ) -> None:
        self._connection = connection
        self._url = url
        self._operations = operations
        self._filled: set[ObjectId] = set() if filled is None else filled

    def go(self, action: Callable[[], None], way: Way, ran: Callable[[], Sequence[str]] | None = None) -> str:
        """Do a step with rows in every table, and give what is worth knowing.

        Where the rows that are there may be others, the step is tried again without those that it fails on, and the
        failure is told.

        Args:
            action: does the step.
            way: it goes.
            ran: gives the statements that ran in the step; those of the operations when left out.

        Raises:
            PGCraftPlanError: PGC415, rows have changed and nothing says so, or whatever is there makes the step fail.
            PGCraftError: the step failed for another reason.
        """
        connection = self._connection
        made, without = fill_tables(connection, lambda: connect(self._url))
        self._filled |= set(made)
        notes = [f"no row could be made for {', '.join(map(str, without))}"] if without else []
        for _ in range(_TRIES):
            before = read_contents(connection)
            try:
                action()
            except (PGCraftDatabaseError, DBAPIError) as error:
                refused = _find_refusal(error)
                if refused is None or not self._filled:
                    raise
                notes.append(self._weigh(refused, way, ran() if ran else ()))
                try:
                    self._make_room(refused)
                except psycopg.Error:
                    raise error from None
            else:
                break
        else:
            raise PGCraftPlanError("PGC415", "; ".join(notes), remedy="mend the revision, or write it with --no-prove")
        changes = tuple(
            find_changes(
                before, read_contents(connection), self._read_said(self._list_statements(way) if ran is None else ran())
            )
        )
        if changes:
            raise PGCraftPlanError("PGC415", "\n".join(changes), remedy="the revision must say it, or leave it alone")
        return "\n".join(notes)

    def empty(self) -> None:
        """Take the rows away that were made up."""
        empty_tables(self._connection, tuple(sorted(self._filled)))
        self._filled = set()

    def _weigh(self, refused: psycopg.Error, way: Way, ran: Sequence[str]) -> str:
        """Tell of rows that a step fails on; raise where it fails on any row."""
        diag = refused.diag
        said = diag.message_primary or str(refused).splitlines()[0]
        if way is Way.DOWN:
            return f"fails where there are such rows, as it must when they do not fit what was before: {said}"
        column = _table_of(refused).column(diag.column_name or "")
        if refused.sqlstate == _NOT_NULL and column in {*self._list_required(), *_list_added(ran)}:
            raise PGCraftPlanError(
                "PGC415",
                f"fails where {diag.schema_name}.{diag.table_name} has a row: {said}",
                remedy="give the column a server_default; or add it as nullable, fill it, and make it NOT NULL in "
                "another revision; --no-prove writes it as it is",
            )
        return f"fails where there are such rows: {said}; look for them, and mend them, before it runs"

    def _list_required(self) -> Iterator[ObjectId]:
        """Return the columns that are added and hold nothing for a row that is there."""
        for operation in self._operations:
            is_column = operation.verb == "create" and operation.target.kind is Kind.COLUMN
            if is_column and any(hazard.type is HazardType.MAY_FAIL for hazard in operation.hazards):
                yield operation.target

    def _make_room(self, refused: psycopg.Error) -> None:
        """Empty the table that a step failed on, or all that were filled."""
        table = _table_of(refused)
        gone = {table} if table in self._filled else self._filled
        empty_tables(self._connection, tuple(sorted(gone)))
        self._filled -= gone

    def _list_statements(self, way: Way) -> list[str]:
        is_up = way is Way.UP
        operations = self._operations if is_up else reversed(self._operations)
        return [sql for each in operations for sql in (each.up if is_up else each.down)]

    def _read_said(self, statements: Sequence[str]) -> Said:
        said = read_said(statements, self._connection)
        types = {settle(found) for sql in statements for found in find_restructured(sql)}
        columns = list_columns(self._connection, (found.qualified for found in types))
        return replace(said, retyped=said.retyped.union(columns))


def _list_added(statements: Sequence[str]) -> Iterator[ObjectId]:
    return (settle(found) for sql in statements for found in find_added(sql))


def _table_of(refused: psycopg.Error) -> ObjectId:
    return ObjectId(Kind.TABLE, refused.diag.schema_name, refused.diag.table_name or "")


def _find_refusal(error: BaseException) -> psycopg.Error | None:
    """Return what PostgreSQL said of rows; None when it was something else."""
    cause: BaseException | None = error
    while cause is not None:
        found = cause.orig if isinstance(cause, DBAPIError) else cause
        if isinstance(found, psycopg.Error) and (found.sqlstate or "")[:2] in ABOUT_ROWS:
            return found
        cause = cause.__cause__
    return None
