"""Indexes of tables: methods, expressions, conditions, operator classes, options, names."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ARRAY, Column, Index, Integer, Text, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import INT4RANGE, JSONB, TSVECTOR

from tests.acceptance.hostile import HOSTILE_NAMES
from tests.changes.cases import Case, Models, each_of
from tests.changes.conftest import Changes

NAME = 'i "%s" :x'


def index(name: str, before: Callable[[], Any] | None, after: Callable[[], Any] | None, **facts: Any) -> Case:
    """Return a case of one index over a table of columns of many types."""

    def build(make: Callable[[], Any] | None) -> Any:
        return lambda m: m.table(
            Column("a", Integer),
            Column("b", Text),
            Column("C d", Integer),
            Column("j", JSONB),
            Column("l", ARRAY(Integer)),
            Column("r", INT4RANGE),
            Column("v", TSVECTOR),
            *((make(),) if make else ()),
        )

    return Case(name, build(before), build(after), **facts)


def on(*columns: Any, name: str = NAME, **options: Any) -> Callable[[], Any]:
    """Return what makes an index."""
    return lambda: Index(name, *columns, **options)


CASES = (
    index("an index comes", None, on("a")),
    index("an index goes", on("a"), None),
    index("an index over another column", on("a"), on("b")),
    index("an index over two columns", on("a"), on("a", "b")),
    index("an index over columns in another order", on("a", "b"), on("b", "a")),
    index("an index over a column with a blank", on("a"), on("C d")),
    index("an index gets another name", on("a"), on("a", name="other")),
    index("two indexes over the same", on("a"), lambda: Index("second", "a"), shows=("second",)),
    index("an index becomes unique", on("a"), on("a", unique=True)),
    index("an index is unique no longer", on("a", unique=True), on("a")),
    index(
        "a unique index takes one NULL", on("a", unique=True), on("a", unique=True, postgresql_nulls_not_distinct=True)
    ),
    index("an index runs down", on("a"), on(text("a DESC"))),
    index("an index with NULL first", on("a"), on(text("a NULLS FIRST"))),
    index("what is the default is said", on("a"), on(text("a ASC NULLS LAST")), is_same=True),
    index("an index over an expression", None, on(func.lower(text("b")))),
    index("an index over another expression", on(text("lower(b)")), on(text("upper(b)"))),
    index(
        "an index over an expression, written otherwise", on(text("lower(b)")), on(text("(lower((b)))")), is_same=True
    ),
    index("an index over an expression with percent signs and colons", None, on(text("(b || ':x%s')"))),
    index("an index over an expression with a cast", None, on(text("((a\\:\\:text || b))"))),
    index("an index over a path of a document", None, on(text("(j ->> 'a.b')"), text("(j #>> '{a,b}')"))),
    index("an index over an expression and a column", on("a"), on("a", text("lower(b) DESC"))),
    index("an index over a column named in an expression of a string", None, on(text("(b = 'a')"))),
    index("an index gets a condition", on("a"), on("a", postgresql_where=text("a > 5"))),
    index("an index loses its condition", on("a", postgresql_where=text("a > 5")), on("a")),
    index(
        "an index has another condition",
        on("a", postgresql_where=text("a > 5")),
        on("a", postgresql_where=text("b LIKE '%x:y'")),
    ),
    index(
        "a condition is written otherwise",
        on("a", postgresql_where=text("a > 5")),
        on("a", postgresql_where=text("(5 < a) OR false")),
    ),
    index("a condition of NULL and IN", None, on("a", postgresql_where=text("b IS NOT NULL AND b IN ('x', 'y')"))),
    index("an index includes a column", on("a"), on("a", postgresql_include=["b"])),
    index("an index includes others", on("a", postgresql_include=["b"]), on("a", postgresql_include=["C d", "id"])),
    index("an index by hash", on("a"), on("a", postgresql_using="hash")),
    index("an index by gin", None, on("j", postgresql_using="gin")),
    index(
        "an index by gin with an operator class",
        on("j", postgresql_using="gin"),
        on("j", postgresql_using="gin", postgresql_ops={"j": "jsonb_path_ops"}),
    ),
    index("an index by gist", None, on("r", postgresql_using="gist")),
    index(
        "an index by brin with an option",
        None,
        on("a", postgresql_using="brin", postgresql_with={"pages_per_range": 7}),
    ),
    index("an index of words", None, on("v", postgresql_using="gin")),
    index("an index of an array", None, on("l", postgresql_using="gin", postgresql_with={"fastupdate": "off"})),
    index("an index for patterns", on("b"), on("b", postgresql_ops={"b": "text_pattern_ops"})),
    index("an index for patterns no longer", on("b", postgresql_ops={"b": "text_pattern_ops"}), on("b")),
    index(
        "the operator class that is the default is said",
        on("b"),
        on("b", postgresql_ops={"b": "text_ops"}),
        is_same=True,
    ),
    index("an index with a collation", on("b"), on(text('b COLLATE "C"'))),
    index("an index gets a fill factor", on("a"), on("a", postgresql_with={"fillfactor": 50})),
    index(
        "an index has another fill factor",
        on("a", postgresql_with={"fillfactor": 50}),
        on("a", postgresql_with={"fillfactor": 70}),
    ),
    index("an index loses its fill factor", on("a", postgresql_with={"fillfactor": 50}), on("a")),
    index(
        "everything of an index",
        None,
        on(
            "a",
            text("lower(b) DESC NULLS LAST"),
            unique=True,
            postgresql_include=["C d"],
            postgresql_where=text("a <> 3"),
            postgresql_with={"fillfactor": 60},
            postgresql_nulls_not_distinct=True,
        ),
    ),
    Case(
        "an index over a column that comes",
        lambda m: m.table(),
        lambda m: m.table(Column("a", Integer, index=True)),
    ),
    Case(
        "an index with a name of PostgreSQL's, over a column that goes",
        lambda m: m.table(Column("a", Integer, index=True), Column("b", Integer)),
        lambda m: m.table(Column("b", Integer, index=True)),
        reorders=True,
    ),
    Case(
        "two indexes change their names",
        lambda m: m.table(Column("a", Integer), Column("b", Integer), Index("x", "a"), Index("y", "b")),
        lambda m: m.table(Column("a", Integer), Column("b", Integer), Index("y", "a"), Index("x", "b")),
    ),
    Case(
        "an index and a table change their names",
        lambda m: (m.table(Column("a", Integer), Index("x", "a")), m.table(name="y")),
        lambda m: (m.table(Column("a", Integer), Index("y", "a")), m.table(name="x")),
    ),
    Case(
        "an index moves to another table under its name",
        lambda m: (m.table(Column("a", Integer), Index("x", "a")), m.table(Column("a", Integer), name="other")),
        lambda m: (m.table(Column("a", Integer)), m.table(Column("a", Integer), Index("x", "a"), name="other")),
    ),
    Case(
        "indexes of every hostile name come",
        lambda m: m.table(Column("a", Integer)),
        lambda m: m.table(Column("a", Integer), *(Index(name, "a") for name in HOSTILE_NAMES)),
    ),
    Case(
        "indexes of every hostile name go",
        lambda m: m.table(Column("a", Integer), *(Index(name, "a") for name in HOSTILE_NAMES)),
        lambda m: m.table(Column("a", Integer)),
    ),
    Case(
        "an index calls a function that comes with it",
        lambda m: m.table(Column("a", Integer)),
        lambda m: _calls(m, "SELECT $1 + 1"),
    ),
    Case(
        "an index calls a function that goes",
        lambda m: _calls(m, "SELECT $1 + 1"),
        lambda m: m.table(Column("a", Integer)),
    ),
    Case(
        "an index calls a function whose argument gets another name",
        lambda m: _calls(m, "SELECT $1 + 1"),
        lambda m: _calls(m, "SELECT $1 + 1", "x integer"),
    ),
    Case(
        "an index beside a unique constraint of the same column",
        lambda m: m.table(Column("a", Integer), UniqueConstraint("a", name="u")),
        lambda m: m.table(Column("a", Integer), UniqueConstraint("a", name="u"), Index("i", "a")),
    ),
    Case(
        "somebody's index over a column that gets another type",
        lambda m: m.table(Column("a", Integer)),
        lambda m: m.table(Column("a", Text)),
        by_hand="CREATE INDEX theirs ON {t} (a)",
        rows="INSERT INTO {t} VALUES (1, 2)",
    ),
    Case(
        "somebody's options of an index that stays",
        lambda m: m.table(Column("a", Integer), Index("i", "a")),
        lambda m: m.table(Column("a", Integer), Column("b", Integer), Index("i", "a")),
        by_hand="CREATE INDEX theirs ON {t} (a) WITH (fillfactor = 33); ALTER TABLE {t} CLUSTER ON theirs",
    ),
)


def _calls(m: Models, body: str, arguments: str = "n integer") -> None:
    m.function(body, "f", "integer", arguments=arguments, volatility="immutable")
    table = m.table(Column("a", Integer))
    Index("i", m.text("({s}.f(a))"), _table=table)


@each_of(CASES)
def test_indexes(case: Case, changes: Changes) -> None:
    changes.check(case)
