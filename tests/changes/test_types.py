"""Enumerated types and domains, under columns, defaults, checks, indexes, views and functions."""

from typing import Any

from sqlalchemy import ARRAY, CheckConstraint, Column, Index, Integer, Numeric, String, Text, text
from sqlalchemy import Enum as SAEnum
from sqlalchemy.dialects.postgresql import DOMAIN

from pgcraft.models import DomainDefinition, register_domain
from tests.changes import type_kind_cases
from tests.changes.cases import Case, Models, each_of, nothing
from tests.changes.conftest import Changes
from tests.changes.test_columns import HOSTILE_COMMENT

NAME = 'e "%s" :x'
HOSTILE = ("it's", 'quo"ted', "100%", ":x", "a, b", "back\\slash", "", "日本", "x" * 63)


def values(name: str, before: tuple[str, ...] | None, after: tuple[str, ...] | None, **facts: Any) -> Case:
    """Return a case of the values of an enumerated type that a column is of."""

    def build(given: tuple[str, ...] | None) -> Any:
        return lambda m: m.table(
            Column("a", Text if given is None else SAEnum(*given, name=NAME, schema=m.schema)),
        )

    facts = {"rows": "INSERT INTO {t} VALUES (1, 'x')", **facts}
    return Case(name, build(before), build(after), **facts)


def _enum(m: Models, *given: str) -> SAEnum:
    return SAEnum(*given, name=NAME, schema=m.schema)


def domain(name: str, before: dict[str, Any] | None, after: dict[str, Any] | None, **facts: Any) -> Case:
    """Return a case of a registered domain that a column is of, and of one that nothing is of."""

    def build(given: dict[str, Any] | None) -> Any:
        def declare(m: Models) -> None:
            if given is None:
                m.table(Column("a", Text))
                return
            words = {"type": "text", **given}
            register_domain(m.metadata, DomainDefinition(schema=m.schema, name=NAME, **words))
            register_domain(m.metadata, DomainDefinition(schema=m.schema, name="unused", **words))
            base: Any = {"text": Text, "integer": Integer, "varchar(9)": String(9), "numeric(10,2)": Numeric(10, 2)}
            m.table(Column("a", DOMAIN(NAME, base[words["type"]], schema=m.schema)))

        return declare

    facts = {"rows": "INSERT INTO {t} VALUES (1, '5')", **facts}
    return Case(name, build(before), build(after), **facts)


def _named(m: Models, type_: Any, **words: Any) -> Any:
    return DOMAIN(NAME, type_, schema=m.schema, **words)


