"""Tables that inherit from others, and what comes with those."""

from typing import Any

from sqlalchemy import CheckConstraint, Column, Integer, Text

from tests.changes.cases import Case, Models, each_of
from tests.changes.conftest import Changes
from tests.changes.test_columns import HOSTILE_COMMENT

PARENT = 'parent "%s"'


def family(name: str, before: Any, after: Any, **facts: Any) -> Case:
    """Return a case of a parent with some items, and a child with others, each a list."""

    def build(items: Any) -> Any:
        return lambda m: _family(m, *items())

    return Case(name, build(before), build(after), **facts)


def _family(m: Models, parent: list[Any] | None, child: list[Any] | None, *, inherits: Any = PARENT) -> None:
    if parent is not None:
        m.table(*parent, name=PARENT)
    if child is not None:
        m.table(*child, key=False, postgresql_inherits=inherits)


def a() -> Column[Any]:
    return Column("a", Integer)


def b() -> Column[Any]:
    return Column('b "%s"', Text)


ROWS = "INSERT INTO {t} (id, a) VALUES (1, 2)"
CASES = (
    family("a child comes with its parent", lambda: (None, None), lambda: ([a()], [b()])),
    family("a child goes with its parent", lambda: ([a()], [b()]), lambda: (None, None)),
    family("a child comes", lambda: ([a()], None), lambda: ([a()], [b()])),
    family("a child goes", lambda: ([a()], [b()]), lambda: ([a()], None)),
    family("a parent gets a column", lambda: ([a()], []), lambda: ([a(), b()], []), rows=ROWS, reorders=True),
    family("a parent loses a column", lambda: ([a(), b()], []), lambda: ([a()], []), rows=ROWS),
    family("a child gets a column", lambda: ([a()], []), lambda: ([a()], [b()]), rows=ROWS),
    family("a child loses a column", lambda: ([a()], [b()]), lambda: ([a()], []), rows=ROWS),
    family(
        "a parent's column gets another type, a default and a comment",
        lambda: ([a()], []),
        lambda: ([Column("a", Text, server_default="x", comment=HOSTILE_COMMENT, nullable=False)], []),
        rows=ROWS,
    ),
    family(
        "a parent gets a check",
        lambda: ([a()], [b()]),
        lambda: ([a(), CheckConstraint("a > 0", name="c %s")], [b()]),
        rows=ROWS,
    ),
    family(
        "a parent's check changes",
        lambda: ([a(), CheckConstraint("a > 0", name="c")], []),
        lambda: ([a(), CheckConstraint("a > 1", name="c")], []),
        rows=ROWS,
    ),
    family(
        "a parent loses a check, and the child one of its own",
        lambda: ([a(), CheckConstraint("a > 0", name="c")], [b(), CheckConstraint("a < 100", name="own")]),
        lambda: ([a()], [b()]),
        rows=ROWS,
    ),
    family("a child says again what its parent says", lambda: ([a()], []), lambda: ([a()], [a()]), is_same=True),
    Case(
        "a child of two parents comes, and a child of that",
        lambda m: _parents(m),
        lambda m: (_two(m, ("one", "two")), m.table(b(), name="below", key=False, postgresql_inherits=m.name)),
    ),
    Case(
        "a view reads a child whose parent loses a column",
        lambda m: (_family(m, [a(), b()], []), m.view("SELECT * FROM {t}")),
        lambda m: (_family(m, [a()], []), m.view("SELECT * FROM {t}")),
        rows=ROWS,
    ),
    family(
        "somebody's child stands beside",
        lambda: ([a()], []),
        lambda: ([a(), b()], []),
        reorders=True,
        by_hand="CREATE TABLE {s}.theirs (own int) INHERITS ({t})",
    ),
)


def _parents(m: Models) -> None:
    m.table(a(), name="one", key=False)
    m.table(a(), Column("c", Integer), name="two", key=False)


def _two(m: Models, inherits: Any) -> None:
    _parents(m)
    m.table(Column("own", Integer), key=False, postgresql_inherits=inherits)


@each_of(CASES)
def test_inheritance(case: Case, changes: Changes) -> None:
    changes.check(case)
