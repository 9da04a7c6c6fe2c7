"""The bodies of the functions that write through an API view.

Each works on the base relation under the alias ``t``, so that no column can be mistaken for a variable of PL/pgSQL.
NEW is filled from RETURNING for the columns that are the base's; what the view joins or computes is read again. An
update touches the columns that change and no others, so that two clients may change different ones at a time.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import NamedTuple

_WIDTH = 100


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
        """The assignment of an UPDATE."""
        suffix = "" if self.has_equality else "::text"
        differs = f"NEW.{self.view}{suffix} IS DISTINCT FROM OLD.{self.view}{suffix}"
        return f"{self.base} = CASE WHEN {differs} THEN NEW.{self.view} ELSE t.{self.base} END"


@dataclass(frozen=True)
class WriteTarget:
    """What the functions of one API view write; every name is quoted.

    Attributes:
        relation: the base.
        view: the API view.
        columns: the base columns that the view shows.
        derived: the view's other columns.
        key: those of ``columns`` that are the base's key; empty when the view hides a part of it.
    """

    relation: str
    view: str
    columns: tuple[WriteColumn, ...]
    derived: tuple[str, ...]
    key: tuple[WriteColumn, ...]

    @cached_property
    def written(self) -> tuple[WriteColumn, ...]:
        """The columns that clients write."""
        return tuple(column for column in self.columns if column.is_written)

    @cached_property
    def returning(self) -> tuple[str, ...]:
        """The lines that bring the base columns back into NEW, and end the statement."""
        if not self.columns:
            return (";",)
        returned = _listed("RETURNING ", [f"t.{column.base}" for column in self.columns], "")
        return (*returned, *_listed("INTO ", [f"NEW.{column.view}" for column in self.columns], ";"))


def write_body(op: str, target: WriteTarget) -> str:
    """Give the body of the function for one operation: ``insert``, ``update`` or ``delete``."""
    writers = {"insert": _insert, "update": _update, "delete": _delete}
    return "\nBEGIN\n    " + "\n    ".join(writers[op](target)) + "\nEND;\n"


def _insert(target: WriteTarget) -> list[str]:
    automatic = [column for column in target.written if column.is_automatic]
    left_out = [some for count in range(len(automatic), -1, -1) for some in combinations(automatic, count)]
    branches = [(columns, _insert_statement(target, columns)) for columns in left_out]
    return [*_choose(branches), *_read_derived(target), "RETURN NEW;"]


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
        *_listed(f"{head} (", [column.base for column in columns], ")"),
        *_listed("VALUES (", [f"NEW.{column.view}" for column in columns], ")"),
        *target.returning,
    ]


def _update(target: WriteTarget) -> list[str]:
    changes = ",\n        ".join(column.change for column in target.written)
    return [
        f"UPDATE {target.relation} AS t",
        "SET",
        f"    {changes}",
        *_where_key(target),
        *target.returning,
        *_RETURN_NULL_UNLESS_FOUND,
        *_read_derived(target),
        "RETURN NEW;",
    ]


def _delete(target: WriteTarget) -> list[str]:
    *conditions, last = _where_key(target)
    return [
        f"DELETE FROM {target.relation} AS t",
        *conditions,
        f"{last};",
        *_RETURN_NULL_UNLESS_FOUND,
        "RETURN OLD;",
    ]


_RETURN_NULL_UNLESS_FOUND = ("IF NOT FOUND THEN", "    RETURN NULL;", "END IF;")


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
        *_listed("SELECT ", [f"v.{name}" for name in target.derived], ""),
        *_listed("INTO ", fields, ""),
        f"FROM {target.view} AS v",
        *conditions,
        f"{last};",
    ]


def _listed(opening: str, items: Iterable[str], closing: str) -> list[str]:
    """Write a list on one line, or one item a line when it is long."""
    parts = list(items)
    line = f"{opening}{', '.join(parts)}{closing}"
    if len(line) <= _WIDTH:
        return [line]
    inner = [f"    {part}," for part in parts[:-1]]
    if closing == ")":
        return [opening, *inner, f"    {parts[-1]}", closing]
    return [opening.rstrip(), *inner, f"    {parts[-1]}{closing}"]