XY = ("x", "y")
CASES = (
    values("an enum comes in the place of text", None, XY),
    values("an enum goes, and text comes", XY, None),
    values("an enum gets a value at the end", XY, ("x", "y", "z")),
    values("an enum gets a value at the beginning", XY, ("w", "x", "y")),
    values("an enum gets a value in the middle", XY, ("x", "m", "y")),
    values("an enum gets several values everywhere", XY, ("a", "x", "b", "c", "y", "d")),
    values("an enum gets hostile values", XY, (*XY, *HOSTILE)),
    values("an enum of hostile values gets another", (*XY, *HOSTILE), (*XY, *HOSTILE, "z")),
    values("an enum loses a value that no row has", ("x", "y", "z"), XY),
    values("an enum loses a hostile value", (*XY, *HOSTILE), (*XY, *HOSTILE[:-1])),
    values("an enum gets its values in another order", XY, ("y", "x")),
    values("an enum loses a value and gets another", ("x", "y"), ("x", "z")),
    Case(
        "an enum comes with a table, a default and an array",
        nothing,
        lambda m: m.table(
            Column("a", _enum(m, *XY), server_default="x", nullable=False), Column("l", ARRAY(_enum(m, *XY)))
        ),
    ),
    Case(
        "an enum goes with its table",
        lambda m: m.table(Column("a", _enum(m, *XY), server_default="x"), Column("l", ARRAY(_enum(m, *XY)))),
        nothing,
    ),
    Case(
        "an enum under a default loses a value",
        lambda m: m.table(Column("a", _enum(m, "x", "y", "z"), server_default="x")),
        lambda m: m.table(Column("a", _enum(m, *XY), server_default="x")),
        rows="INSERT INTO {t} VALUES (1, 'x')",
    ),
    Case(
        "an enum under a default of another value loses the first",
        lambda m: m.table(Column("a", _enum(m, "z", "x", "y"), server_default="z")),
        lambda m: m.table(Column("a", _enum(m, *XY), server_default="y")),
        rows="INSERT INTO {t} VALUES (1, 'x')",
    ),
    Case(
        "an enum under an array with a default loses a value",
        lambda m: m.table(Column("a", ARRAY(_enum(m, "x", "y", "z")), server_default="{x,y}")),
        lambda m: m.table(Column("a", ARRAY(_enum(m, *XY)), server_default="{x,y}")),
        rows="INSERT INTO {t} VALUES (1, '{y}')",
    ),
    Case(
        "an enum under an index with a condition loses a value",
        lambda m: _indexed(m, "x", "y", "z"),
        lambda m: _indexed(m, *XY),
        rows="INSERT INTO {t} VALUES (1, 'x')",
    ),
    Case(
        "an enum under a check loses a value",
        lambda m: _checked(m, "x", "y", "z"),
        lambda m: _checked(m, *XY),
        rows="INSERT INTO {t} VALUES (1, 'x')",
    ),
    Case(
        "an enum under views loses a value",
        lambda m: _viewed(m, "x", "y", "z"),
        lambda m: _viewed(m, *XY),
        rows="INSERT INTO {t} VALUES (1, 'x')",
    ),
    Case(
        "an enum under a function loses a value",
        lambda m: _called(m, "x", "y", "z"),
        lambda m: _called(m, *XY),
        rows="INSERT INTO {t} VALUES (1, 'x')",
    ),
    Case(
        "an enum gets a value that a new default uses",
        lambda m: m.table(Column("a", _enum(m, *XY))),
        lambda m: m.table(Column("a", _enum(m, *XY, "z"), server_default="z")),
        rows="INSERT INTO {t} VALUES (1, 'x')",
    ),
    Case(
        "an enum gets a value that a new check uses",
        lambda m: m.table(Column("a", _enum(m, *XY))),
        lambda m: m.table(Column("a", _enum(m, *XY, "z")), CheckConstraint("a <> 'z'", name="c")),
        rows="INSERT INTO {t} VALUES (1, 'x')",
    ),
    Case(
        "one enum takes the place of another",
        lambda m: m.table(Column("a", SAEnum("x", "y", name="one", schema=m.schema))),
        lambda m: m.table(Column("a", SAEnum("x", "y", "z", name="two", schema=m.schema))),
        rows="INSERT INTO {t} VALUES (1, 'x')",
    ),
    Case(
        "two tables are of one enum that loses a value",
        lambda m: [m.table(Column("a", _enum(m, "x", "y", "z")), name=name) for name in ("one", "two")],
        lambda m: [m.table(Column("a", _enum(m, *XY)), name=name) for name in ("one", "two")],
        rows="INSERT INTO {s}.one VALUES (1, 'x'); INSERT INTO {s}.two VALUES (1, 'y')",
    ),
    Case(
        "an enum that is no type of PostgreSQL's gets a value",
        lambda m: m.table(Column("a", SAEnum("x", "y", native_enum=False, create_constraint=True, name="c"))),
        lambda m: m.table(Column("a", SAEnum("x", "yy", native_enum=False, create_constraint=True, name="c"))),
        rows="INSERT INTO {t} VALUES (1, 'x')",
    ),
    Case(
        "an enum that is no type becomes one",
        lambda m: m.table(Column("a", SAEnum("x", "y", native_enum=False, create_constraint=True, name="c"))),
        lambda m: m.table(Column("a", _enum(m, *XY))),
        rows="INSERT INTO {t} VALUES (1, 'x')",
    ),
    domain("a domain comes in the place of text", None, {}),
    domain("a domain goes, and text comes", {}, None),
    domain("a domain gets a default", {}, {"default": "'it''s :x %s'"}),
    domain("a domain has another default", {"default": "'a'"}, {"default": "'b' || 'c'"}),
    domain("a domain loses its default", {"default": "'a'"}, {}),
    domain("a domain takes no NULL", {}, {"nullable": False}),
    domain("a domain takes NULL", {"nullable": False}, {}),
    domain("a domain gets a check", {}, {"checks": {"c": "VALUE <> ''"}}),
    domain("a domain gets a hostile check", {}, {"checks": {'c "%s" :x': "VALUE <> 'it''s :x %s'"}}),
    domain("a domain's check changes", {"checks": {"c": "VALUE <> ''"}}, {"checks": {"c": "VALUE <> 'a'"}}),
    domain(
        "a domain's check is written otherwise",
        {"checks": {"c": "VALUE <> ''"}},
        {"checks": {"c": "(VALUE) <> ('')"}},
        is_same=True,
    ),
    domain(
        "a domain loses one of its checks",
        {"checks": {"c": "VALUE <> ''", "d": "VALUE <> 'd'"}},
        {"checks": {"d": "VALUE <> 'd'"}},
    ),
    domain("a domain's check gets another name", {"checks": {"c": "VALUE <> ''"}}, {"checks": {"d": "VALUE <> ''"}}),
    domain("a domain gets a comment", {}, {"comment": HOSTILE_COMMENT}),
    domain("a domain loses its comment", {"comment": HOSTILE_COMMENT}, {}),
    domain("a domain is made of another type", {}, {"type": "varchar(9)"}),
    domain("a domain of text becomes one of numbers", {}, {"type": "integer"}),
    domain(
        "a domain of another type keeps default and check",
        {"default": "'5'", "checks": {"c": "VALUE <> ''"}},
        {"type": "varchar(9)", "default": "'5'", "checks": {"c": "VALUE <> ''"}},
    ),
    domain("a domain gets a collation", {}, {"collation": '"C"'}),
    Case(
        "a domain column comes to an existing table",
        lambda m: m.table(),
        lambda m: m.table(Column("a", _named(m, Text, check="VALUE <> ''"))),
    ),
    Case(
        "a domain over a domain is made of another type",
        lambda m: _over_domain(m, "text", Text),
        lambda m: _over_domain(m, "varchar(9)", String(9)),
        rows="INSERT INTO {t} VALUES (1, 'x')",
    ),
    Case(
        "a domain over an enum that loses a value",
        lambda m: _over_enum(m, "x", "y", "z"),
        lambda m: _over_enum(m, *XY),
        rows="INSERT INTO {t} VALUES (1, 'x')",
    ),
    Case(
        "a domain under an array gets a check",
        lambda m: m.table(Column("a", ARRAY(_named(m, Text)))),
        lambda m: m.table(Column("a", ARRAY(_named(m, Text, check="VALUE <> ''")))),
        rows="INSERT INTO {t} VALUES (1, '{x}')",
    ),
    Case(
        "a domain under a view is made of another type",
        lambda m: (m.table(Column("a", _named(m, Text))), m.view("SELECT a FROM {t}")),
        lambda m: (m.table(Column("a", _named(m, String(9)))), m.view("SELECT a FROM {t}")),
        rows="INSERT INTO {t} VALUES (1, 'x')",
    ),
    Case(
        "a domain calls a function that comes with it",
        nothing,
        lambda m: _calling_domain(m, "n text"),
    ),
    Case(
        "a domain calls a function whose argument gets another name",
        lambda m: _calling_domain(m, "n text"),
        lambda m: _calling_domain(m, "x text"),
        rows="INSERT INTO {t} VALUES (1, 'x')",
    ),
    *type_kind_cases.CASES,
)


