"""Functions: signatures, bodies, options, and what calls them."""

from typing import Any

from sqlalchemy import Column, Integer, Text

from tests.acceptance.hostile import HOSTILE_NAMES
from tests.changes.cases import Case, Models, each_of, nothing
from tests.changes.conftest import Changes
from tests.changes.test_columns import HOSTILE_COMMENT


def function(name: str, before: dict[str, Any] | None, after: dict[str, Any] | None, **facts: Any) -> Case:
    """Return a case of one function."""

    def build(given: dict[str, Any] | None) -> Any:
        return lambda m: given is not None and m.function(**{"body": "SELECT 1", "name": 'f "%s" :x', **given})

    return Case(name, build(before), build(after), **facts)


def body(name: str, before: str, after: str, **facts: Any) -> Case:
    """Return a case of a body in PL/pgSQL."""
    words = {"language": "plpgsql", "returns": "text", "arguments": "a text"}
    return function(name, {"body": before, **words}, {"body": after, **words}, **facts)


def _naming(m: Models, column: str) -> None:
    """Declare functions whose bodies PostgreSQL reads when it makes them, and keeps no note of."""
    m.table(Column(column, Integer))
    m.function(f"SELECT max({column}) FROM {{t}}")
    m.view("SELECT {s}.f() AS f")
    m.function(f"SELECT $1.{column}", "of_row", arguments="r {t}")
    m.function(f"DELETE FROM {{t}} WHERE {column} > 1", "p", "", is_procedure=True)


def _following(m: Models, type_: Any, body: str) -> None:
    m.table(Column("a", type_), name="o")
    m.function(body)
    m.table(Column("d", Integer, server_default=m.text("{s}.f()")))
    m.view("SELECT {s}.f() AS f")
    m.grant(m.role("reader"), "execute", name="f", on="function", arguments="")


def _turning(m: Models, type_: Any, column: str) -> None:
    """Declare a function, and a view because of which what stands on the column is kept."""
    m.table(Column("a", type_), Column("b", Integer))
    m.function(f"BEGIN ATOMIC SELECT max({column}) FROM {{t}}; END", is_atomic=True)
    m.view("SELECT a FROM {t}", "shows")
    m.grant(m.role("reader"), "execute", name="f", on="function", arguments="")


def _giving(m: Models, *columns: Column[Any]) -> None:
    m.table(Column("a", Integer), *columns)
    m.function("SELECT * FROM {t}", returns="SETOF {t}")
    m.view("SELECT * FROM {s}.f()")
    m.view("SELECT v.* FROM {s}.v", "w")


