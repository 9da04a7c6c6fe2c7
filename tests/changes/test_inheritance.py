"""Tables that inherit from others, and what comes with those."""

from typing import Any

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, Column, Computed, Enum, Integer, Text, text

from pgcraft.models import (
    CompositeDefinition,
    PGCraftNamedType,
    PublicationDefinition,
    register_composite,
    register_publication,
)
from tests.changes.cases import Case, Models, each_of
from tests.changes.conftest import Changes
from tests.changes.test_columns import HOSTILE_COMMENT

PARENT = 'parent "%s"'
THEIRS = """
CREATE TABLE {s}.grandchild (q int) INHERITS ({s}.child); CREATE VIEW {s}.theirs AS SELECT {c} FROM {s}.grandchild;
GRANT SELECT ON {s}.theirs TO PUBLIC; COMMENT ON VIEW {s}.theirs IS 'x'; COMMENT ON COLUMN {s}.child.{c} IS 'x';
GRANT SELECT ({c}) ON {s}.child TO PUBLIC; ALTER TABLE {s}.child ALTER {c} SET STATISTICS 77;
CREATE POLICY theirs ON {s}.child USING ({c} > 1); CREATE STATISTICS {s}.st ON id, {c} FROM {s}.child
"""


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
    Case(
        "children, and somebody's, have defaults of their own while those of their parents change",
        lambda m: _of_own(m, OWN_BEFORE, "x", "y", "z"),
        lambda m: _of_own(m, OWN_AFTER, "y", "x"),
        rows="INSERT INTO {s}.below DEFAULT VALUES",
        by_hand="CREATE TABLE {s}.theirs () INHERITS ({s}.own); ALTER TABLE {s}.theirs ALTER a SET DEFAULT 9",
        is_filled=False,
        reorders=True,
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
        "a parent loses what its child had before",
        lambda: ([a(), b()], []),
        lambda: ([a()], []),
        by_hand='ALTER TABLE {t} NO INHERIT {s}."parent ""%s"""; ALTER TABLE {t} INHERIT {s}."parent ""%s"""',
        rows=ROWS,
    ),
    family(
        "somebody's child stands beside",
        lambda: ([a()], []),
        lambda: ([a(), b()], []),
        reorders=True,
        by_hand="CREATE TABLE {s}.theirs (own int) INHERITS ({t})",
    ),
    Case(
        "columns of children follow a type that is made again, with their defaults",
        lambda m: _of_types(m, "integer", "x", "y"),
        lambda m: _of_types(m, "bigint", "x"),
        rows="INSERT INTO {s}.child VALUES (1, 'x', '{x}', '(7)')",
        by_hand="CREATE TABLE {s}.own (q int) INHERITS ({s}.parent); ALTER TABLE {s}.own ALTER e SET DEFAULT 'x';"
        + THEIRS.replace("{c}", "e").replace("> 1", "= 'x'"),
        is_filled=False,
    ),
    Case(
        "somebody's child and its child, and what is built on them, while a column gets another type",
        lambda m: m.table(Column("a", Integer), name="parent"),
        lambda m: m.table(Column("a", BigInteger), name="parent"),
        by_hand=f"CREATE TABLE {{s}}.child (z int) INHERITS ({{s}}.parent); {THEIRS.replace('{c}', 'a')}",
    ),
    Case(
        "a parent is published, and its child is not",
        lambda m: _family(m, [a()], []),
        lambda m: (_family(m, [a()], []), _publish(m)),
    ),
    Case(
        "a function by which a parent and a child compute a column takes another argument",
        lambda m: _computing(m, "n integer"),
        lambda m: _computing(m, "m integer"),
        reorders=True,
    ),
    Case(
        "somebody's view of a partition while a column gets another type",
        lambda m: _divided(m, Integer()),
        lambda m: _divided(m, BigInteger()),
        by_hand="CREATE VIEW {s}.theirs AS SELECT a FROM {s}.p; CREATE POLICY theirs ON {s}.p USING (a > 1)",
    ),
)


OWN_BEFORE = {"a": "123", "b": "-23", "c": "123", "d": "1--", "e": "123", "f": "12-", "g": "1-3", "t": "123"}
"""The defaults of a column in a parent, a child, and a child of that, which follows its parent without one."""
OWN_AFTER = {"a": "423", "b": "423", "c": "-23", "d": "42-", "e": "4--", "f": "43-", "g": "4-3", "h": "12-", "t": "423"}


def _of_own(m: Models, defaults: dict[str, str], *values: str) -> None:
    number = BigInteger() if "h" in defaults else Integer()
    for place, (name, above) in enumerate((("parent", None), ("child", "parent"), ("below", "child"))):
        numbers = ((column, given[place]) for column, given in defaults.items() if above is None or given[place] != "-")
        columns = [
            Column(column, number if column == "t" else Integer(), server_default=None if given == "-" else text(given))
            for column, given in numbers
        ]
        state = Column("s", Enum(*values, name="e", schema=m.schema), server_default=values[place % 2])
        m.table(state, *columns, name=name, key=above is None, postgresql_inherits=above)
    m.table(Column("a", Integer, server_default=defaults["a"][0]), name="own", key=False)


def _of_types(m: Models, part: str, *values: str) -> None:
    state = Enum(*values, name="e", schema=m.schema)
    register_composite(m.metadata, CompositeDefinition(schema=m.schema, name="c", attributes={"a": part}))
    m.table(
        *(Column("e", state), Column("l", ARRAY(state)), Column("c", PGCraftNamedType("c", schema=m.schema))),
        name="parent",
    )
    m.table(name="child", key=False, postgresql_inherits="parent")


def _publish(m: Models) -> None:
    register_publication(m.metadata, PublicationDefinition(name=f"{m.tag} p", tables=((m.schema, PARENT),)))


def _computing(m: Models, arguments: str) -> None:
    m.function("SELECT $1 + 1", arguments=arguments, volatility="immutable")
    m.table(a(), Column("g", Integer, Computed(m.text("{s}.f(a)"), persisted=True)), name="computing")
    m.table(key=False, postgresql_inherits="computing", name="computing too")
    m.view('SELECT g FROM {s}."computing too"')


def _divided(m: Models, type_: Any) -> None:
    m.table(Column("a", type_), postgresql_partition_by="RANGE (id)")
    m.partition("p", "FROM (1) TO (9)")


def _parents(m: Models) -> None:
    m.table(a(), name="one", key=False)
    m.table(a(), Column("c", Integer), name="two", key=False)


def _two(m: Models, inherits: Any) -> None:
    _parents(m)
    m.table(Column("own", Integer), key=False, postgresql_inherits=inherits)


@each_of(CASES)
def test_inheritance(case: Case, changes: Changes) -> None:
    changes.check(case)
