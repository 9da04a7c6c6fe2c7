"""The bodies of the functions that write through an API view.

Each works on the base relation under the alias ``t``, so that no column can be mistaken for a variable of PL/pgSQL.
NEW is filled from RETURNING for the columns that are the base's; what the view joins or computes is read again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from pgcraft.extensions.postgrest.selection import ShownColumn
from pgcraft.identifiers import quote_name, quote_qualified

_WIDTH = 100


@dataclass(frozen=True)
class WriteTarget:
    """What the functions of one API view write.

    Attributes:
        relation: schema and name of the base.
        view: schema and name of the API view.
        shown: the base columns that the view shows.
        derived: names of the view's other columns.
        key: those of ``shown`` that are the base's key; empty when the view hides a part of it.
        read_only: names of base columns that the server fills.
        automatic: names of base columns whose default applies when they are NULL: the client's role could not
            evaluate it.
    """

    relation: tuple[str, str]
    view: tuple[str, str]
    shown: tuple[ShownColumn, ...]
    derived: tuple[str, ...]
    key: tuple[ShownColumn, ...]
    read_only: frozenset[str]
    automatic: frozenset[str]

    @property
    def written(self) -> tuple[ShownColumn, ...]:
        """The shown columns that a client may write."""
        return tuple(column for column in self.shown if base_name(column) not in self.read_only)


def base_name(shown: ShownColumn) -> str:
    """Give the base's name for a shown column."""
    return shown.name if shown.column is None else shown.column.name


def write_body(op: str, target: WriteTarget) -> str:
    """Give the body of the function for one operation: ``insert``, ``update`` or ``delete``."""
    writers = {"insert": _insert, "update": _update, "delete": _delete}
    lines = "\n".join(f"    {line}" for line in writers[op](target))
    return f"\nBEGIN\n{lines}\nEND;\n"


def _insert(target: WriteTarget) -> list[str]:
    automatic = [column for column in target.written if base_name(column) in target.automatic]
    branches = []
    for count in range(len(automatic), -1, -1):
        for left_out in combinations(automatic, count):
            branches.append((left_out, _insert_statement(target, left_out)))
    return [*_choose(branches), *_read_derived(target), "RETURN NEW;"]


def _choose(branches: Sequence[tuple[Sequence[ShownColumn], list[str]]]) -> list[str]:
    """Write IF … ELSIF … ELSE over the columns that are left out; one branch alone stands bare."""
    if len(branches) == 1:
        return branches[0][1]
    lines = []
    for index, (left_out, statement) in enumerate(branches):
        condition = " AND ".join(f"{_new(column)} IS NULL" for column in left_out)
        lines.append(f"{'ELSIF' if index else 'IF'} {condition} THEN" if condition else "ELSE")
        lines += [f"    {line}" for line in statement]
    return [*lines, "END IF;"]


def _insert_statement(target: WriteTarget, left_out: Sequence[ShownColumn]) -> list[str]:
    columns = [column for column in target.written if column not in left_out]
    head = f"INSERT INTO {quote_qualified(*target.relation)} AS t"
    if not columns:
        return [f"{head} DEFAULT VALUES", *_returning(target)]
    return [
        *_listed(f"{head} (", (quote_name(base_name(column)) for column in columns), ")"),
        *_listed("VALUES (", map(_new, columns), ")"),
        *_returning(target),
    ]


def _update(target: WriteTarget) -> list[str]:
    changes = (f"{quote_name(base_name(column))} = {_new(column)}" for column in target.written)
    return [
        f"UPDATE {quote_qualified(*target.relation)} AS t",
        *_listed("SET ", changes, ""),
        *_where_key(target, "t", "OLD"),
        *_returning(target),
        "IF NOT FOUND THEN",
        "    RETURN NULL;",
        "END IF;",
        *_read_derived(target),
        "RETURN NEW;",
    ]


def _delete(target: WriteTarget) -> list[str]:
    *conditions, last = _where_key(target, "t", "OLD")
    return [
        f"DELETE FROM {quote_qualified(*target.relation)} AS t",
        *conditions,
        f"{last};",
        "IF NOT FOUND THEN",
        "    RETURN NULL;",
        "END IF;",
        "RETURN OLD;",
    ]


def _where_key(target: WriteTarget, alias: str, record: str) -> list[str]:
    pairs = [f"{alias}.{quote_name(base_name(column))} = {record}.{quote_name(column.name)}" for column in target.key]
    return [f"{'AND' if index else 'WHERE'} {pair}" for index, pair in enumerate(pairs)]


def _returning(target: WriteTarget) -> list[str]:
    if not target.shown:
        return [";"]
    returned = _listed("RETURNING ", (f"t.{quote_name(base_name(column))}" for column in target.shown), "")
    return [*returned, *_listed("INTO ", map(_new, target.shown), ";")]


def _read_derived(target: WriteTarget) -> list[str]:
    """Read what the view joins or computes for the written row; without the key at hand it is unknown."""
    if not target.derived:
        return []
    fields = [f"NEW.{quote_name(name)}" for name in target.derived]
    if not target.key:
        return [f"{field} := NULL;" for field in fields]
    *conditions, last = (
        f"{'AND' if index else 'WHERE'} v.{quote_name(column.name)} = {_new(column)}"
        for index, column in enumerate(target.key)
    )
    return [
        *_listed("SELECT ", (f"v.{quote_name(name)}" for name in target.derived), ""),
        *_listed("INTO ", fields, ""),
        f"FROM {quote_qualified(*target.view)} AS v",
        *conditions,
        f"{last};",
    ]


def _new(column: ShownColumn) -> str:
    return f"NEW.{quote_name(column.name)}"


def _listed(opening: str, items: Iterable[str], closing: str) -> list[str]:
    """Write a list on one line, or one item a line when it is long."""
    parts = list(items)
    line = f"{opening}{', '.join(parts)}{closing}"
    if len(line) <= _WIDTH:
        return [line]
    inner = [f"    {part}," for part in parts[:-1]]
    if closing.startswith(")"):
        return [opening, *inner, f"    {parts[-1]}", closing]
    return [opening.rstrip(), *inner, f"    {parts[-1]}{closing}"]
