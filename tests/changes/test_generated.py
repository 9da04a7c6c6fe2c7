"""Generated columns: how they are made, of what, and kept or not."""

from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Column, Computed, Index, Integer, Text, text

from tests.changes.cases import Case, Models, each_of
from tests.changes.conftest import Changes

ROWS = "INSERT INTO {t} (id, a, b) VALUES (1, 2, 'x'), (2, NULL, NULL)"


def generated(name: str, before: str | None, after: str | None, type_: Any = Integer, **facts: Any) -> Case:
    """Return a case of a third column beside a and b that is generated, stored, or is not there."""
    is_stored = facts.pop("is_stored", True)

    def build(expression: str | None) -> Any:
        items = () if expression is None else (text(expression.replace(":", "\\:")),)
        return lambda m: m.table(
            Column("a", Integer),
            Column("b", Text),
            *(Column("g", type_, Computed(each, persisted=is_stored)) for each in items),
        )

    return Case(name, build(before), build(after), rows=ROWS, **facts)


def _over(type_: Any, expression: str, generated_type: Any = Integer, **facts: Any) -> Any:
    """Return models in which g is made of a, which has a type."""

    def declare(m: Models) -> None:
        column = Column("g", generated_type, Computed(expression, persisted=True), **facts)
        m.table(Column("a", type_), Column("b", Text), column)

    return declare


def _granted(m: Models, type_: Any) -> None:
    m.table(Column("b", Text), Column("a", type_), Column("g", type_, Computed("a", persisted=True)))
    m.grant(m.role("one"), "select", "update", columns=("a", "g"))
    m.grant(m.role("two"), "select", columns=("g",), grantable=True)
    m.grant(m.role("three"), "select", columns=("b",))


