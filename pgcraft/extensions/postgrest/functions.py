"""The bodies of the functions that write through an API view.

Each works on the base relation under the alias ``t``, so that no column can be mistaken for a variable of PL/pgSQL.
NEW is filled from RETURNING for the columns that are the base's; what the view joins or computes is read again. An
update touches the columns that change and no others, so that two clients may change different ones at a time; where
both change the same one, the later fails with a serialization failure, since the rows of such a view are not locked
(https://www.postgresql.org/docs/current/sql-createtrigger.html) and its change was made from what is no longer there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import NamedTuple

from pgcraft.extensions.postgrest.filters import refuse_hidden
from pgcraft.plpgsql import write_block, write_if, write_list
from pgcraft.plugins.view_writes import write_conflict, write_is_own


class WriteColumn(NamedTuple):
    """A base column that an API view shows.

    Attributes:
        base: its quoted name in the base.
        view: its quoted name in the view.
        is_written: whether clients write it; the server fills the others.
        is_automatic: whether the base's default applies when it is NULL, because the client's role could not evaluate
            that default.
        has_equality: whether two values of its type can be compared.
    """

    base: str
    view: str
    is_written: bool = True
    is_automatic: bool = False
    has_equality: bool = True

    @property
    def change(self) -> str:
        """The assignment of an UPDATE that keeps what the client does not change."""
        return f"{self.base} = CASE WHEN {self._differs} THEN NEW.{self.view} ELSE t.{self.base} END"

    @property
    def is_as_read(self) -> str:
        """The condition that the base has what the client has read."""
        suffix = "" if self.has_equality else "::pg_catalog.text"
        return f"t.{self.base}{suffix} IS NOT DISTINCT FROM OLD.{self._compared}"

    @property
    def guard(self) -> str:
        """The condition that this column does not change, or has not just been changed by another."""
        return f"(NOT {self._differs} OR {self.is_as_read})"

    @property
    def _differs(self) -> str:
        return f"(NEW.{self._compared} IS DISTINCT FROM OLD.{self._compared})"

    @property
    def _compared(self) -> str:
        return self.view if self.has_equality else f"{self.view}::pg_catalog.text"


@dataclass(frozen=True)
class WriteTarget:
    """What the functions of one API view write; every name is quoted.

    Attributes:
        relation: the base.
        view: the API view.
        columns: the base columns that the view shows.
        derived: the view's other columns.
        key: those of ``columns`` that are the base's key; empty when the view hides a part of it.
        entities: the table with the row's key, whose row every write touches; None where only a view is known.
        hides: whether the base has columns that the view does not show.
        is_checked: whether what the view does not show cannot be written.
    """

    relation: str
    view: str
    columns: tuple[WriteColumn, ...]
    derived: tuple[str, ...]
    key: tuple[WriteColumn, ...]
    entities: str | None = None
    hides: bool = False
    is_checked: bool = False

    @cached_property
    def written(self) -> tuple[WriteColumn, ...]:
        """The columns that clients write."""
        return tuple(column for column in self.columns if column.is_written)

    @cached_property
    def returning(self) -> tuple[str, ...]:
        """The lines that bring the base columns back into NEW, and end the statement."""
        if not self.columns:
            return (";",)
        returned = write_list("RETURNING ", [f"t.{column.base}" for column in self.columns], "")
        return (*returned, *write_list("INTO ", [f"NEW.{column.view}" for column in self.columns], ";"))


def write_body(op: str, target: WriteTarget) -> str:
    """Give the body of the function for one operation: ``insert``, ``update`` or ``delete``."""
    writers = {"insert": _insert, "update": _update, "delete": _delete}
    variables = ["given pg_catalog.record"] if op == "update" else []
    if not target.hides or op == "delete":
        return write_block(writers[op](target), variables=variables)
    return write_block(writers[op](target), variables=[*variables, *_TOLD], on_error=_hide_row())


_TOLD = {"told_constraint pg_catalog.text": "CONSTRAINT", "told_column pg_catalog.text": "COLUMN"}
"""What is passed on of an error whose detail is not, by the variable that holds it."""


def _hide_row() -> list[str]:
    """Raise without the detail what the server says of a whole row: it would show the columns that the view hides.

    The server shows them to who may read them, and in these functions that is the owner
    (https://www.postgresql.org/docs/current/sql-createfunction.html#SQL-CREATEFUNCTION-SECURITY).
    """
    names = {option: variable.split()[0] for variable, option in _TOLD.items()}
    read = ", ".join(f"{name} = {option}_NAME" for option, name in names.items())
    options = {"ERRCODE": "SQLSTATE", "MESSAGE": "SQLERRM", **names}
    return [
        "EXCEPTION WHEN not_null_violation OR check_violation THEN",
        f"    GET STACKED DIAGNOSTICS {read};",
        f"    RAISE EXCEPTION USING {', '.join(f'{option} = {value}' for option, value in options.items())};",
    ]


def _insert(target: WriteTarget) -> list[str]:
    automatic = [column for column in target.written if column.is_automatic]
    left_out = [some for count in range(len(automatic), -1, -1) for some in combinations(automatic, count)]
    branches = [(columns, _insert_statement(target, columns)) for columns in left_out]
    return [*_choose(branches), *_read_derived(target), *_check(target), "RETURN NEW;"]


def _check(target: WriteTarget) -> list[str]:
    return refuse_hidden(target.view, [column.view for column in target.key]) if target.is_checked else []


def _choose(branches: Sequence[tuple[Sequence[WriteColumn], list[str]]]) -> list[str]:
    """Write IF … ELSIF … ELSE over the columns that are left out; one branch alone stands bare."""
    if len(branches) == 1:
        return branches[0][1]
    lines = []
    for index, (left_out, statement) in enumerate(branches):
        condition = " AND ".join(f"NEW.{column.view} IS NULL" for column in left_out)
        lines.append(f"{'ELSIF' if index else 'IF'} {condition} THEN" if condition else "ELSE")
        lines += [f"    {line}" for line in statement]
    return [*lines, "END IF;"]


def _insert_statement(target: WriteTarget, left_out: Sequence[WriteColumn]) -> list[str]:
    columns = [column for column in target.written if column not in left_out]
    head = f"INSERT INTO {target.relation} AS t"
    if not columns:
        return [f"{head} DEFAULT VALUES", *target.returning]
    return [
        *write_list(f"{head} (", [column.base for column in columns], ")"),
        *write_list("VALUES (", [f"NEW.{column.view}" for column in columns], ")"),
        *target.returning,
    ]


def _update(target: WriteTarget) -> list[str]:
    """Write what the client has read and changed; where that is no longer there, what it changes and no more."""
    key = {column.base for column in target.key}
    others = [column for column in target.written if column.base not in key]
    merge = [
        "NEW := given;",
        *_update_statement(target, [column.change for column in target.written], [column.guard for column in others]),
        *write_if(["NOT FOUND"], [*_raise_if_there(target), "RETURN NULL;"]),
    ]
    given = [f"{column.base} = NEW.{column.view}" for column in target.written]
    return [
        "given := NEW;",
        *_update_statement(target, given, [column.is_as_read for column in others]),
        *write_if(["NOT FOUND"], merge),
        *_read_derived(target),
        *_check(target),
        "RETURN NEW;",
    ]


def _update_statement(target: WriteTarget, changes: Sequence[str], conditions: Sequence[str]) -> list[str]:
    return [
        f"UPDATE {target.relation} AS t",
        *write_list("SET ", changes),
        *_where_key(target),
        *(f"AND {condition}" for condition in conditions),
        *target.returning,
    ]


def _raise_if_there(target: WriteTarget) -> list[str]:
    """Raise when the row is still there: it was changed between the client's reading and this write.

    Not when this very statement has changed it, as one does through a view that shows a row several times: a table
    takes the first change then, and passes over the others.
    """
    row = " ".join((f"SELECT FROM {target.relation} AS t", *_where_key(target)))
    lines = write_if([f"EXISTS ({row})"], write_conflict(target.view))
    if target.entities is None:
        return lines
    own = " ".join((f"SELECT FROM {target.entities} AS t", *_where_key(target), f"AND {write_is_own('t')}"))
    return [*write_if([f"EXISTS ({own})"], ["RETURN NULL;"]), *lines]


def _delete(target: WriteTarget) -> list[str]:
    *conditions, last = _where_key(target)
    return [
        f"DELETE FROM {target.relation} AS t",
        *conditions,
        f"{last};",
        *write_if(["NOT FOUND"], ["RETURN NULL;"]),
        "RETURN OLD;",
    ]


def _where_key(target: WriteTarget) -> list[str]:
    pairs = [f"t.{column.base} = OLD.{column.view}" for column in target.key]
    return [f"{'AND' if index else 'WHERE'} {pair}" for index, pair in enumerate(pairs)]


def _read_derived(target: WriteTarget) -> list[str]:
    """Read what the view joins or computes for the written row; without the key at hand it is unknown."""
    if not target.derived:
        return []
    fields = [f"NEW.{name}" for name in target.derived]
    if not target.key:
        return [f"{field} := NULL;" for field in fields]
    *conditions, last = (
        f"{'AND' if index else 'WHERE'} v.{column.view} = NEW.{column.view}" for index, column in enumerate(target.key)
    )
    return [
        *write_list("SELECT ", [f"v.{name}" for name in target.derived], ""),
        *write_list("INTO ", fields, ""),
        f"FROM {target.view} AS v",
        *conditions,
        f"{last};",
    ]
