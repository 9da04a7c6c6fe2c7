"""The bodies of the functions that write through an API view.

Each works on the base relation under the alias ``t``, so that no column can be mistaken for a variable of PL/pgSQL.
NEW is filled from RETURNING for the columns that are the base's; what the view joins or computes is read again. An
update takes over what others have changed meanwhile and the client has not, so that two clients may change different
columns at a time; where both change the same one, the later fails with a serialization failure. Where a trigger of the
user's passes over a row, so do these.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import NamedTuple

from pgcraft.extensions.postgrest.filters import refuse_hidden
from pgcraft.extensions.postgrest.hiding import HIDING_VARIABLES, hide_rows
from pgcraft.plugins.concurrency import Merging
from pgcraft.plugins.equality import write_equal, write_same, write_same_rows
from pgcraft.sqltext.plpgsql import PASS_OVER, indent, write_block, write_list


class WriteColumn(NamedTuple):
    """A base column that an API view shows.

    Attributes:
        base: its quoted name in the base.
        view: its quoted name in the view.
        is_written: whether clients write it; the server fills the others.
        is_automatic: whether the base's default applies when it is NULL, because the client's role could not evaluate
            that default.
        types: the base's type and the one that the view shows it in, where clients may not name that of the base.
        is_exact: whether equal values of it, as the view shows them, are the same.
        has_own_equality: whether its ``=`` is PostgreSQL's own.
    """

    base: str
    view: str
    is_written: bool = True
    is_automatic: bool = False
    types: tuple[str, str] | None = None
    is_exact: bool = True
    has_own_equality: bool = True

    def equals(self, one: str, other: str) -> str:
        """The condition that two of its values are equal, neither of which is NULL."""
        return write_equal(one, other, has_own_equality=self.has_own_equality)

    @property
    def stored(self) -> str:
        """What is there, as the view shows it; brought back into NEW so."""
        return f"t.{self.base}{f'::{self.types[1]}' if self.types else ''}"

    @property
    def as_read(self) -> str:
        """What the client has read."""
        return f"OLD.{self.view}"

    @property
    def inserted(self) -> str:
        """What an INSERT takes from NEW."""
        return f"NEW.{self.view}{self._back}"

    def change(self, merging: Merging) -> str:
        """The assignment of an UPDATE: what was given, unless somebody has changed what was read."""
        merged = merging.call_merge(f"NEW.{self.view}", self.as_read, self.stored)
        is_as_read = write_same(self.stored, self.as_read, is_exact=self.is_exact)
        return f"{self.base} = CASE WHEN {is_as_read} THEN {self.inserted} ELSE {merged}{self._back} END"

    @property
    def _back(self) -> str:
        """The cast to the base's type."""
        return f"::{self.types[0]}" if self.types else ""


@dataclass(frozen=True)
class WriteTarget:
    """What the functions of one API view write; every name but those in ``hidden`` is quoted.

    Attributes:
        merging: the base's functions for many writers.
        relation: the base.
        view: the API view.
        columns: the base columns that the view shows.
        derived: the view's other columns.
        key: those of ``columns`` that are the base's key; empty when the view hides a part of it.
        entities: the table with the row's key, whose row every write touches; None where only a view is known.
        hidden: the base's columns that the view does not show; None where clients read all that is there.
        is_checked: whether what the view does not show cannot be written.
    """

    merging: Merging
    relation: str
    view: str
    columns: tuple[WriteColumn, ...]
    derived: tuple[str, ...]
    key: tuple[WriteColumn, ...]
    entities: str | None = None
    hidden: tuple[str, ...] | None = None
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
        returned = write_list("RETURNING ", [column.stored for column in self.columns], "")
        return (*returned, *write_list("INTO ", [f"NEW.{column.view}" for column in self.columns], ";"))


def write_body(op: str, target: WriteTarget) -> str:
    """Return the body of the function for one operation: ``insert``, ``update`` or ``delete``."""
    writers = {"insert": _insert, "update": _update, "delete": _delete}
    lines = writers[op](target)
    if target.hidden is None:
        return write_block(lines)
    return write_block(lines, variables=HIDING_VARIABLES, on_error=hide_rows(target.hidden))


def _insert(target: WriteTarget) -> list[str]:
    automatic = [column for column in target.written if column.is_automatic]
    left_out = [some for count in range(len(automatic), -1, -1) for some in combinations(automatic, count)]
    branches = [(columns, _insert_statement(target, columns)) for columns in left_out]
    return [*_choose(branches), PASS_OVER, *_read_derived(target), *_check(target), "RETURN NEW;"]


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
        *write_list("VALUES (", [column.inserted for column in columns], ")"),
        *target.returning,
    ]


def _update(target: WriteTarget) -> list[str]:
    others = [column for column in target.written if column not in target.key]
    changes = [
        column.change(target.merging) if column in others else f"{column.base} = {column.inserted}"
        for column in target.written
    ]
    return [
        f"UPDATE {target.relation} AS t",
        *write_list("SET ", changes),
        *_where_key(target),
        *(_pass_over_own(target, others) if others else ()),
        *target.returning,
        PASS_OVER,
        *_read_derived(target),
        *_check(target),
        "RETURN NEW;",
    ]


def _pass_over_own(target: WriteTarget, columns: Sequence[WriteColumn]) -> list[str]:
    """Write the condition that this very statement has not changed the row already, as one that names it twice does.

    A table takes the first change then, and passes over the others.
    """
    if target.entities is None:
        return []
    stored, read = ([column.stored for column in columns], [column.as_read for column in columns])
    is_as_read = write_same_rows(stored, read, is_exact=all(column.is_exact for column in columns))
    is_own = target.merging.call_is_own("t")
    if target.entities != target.relation:
        pairs = " AND ".join(column.equals(f"e.{column.base}", f"t.{column.base}") for column in target.key)
        is_own = f"EXISTS (SELECT FROM {target.entities} AS e WHERE {pairs} AND {target.merging.call_is_own('e')})"
    return [f"AND ({is_as_read[0]}", *indent(is_as_read[1:]), f"    OR NOT {is_own})"]


def _delete(target: WriteTarget) -> list[str]:
    *conditions, last = _where_key(target)
    return [f"DELETE FROM {target.relation} AS t", *conditions, f"{last};", PASS_OVER, "RETURN OLD;"]


def _where_key(target: WriteTarget) -> list[str]:
    pairs = [column.equals(f"t.{column.base}", f"OLD.{column.view}") for column in target.key]
    return [f"{'AND' if index else 'WHERE'} {pair}" for index, pair in enumerate(pairs)]


def _read_derived(target: WriteTarget) -> list[str]:
    """Read what the view joins or computes for the written row; without the key at hand it is unknown."""
    if not target.derived:
        return []
    fields = [f"NEW.{name}" for name in target.derived]
    if not target.key:
        return [f"{field} := NULL;" for field in fields]
    *conditions, last = (
        f"{'AND' if index else 'WHERE'} {column.equals(f'v.{column.view}', f'NEW.{column.view}')}"
        for index, column in enumerate(target.key)
    )
    return [
        *write_list("SELECT ", [f"v.{name}" for name in target.derived], ""),
        *write_list("INTO ", fields, ""),
        f"FROM {target.view} AS v",
        *conditions,
        f"{last};",
    ]
