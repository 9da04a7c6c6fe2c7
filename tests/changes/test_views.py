"""Views, plain and materialized: their columns, options, defaults, comments, indexes, and what stands on what."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, Table, Text, func, select, text

from tests.acceptance.hostile import HOSTILE_NAMES
from tests.changes.cases import Case, Models, each_of, nothing
from tests.changes.conftest import Changes
from tests.changes.test_columns import HOSTILE_COMMENT


def view(
    name: str,
    before: str | None,
    after: str | None,
    more: tuple[dict[str, Any], dict[str, Any]] = ({}, {}),
    **facts: Any,
) -> Case:
    """Return a case of one view over a table with a and b."""

    def build(query: str | None, given: dict[str, Any]) -> Callable[[Models], None]:
        def declare(m: Models) -> None:
            m.table(Column("a", Integer), Column("b", Text))
            if query is not None:
                m.view(query, name='v "%s" :x', **given)

        return declare

    return Case(name, build(before, more[0]), build(after, more[1]), **facts)


def options(name: str, before: dict[str, Any], after: dict[str, Any], **facts: Any) -> Case:
    """Return a case of what is said of one view whose query stays."""
    return view(name, "SELECT id, a, b FROM {t}", "SELECT id, a, b FROM {t}", (before, after), **facts)


def kept(
    name: str, before: str | None, after: str | None, indexes: tuple[Any, Any] = (None, None), **facts: Any
) -> Case:
    """Return a case of one materialized view."""

    def build(query: str | None, index: Any) -> Callable[[Models], None]:
        def declare(m: Models) -> None:
            m.table(Column("a", Integer), Column("b", Text))
            if query is None:
                return
            table = Table("mv", MetaData(), Column("a", Integer), Column("b", Text), schema=m.schema)
            made = (index(table),) if index else ()
            m.view(query, name="mv", is_materialized=True, indexes=made, comment=facts_comment)

        return declare

    facts_comment = facts.pop("comment", None)
    return Case(name, build(before, indexes[0]), build(after, indexes[1]), **facts)


def _chain(m: Models, *columns: Any) -> None:
    m.table(*columns)
    m.view("SELECT * FROM {t}", name="one")
    m.view("SELECT * FROM {s}.one", name="two")
    m.view("SELECT * FROM {s}.two", name="three")


def _reading(m: Models, column: Column[Any], returns: str, query: str) -> None:
    m.table(column, Column("b", Text))
    m.function(query, returns=returns)
    m.view("SELECT {s}.f() AS n")


OVER = "SELECT a, b FROM {t}"
CASES = (
    view("a view comes", None, OVER),
    view("a view goes", OVER, None),
    view("a view gets a column at the end", OVER, "SELECT a, b, id FROM {t}"),
    view("a view gets a column in front", OVER, "SELECT id, a, b FROM {t}"),
    view("a view loses a column", OVER, "SELECT a FROM {t}"),
    view("a view shows its columns in another order", OVER, "SELECT b, a FROM {t}"),
    view("a view's column gets another name", OVER, 'SELECT a AS "A ""%s"" :x", b FROM {t}'),
    view("a view's column gets another type", OVER, "SELECT a::bigint, b FROM {t}"),
    view(
        "a view's column gets another length",
        "SELECT b::varchar(5) AS b FROM {t}",
        "SELECT b::varchar(9) AS b FROM {t}",
    ),
    view("a view shows other rows", OVER, "SELECT a, b FROM {t} WHERE b LIKE '%:x%s' AND a > 5"),
    view("a view is written otherwise", OVER, "select x.a, x.b from {t} as x ;", is_same=False),
    view("a view is written with another layout", OVER, "SELECT a,\n\tb -- it's :x %s\nFROM {t};", is_same=True),
    view("a view has a comment in its text", "SELECT a FROM {t}", "SELECT a /* ; ' */ FROM {t} -- '", is_same=True),
    view("a view with a subquery", OVER, "SELECT a, b FROM (SELECT * FROM {t}) AS q WHERE EXISTS (SELECT FROM {t})"),
    view("a view with WITH", None, "WITH w AS (SELECT a, b FROM {t}) SELECT * FROM w"),
    view(
        "a view with a recursive WITH",
        None,
        "WITH RECURSIVE w (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM w WHERE n < 5) SELECT n FROM w",
    ),
    view("a view with UNION", OVER, "SELECT a, b FROM {t} UNION ALL SELECT 1, 'it''s'"),
    view("a view with a window", None, "SELECT a, row_number() OVER (PARTITION BY b ORDER BY a DESC) AS n FROM {t}"),
    view(
        "a view with LATERAL and FILTER",
        None,
        "SELECT t.a, n FROM {t} AS t, LATERAL (SELECT count(*) FILTER (WHERE b <> '%') AS n FROM {t}) AS l",
    ),
    view("a view of values", None, "VALUES (1, 'x'), (2, ':y')"),
    view(
        "a view of a document",
        None,
        "SELECT jsonb_build_object('a', a, ':b', b) -> 'a' AS j, b ~ '^\\d+$' AS \"is it?\" FROM {t}",
    ),
    view("a view of nothing", None, "SELECT FROM {t}"),
    options("a view gets a comment", {}, {"comment": HOSTILE_COMMENT}),
    options("a view's comment changes", {"comment": "x"}, {"comment": HOSTILE_COMMENT}),
    options("a view loses its comment", {"comment": HOSTILE_COMMENT}, {}),
    options("a view is a barrier", {}, {"options": (("security_barrier", "true"),)}),
    options("a view is a barrier no longer", {"options": (("security_barrier", "true"),)}, {}),
    options("a view asks as its reader", {}, {"options": (("security_invoker", "true"),)}),
    options("a view checks what is written", {}, {"options": (("check_option", "local"),)}),
    options(
        "a view checks otherwise",
        {"options": (("check_option", "local"),)},
        {"options": (("check_option", "cascaded"),)},
    ),
    options("a view's column gets a default", {}, {"column_defaults": (("b", "'it''s :x %s'"),)}),
    options(
        "a view's default changes", {"column_defaults": (("a", "1"),)}, {"column_defaults": (("a", "2"), ("b", "'x'"))}
    ),
    options("a view loses a default", {"column_defaults": (("a", "1"),)}, {}),
    view(
        "a view changes with its options, comment and defaults",
        OVER,
        "SELECT b FROM {t}",
        (
            {"options": (("security_barrier", "true"),), "comment": "x", "column_defaults": (("a", "1"),)},
            {"options": (("check_option", "local"),), "comment": "y", "column_defaults": (("b", "'z'"),)},
        ),
    ),
    view("a view loses its comment as it loses a column", OVER, "SELECT b FROM {t}", ({"comment": "x"}, {})),
    kept("a materialized view comes", None, OVER),
    kept("a materialized view goes", OVER, None),
    kept("a materialized view changes", OVER, "SELECT a, b FROM {t} WHERE a > 5"),
    kept("a materialized view changes with its comment", OVER, "SELECT a FROM {t}", comment=HOSTILE_COMMENT),
    kept("a materialized view gets an index", OVER, OVER, (None, lambda t: Index("i %s", t.c.a, unique=True))),
    kept("a materialized view loses an index", OVER, OVER, (lambda t: Index("i %s", t.c.a), None)),
    kept(
        "a materialized view's index changes",
        OVER,
        OVER,
        (lambda t: Index("i", t.c.a), lambda t: Index("i", t.c.b, t.c.a)),
    ),
    kept(
        "a materialized view changes under its index",
        OVER,
        "SELECT a, b FROM {t} WHERE a > 5",
        (lambda t: Index("i", t.c.a),) * 2,
    ),
    kept(
        "a materialized view and its index change",
        OVER,
        "SELECT b, a FROM {t}",
        (lambda t: Index("i", t.c.a), lambda t: Index("i", func.lower(t.c.b))),
    ),
    Case(
        "a view becomes a materialized one",
        lambda m: (m.table(), m.view("SELECT id FROM {t}")),
        lambda m: (m.table(), m.view("SELECT id FROM {t}", is_materialized=True)),
    ),
    Case(
        "a materialized view becomes a plain one",
        lambda m: (m.table(), m.view("SELECT id FROM {t}", is_materialized=True)),
        lambda m: (m.table(), m.view("SELECT id FROM {t}")),
    ),
    Case(
        "a chain of views that show everything gets a column",
        lambda m: _chain(m),
        lambda m: _chain(m, Column("a", Text)),
    ),
    Case(
        "a chain of views that show everything loses a column",
        lambda m: _chain(m, Column("a", Text), Column("b", Text)),
        lambda m: _chain(m, Column("b", Text)),
        reorders=True,
    ),
    Case(
        "a chain of views gets a column of another type",
        lambda m: _chain(m, Column("a", Integer)),
        lambda m: _chain(m, Column("a", BigInteger)),
    ),
    Case(
        "the middle view of a chain goes",
        lambda m: _chain(m),
        lambda m: (m.table(), m.view("SELECT * FROM {t}", name="one"), m.view("SELECT * FROM {s}.one", name="three")),
    ),
    Case(
        "two views change places",
        lambda m: (m.table(), m.view("SELECT id FROM {t}", name="v"), m.view("SELECT id FROM {s}.v", name="w")),
        lambda m: (m.table(), m.view("SELECT id FROM {t}", name="w"), m.view("SELECT id FROM {s}.w", name="v")),
    ),
    Case(
        "a view reads another table, and the first goes",
        lambda m: (m.table(name="one"), m.view("SELECT id FROM {s}.one")),
        lambda m: (m.table(name="two"), m.view("SELECT id FROM {s}.two")),
    ),
    Case(
        "a view is a select of SQLAlchemy",
        lambda m: m.view(select(m.table(Column("a", Integer)).c.a)),
        lambda m: _selecting(m),
    ),
    Case(
        "a view shows what a function gives, which changes its type",
        lambda m: _reading(m, Column("a", Integer), "integer", "SELECT a FROM {t} LIMIT 1"),
        lambda m: _reading(m, Column("a", Text), "text", "SELECT a FROM {t} LIMIT 1"),
        rows="INSERT INTO {t} VALUES (1, 2, 'x')",
    ),
    Case(
        "views of every hostile name come and show such columns",
        lambda m: m.table(*(Column(name, Integer) for name in HOSTILE_NAMES)),
        lambda m: _hostile(m),
    ),
    Case(
        "views of every hostile name go",
        lambda m: _hostile(m),
        lambda m: m.table(*(Column(name, Integer) for name in HOSTILE_NAMES)),
    ),
    Case(
        "somebody's view stands on a view that loses a column",
        lambda m: (m.table(Column("a", Integer)), m.view("SELECT id, a FROM {t}")),
        lambda m: (m.table(Column("a", Integer)), m.view("SELECT id FROM {t}")),
        by_hand="CREATE VIEW {s}.theirs AS SELECT id FROM {s}.v; COMMENT ON COLUMN {s}.theirs.id IS 'it''s'",
    ),
    Case(
        "somebody's comment, option and default of a view that is made again",
        lambda m: (m.table(Column("a", Integer)), m.view("SELECT id, a FROM {t}")),
        lambda m: (m.table(Column("a", BigInteger)), m.view("SELECT id, a FROM {t}")),
        by_hand="COMMENT ON VIEW {s}.v IS 'it''s'; COMMENT ON COLUMN {s}.v.a IS ':x';"
        " ALTER VIEW {s}.v SET (security_barrier); ALTER VIEW {s}.v ALTER COLUMN a SET DEFAULT 7",
    ),
    Case("a view without a table comes", nothing, lambda m: m.view("SELECT 1 AS n, current_user::text AS u")),
)


def _selecting(m: Models) -> None:
    table = m.table(Column("a", Integer))
    m.view(
        select(table.c.a, func.count().label("n"))
        .where(table.c.a.in_([1, 2]))
        .group_by(table.c.a)
        .having(text("count(*) > 1"))
    )


def _hostile(m: Models) -> None:
    table = m.table(*(Column(name, Integer) for name in HOSTILE_NAMES))
    for name in HOSTILE_NAMES:
        m.view(select(table.c[name], table.c.id), name=f"{name[:20]}v")


@each_of(CASES)
def test_views(case: Case, changes: Changes) -> None:
    changes.check(case)