def _indexed(m: Models, *given: str) -> None:
    column = Column("a", _enum(m, *given))
    m.table(column, Index("i", "a", postgresql_where=text("a <> 'y'")))


def _checked(m: Models, *given: str) -> None:
    m.table(Column("a", _enum(m, *given)), CheckConstraint("a IN ('x', 'y')", name="c"))


def _viewed(m: Models, *given: str) -> None:
    m.table(Column("a", _enum(m, *given)))
    m.view("SELECT a FROM {t} WHERE a <> 'y'")
    m.view("SELECT a AS b FROM {s}.v", name="w")


def _called(m: Models, *given: str) -> None:
    m.table(Column("a", _enum(m, *given)))
    m.function("SELECT $1", arguments='v {s}."e ""%s"" :x"', returns='{s}."e ""%s"" :x"')


def _over_domain(m: Models, type_: str, base: Any) -> None:
    register_domain(m.metadata, DomainDefinition(schema=m.schema, name="base", type=type_))
    inner = DOMAIN("base", base, schema=m.schema)
    m.table(Column("a", DOMAIN("outer", inner, schema=m.schema, check="VALUE <> ''")), Column("b", inner))


def _over_enum(m: Models, *given: str) -> None:
    m.table(Column("a", DOMAIN("outer", _enum(m, *given), schema=m.schema)))


def _calling_domain(m: Models, arguments: str) -> None:
    m.function("SELECT $1 <> ''", "f", "boolean", arguments=arguments, volatility="immutable")
    m.table(Column("a", _named(m, Text, check=m.text("{s}.f(VALUE)"))))


@each_of(CASES)
def test_types(case: Case, changes: Changes) -> None:
    changes.check(case)