CASES = (
    Case(
        "grants stay on a generated column that is made again",
        lambda m: _granted(m, Integer),
        lambda m: _granted(m, BigInteger),
    ),
    generated("a generated column comes", None, "a * 2"),
    generated("a generated column goes", "a * 2", None),
    generated("a generated column is made otherwise", "a * 2", "a * 3"),
    generated("a generated column is written otherwise", "a * 2", "(a) * (2)", is_same=True),
    generated("a generated column of another column", "a * 2", "length(b)"),
    generated("a generated column of two", "a * 2", "a + length(b)"),
    generated("a generated column with a colon and a percent sign", None, "b || ':x%s'", Text),
    generated("a generated column with quotes", "b || 'x'", "b || 'it''s \"\\'", Text),
    generated("a generated column with a CASE", None, "CASE WHEN a > 5 THEN 'many' ELSE 'few' END", Text),
    generated("a generated column with COALESCE", "a", "COALESCE(a, 0)"),
    generated("a generated column that casts", None, "(a::text)::bigint", BigInteger),
    generated("a virtual column comes", None, "a * 2", is_stored=False, since=18),
    generated("a virtual column goes", "a * 2", None, is_stored=False, since=18),
    generated("a virtual column is made otherwise", "a * 2", "a * 3", is_stored=False, since=18),
    Case(
        "a stored column becomes virtual",
        lambda m: m.table(Column("a", Integer), Column("g", Integer, Computed("a * 2", persisted=True))),
        lambda m: m.table(Column("a", Integer), Column("g", Integer, Computed("a * 2", persisted=False))),
        since=18,
    ),
    Case(
        "a virtual column becomes stored",
        lambda m: m.table(Column("a", Integer), Column("g", Integer, Computed("a * 2", persisted=False))),
        lambda m: m.table(Column("a", Integer), Column("g", Integer, Computed("a * 2", persisted=True))),
        since=18,
    ),
    Case(
        "a generated column keeps its values and is generated no longer",
        _over(Integer, "a * 2"),
        lambda m: m.table(Column("a", Integer), Column("b", Text), Column("g", Integer)),
    ),
    Case(
        "a column becomes generated",
        lambda m: m.table(Column("a", Integer), Column("b", Text), Column("g", Integer)),
        _over(Integer, "a * 2"),
    ),
    Case(
        "a column with a default becomes generated",
        lambda m: m.table(Column("a", Integer), Column("b", Text), Column("g", Integer, server_default=text("3"))),
        _over(Integer, "a * 2"),
    ),
    Case("a generated column gets another type", _over(Integer, "a * 2"), _over(Integer, "a * 2", BigInteger)),
    Case(
        "what a generated column is made of gets another type",
        _over(Integer, "a * 2"),
        _over(BigInteger, "a * 2", BigInteger),
    ),
    Case("the type of what it is made of changes alone", _over(Integer, "a % 2"), _over(BigInteger, "a % 2")),
    Case("a generated column gets a comment", _over(Integer, "a * 2"), _over(Integer, "a * 2", comment="it's :x")),
    Case(
        "a generated column and its comment change",
        _over(Integer, "a * 2", comment="old"),
        _over(Integer, "a * 3", comment="new"),
    ),
    Case(
        "a generated column keeps its comment as it is made otherwise",
        _over(Integer, "a * 2", comment="it's :x"),
        _over(Integer, "a * 3", comment="it's :x"),
    ),
    Case("a generated column takes no NULL", _over(Integer, "a * 2"), _over(Integer, "COALESCE(a, 1)", nullable=False)),
    Case(
        "an index stands on a generated column that is made otherwise",
        lambda m: m.table(
            Column("a", Integer), Column("g", Integer, Computed("a * 2", persisted=True)), Index("i", "g")
        ),
        lambda m: m.table(
            Column("a", Integer), Column("g", Integer, Computed("a * 3", persisted=True)), Index("i", "g")
        ),
    ),
    Case(
        "a check stands on a generated column that is made otherwise",
        lambda m: m.table(
            Column("a", Integer),
            Column("g", Integer, Computed("a * 2", persisted=True)),
            CheckConstraint("g <> 1", name="c"),
        ),
        lambda m: m.table(
            Column("a", Integer),
            Column("g", Integer, Computed("a * 4", persisted=True)),
            CheckConstraint("g <> 1", name="c"),
        ),
    ),
    Case(
        "a view stands on a generated column that is made otherwise",
        lambda m: (_over(Integer, "a * 2")(m), m.view("SELECT g FROM {t}")),
        lambda m: (_over(Integer, "a * 3")(m), m.view("SELECT g FROM {t}")),
    ),
    Case(
        "somebody's view stands on a generated column that is made otherwise",
        _over(Integer, "a * 2"),
        _over(Integer, "a * 3"),
        by_hand="CREATE VIEW {s}.theirs AS SELECT g FROM {t}",
    ),
    Case(
        "a column goes of which a generated one was made",
        lambda m: m.table(
            Column("a", Integer), Column("b", Text), Column("g", Integer, Computed("a + length(b)", persisted=True))
        ),
        lambda m: m.table(Column("b", Text), Column("g", Integer, Computed("length(b)", persisted=True))),
        reorders=True,
    ),
    Case(
        "a column goes with the generated one that was made of it",
        lambda m: m.table(
            Column("a", Integer), Column("b", Text), Column("g", Integer, Computed("a * 2", persisted=True))
        ),
        lambda m: m.table(Column("b", Text)),
        reorders=True,
    ),
    Case(
        "a column and the generated one that is made of it come",
        lambda m: m.table(Column("b", Text)),
        lambda m: m.table(
            Column("b", Text), Column("g", Integer, Computed("z * 2", persisted=True)), Column("z", Integer)
        ),
        reorders=True,
    ),
    Case(
        "a generated column calls a function that comes with it",
        lambda m: m.table(Column("a", Integer)),
        lambda m: _calls(m, "SELECT $1 + 1"),
    ),
    Case(
        "a generated column calls a function that changes",
        lambda m: _calls(m, "SELECT $1 + 1"),
        lambda m: _calls(m, "SELECT $1 + 2"),
    ),
    Case(
        "a generated column calls a function whose argument gets another name",
        lambda m: _calls(m, "SELECT $1 + 1"),
        lambda m: _calls(m, "SELECT $1 + 1", "x integer"),
    ),
    Case(
        "a generated column of a hostile name is made of one",
        lambda m: m.table(Column('a "%s" :x', Integer)),
        lambda m: m.table(
            Column('a "%s" :x', Integer),
            Column('g "%s" :x', Integer, Computed(text('"a ""%s"" \\:x" * 2'), persisted=True)),
        ),
    ),
)


def _calls(m: Models, body: str, arguments: str = "n integer") -> None:
    m.function(body, "f", "integer", arguments=arguments, volatility="immutable")
    m.table(Column("a", Integer), Column("g", Integer, Computed(m.text("{s}.f(a)"), persisted=True)))


@each_of(CASES)
def test_generated(case: Case, changes: Changes) -> None:
    changes.check(case)