OVER = "fraction double precision ORDER BY value anyelement"
MIDDLE = {
    "sfunc": "ordered_set_transition",
    "stype": "internal",
    "finalfunc": "percentile_disc_final",
    "finalfunc_extra": "",
}
SETS = "a integer ORDER BY b integer"
RANK = {"sfunc": "array_append", "stype": "integer[]", "finalfunc": "{s}.last", "hypothetical": ""}
CASES = (
    function("a function comes", None, {}),
    function("a function goes", {}, None),
    function("a function's body changes", {}, {"body": "SELECT 2"}),
    function("a function returns another type", {}, {"returns": "bigint", "body": "SELECT 1::bigint"}),
    function("a function returns a set", {}, {"returns": "SETOF integer"}),
    function("a function returns a table", {}, {"returns": 'TABLE(a integer, "B c" text)', "body": "SELECT 1, 'x'"}),
    function(
        "a function's table gets a column",
        {"returns": "TABLE(a integer)"},
        {"returns": "TABLE(a integer, b text)", "body": "SELECT 1, 'x'"},
    ),
    function("a function gets an argument", {}, {"arguments": "a integer"}),
    function("a function's argument gets another type", {"arguments": "a integer"}, {"arguments": "a bigint"}),
    function("a function's argument gets another name", {"arguments": "a integer"}, {"arguments": "b integer"}),
    function("a function's argument gets a name", {"arguments": "integer"}, {"arguments": "a integer"}),
    function("a function's argument loses its name", {"arguments": "a integer"}, {"arguments": "integer"}),
    function("a function's argument gets a default", {"arguments": "a integer"}, {"arguments": "a integer DEFAULT 5"}),
    function(
        "a function's argument has another default",
        {"arguments": "a text DEFAULT 'x'"},
        {"arguments": "a text DEFAULT 'it''s, :x %s)'"},
    ),
    function(
        "a function's argument loses its default", {"arguments": "a integer DEFAULT 5"}, {"arguments": "a integer"}
    ),
    function("a function's argument with a hostile name", {}, {"arguments": '"a ""%s"" :x" integer, "order" text'}),
    function(
        "a function with arguments that go out",
        {},
        {"arguments": "a integer, OUT b integer, OUT c text", "returns": "record", "body": "SELECT 1, 'x'"},
    ),
    function(
        "a function with an argument that goes in and out", {}, {"arguments": "INOUT a integer", "returns": "integer"}
    ),
    function("a function with any number of arguments", {}, {"arguments": "VARIADIC a integer[]"}),
    function(
        "an argument without a name of a type of many words",
        {"arguments": "interval day to second"},
        {"arguments": "interval day to second", "body": "SELECT 2"},
    ),
    function(
        "arguments of types of many words",
        {},
        {"arguments": "double precision, timestamp with time zone, character varying, bit varying"},
    ),
    function(
        "types are written by their other names",
        {"arguments": "a int, b varchar, c timestamptz, d bool"},
        {"arguments": "a integer, b character varying, c timestamp with time zone, d boolean"},
        is_same=True,
    ),
    function(
        "a function of arrays",
        {},
        {"arguments": "a integer[], b text[][]", "returns": "integer[]", "body": "SELECT $1"},
    ),
    function("a function is stable", {}, {"volatility": "stable"}),
    function("a function is immutable", {"volatility": "stable"}, {"volatility": "immutable"}),
    function("a function is volatile", {"volatility": "immutable"}, {}),
    function("a function is strict", {}, {"strict": True}),
    function("a function is strict no longer", {"strict": True}, {}),
    function("a function runs as its owner", {}, {"security_definer": True}),
    function("a function runs as its caller", {"security_definer": True}, {}),
    function("a function gets a setting", {}, {"settings": (("work_mem", "8MB"),)}),
    function(
        "a function's settings change",
        {"settings": (("work_mem", "8MB"), ("enable_seqscan", "off"))},
        {"settings": (("work_mem", "9MB"),)},
    ),
    function("a function loses a setting", {"settings": (("work_mem", "8MB"),)}, {}),
    function(
        "a function gets a search path of hostile names",
        {},
        {"settings": (("search_path", 'pg_catalog, "a ""b"", c", "$user"'),)},
    ),
    function("a function gets an empty search path", {}, {"settings": (("search_path", ""),)}),
    function("a function is not for everybody", {}, {"revoke_public": True}),
    function("a function is for everybody", {"revoke_public": True}, {}),
    function("a function gets a comment", {}, {"comment": HOSTILE_COMMENT}),
    function("a function loses its comment", {"comment": HOSTILE_COMMENT}, {}),
    function(
        "a function loses its comment as it returns another type",
        {"comment": "x"},
        {"returns": "text", "body": "SELECT 'x'"},
    ),
    function("a function is written in another language", {}, {"language": "plpgsql", "body": "BEGIN RETURN 1; END"}),
    function(
        "everything of a function changes",
        {"volatility": "stable", "strict": True, "comment": "x"},
        {
            "arguments": "a integer DEFAULT 3",
            "returns": "text",
            "body": "SELECT 'x'",
            "security_definer": True,
            "settings": (("work_mem", "8MB"),),
            "comment": "y",
            "revoke_public": True,
        },
    ),
    body("a body with a tab", "BEGIN RETURN a; END", "BEGIN\n\tRETURN a || '\t';\nEND"),
    body("a body with Windows' lines", "BEGIN RETURN a; END", "BEGIN\r\n  RETURN a;\r\nEND\r\n"),
    body("a body with blanks at its ends", "BEGIN RETURN a; END", "\n\n  BEGIN RETURN a; END  \n\n"),
    body("a body with blanks at the ends of its lines", "BEGIN RETURN a; END", "BEGIN   \n  RETURN a;  \n\t\nEND"),
    body("a body with dollars", "BEGIN RETURN a; END", "BEGIN RETURN $$ $body$ $1 $$; END -- $$ $"),
    body("a body with backslashes", "BEGIN RETURN a; END", "BEGIN RETURN '\\' || E'\\\\n' || a; END -- \\"),
    body("a body with percent signs", "BEGIN RETURN a; END", "BEGIN RETURN format('%s %% %1$I %(x)s', a); END -- %"),
    body("a body with colons", "BEGIN RETURN a; END", "BEGIN RETURN a::text || ':name' || ':1'; END -- :a \\:b"),
    body("a body with braces", "BEGIN RETURN a; END", "BEGIN RETURN '{a} {{b}} {0}'; END"),
    body(
        "a body with quotes of Python", "BEGIN RETURN a; END", "BEGIN RETURN '\"\"\"' || ''''''; END -- \"\"\" ''' \\"
    ),
    body(
        "a body with the words of pgcraft's own lines",
        "BEGIN RETURN a; END",
        "BEGIN RETURN a; END\n-- pgcraft: create view x.y\n--# pgcraft: drop table z",
    ),
    body("a body of unicode", "BEGIN RETURN a; END", "BEGIN RETURN 'ünï 日本 \U0001f600\u00a0\u2028'; END"),
    body("a body changes in its case alone", "BEGIN RETURN a; END", "begin return a; end"),
    body("a body changes in one blank", "BEGIN RETURN a; END", "BEGIN  RETURN a; END"),
    Case("an ordered-set aggregate function comes", nothing, lambda m: m.aggregate(MIDDLE, OVER, 'mid "%s"')),
    Case("an ordered-set aggregate function goes", lambda m: m.aggregate(MIDDLE, OVER), nothing),
    Case(
        "an ordered-set aggregate function is commented, and keeps its state",
        lambda m: m.aggregate(MIDDLE, OVER),
        lambda m: m.aggregate({**MIDDLE, "finalfunc_modify": "read_only"}, OVER, comment=HOSTILE_COMMENT),
    ),
    Case(
        "an ordered-set aggregate function says what is so",
        lambda m: m.aggregate(MIDDLE, OVER),
        lambda m: m.aggregate(
            {**MIDDLE, "finalfunc_modify": "READ_WRITE"}, "fraction float8 order  by value anyelement"
        ),
        is_same=True,
    ),
    Case(
        "a hypothetical-set aggregate function comes",
        nothing,
        lambda m: (m.function("SELECT $1[1]", "last", arguments="s integer[], a integer"), m.aggregate(RANK, SETS)),
    ),
    Case(
        "a second function of one name comes",
        lambda m: m.function("SELECT 1"),
        lambda m: (m.function("SELECT 1"), m.function("SELECT 2", arguments="a integer")),
    ),
    Case(
        "one of two functions of one name goes",
        lambda m: (m.function("SELECT 1"), m.function("SELECT 2", arguments="a integer")),
        lambda m: m.function("SELECT 2", arguments="a integer"),
    ),
    Case(
        "functions of every hostile name come",
        nothing,
        lambda m: [m.function("SELECT 1", name=name, comment=name) for name in HOSTILE_NAMES],
    ),
    Case(
        "functions of every hostile name go",
        lambda m: [m.function("SELECT 1", name=name, comment=name) for name in HOSTILE_NAMES],
        nothing,
    ),
    Case(
        "a function gives the rows of a table that gets a column",
        lambda m: (m.table(), m.function("SELECT * FROM {t}", returns="SETOF {t}")),
        lambda m: (m.table(Column("a", Integer)), m.function("SELECT * FROM {t}", returns="SETOF {t}")),
    ),
    Case(
        "a function returns another type and reads a column that comes with it",
        lambda m: (m.table(), m.function("SELECT id FROM {t}")),
        lambda m: (m.table(Column("a", Text)), m.function("SELECT a FROM {t}", returns="text")),
    ),
    Case(
        "a function takes the rows of a table that goes",
        lambda m: (m.table(), m.function("SELECT $1.id", arguments="r {t}")),
        nothing,
    ),
    Case(
        "functions turn from a column that goes to one that comes",
        lambda m: _naming(m, "a"),
        lambda m: _naming(m, "b"),
        is_filled=False,
    ),
    Case(
        "functions turn back to a column that was there before",
        lambda m: _naming(m, "b"),
        lambda m: _naming(m, "a"),
        is_filled=False,
    ),
    Case(
        "a function under a view and a default follows the type of what it names",
        lambda m: _following(m, Integer(), "SELECT max(a) FROM {s}.o"),
        lambda m: _following(m, Text(), "SELECT max(a)::integer FROM {s}.o"),
        is_filled=False,
    ),
    Case(
        "a function that is SQL itself turns to a column that gets another type",
        lambda m: _turning(m, Text(), "b"),
        lambda m: _turning(m, Integer(), "a"),
        is_filled=False,
    ),
    Case(
        "views show all that functions give, of a table that gets a column",
        lambda m: _giving(m),
        lambda m: _giving(m, Column("b", Integer)),
    ),
    Case(
        "a function calls another that comes with it",
        lambda m: m.function("SELECT 1"),
        lambda m: (m.function("SELECT {s}.g()"), m.function("SELECT 2", name="g")),
    ),
    Case(
        "two functions call each other",
        nothing,
        lambda m: (
            m.function("BEGIN RETURN {s}.g(); END", language="plpgsql"),
            m.function("BEGIN RETURN {s}.f(); END", name="g", language="plpgsql"),
        ),
    ),
    Case(
        "somebody's cost, rows and parallel of a function that is replaced",
        lambda m: m.function("SELECT 1", returns="SETOF integer"),
        lambda m: m.function("SELECT 2", returns="SETOF integer"),
        by_hand="ALTER FUNCTION {s}.f() COST 7 ROWS 9 PARALLEL SAFE SET lock_timeout = '3s'",
    ),
)


@each_of(CASES)
def test_functions(case: Case, changes: Changes) -> None:
    changes.check(case)
