"""What looks odd about tables, indexes, functions and names is said once, with its place, a reason and a way out."""

from typing import Any

import pytest
from sqlalchemy import (
    CHAR,
    JSON,
    BigInteger,
    Column,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import MONEY, TIME

from pgcraft.config import PGCraftConfig
from pgcraft.errors import Place
from pgcraft.factory import PGCraftSimple
from pgcraft.models import FunctionDefinition, SchemaDefinition, register_function, register_schema
from pgcraft.service.findings import LintChoice
from pgcraft.service.lint import FINDERS, lint
from pgcraft.service.lint_rules import RULES, find_unknown
from tests.unit.service.linting import Declare, load

STYLE = LintChoice(ignore=("PGL11", "PGL5"))
"""What this file is not about."""


def child(*items: Any) -> Declare:
    """Two tables, the second of which has more; to be declared once, for a column stands on one table."""

    def declare(metadata: MetaData, _config: PGCraftConfig) -> None:
        Table("parents", metadata, Column("id", Integer, primary_key=True), schema="s")
        Table("children", metadata, Column("id", Integer, primary_key=True), *items, schema="s")

    return declare


def function(**options: Any) -> Declare:
    given: dict[str, Any] = {"schema": "s", "name": "f", "returns": "integer", "language": "sql", "body": "SELECT 1"}
    return lambda metadata, _: register_function(metadata, FunctionDefinition(**given | options))


def definer(path: str | None) -> Declare:
    settings = () if path is None else (("search_path", path),)
    return function(security_definer=True, revoke_public=True, settings=settings)


def two_indexes(*elements: tuple[Any, ...], **options: Any) -> Declare:
    def declare(metadata: MetaData, _config: PGCraftConfig) -> None:
        Table(
            "t",
            metadata,
            Column("id", Integer, primary_key=True),
            Column("a", Integer),
            Column("b", Integer),
            *(Index(f"i{at}", *each, **options) for at, each in enumerate(elements)),
            schema="s",
        )

    return declare


def key(*columns: str, **options: Any) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(columns, ["s.parents.id"], **options)


NOTES: dict[str, tuple[Declare, list[str]]] = {
    "no index": (child(Column("p", ForeignKey("s.parents.id"))), ["PGL201 table s.children has a foreign key on p w"]),
    "an index": (child(Column("p", ForeignKey("s.parents.id"), index=True)), []),
    "an index without nulls": (
        child(Column("p", ForeignKey("s.parents.id")), Index("ip", "p", postgresql_where=text("(p IS NOT NULL)"))),
        [],
    ),
    "an index of some": (
        child(Column("p", ForeignKey("s.parents.id")), Index("ip", "p", postgresql_where=text("p > 0"))),
        ["PGL201 table s.children"],
    ),
    "an index of another method": (
        child(Column("p", ForeignKey("s.parents.id")), Index("ip", "p", postgresql_using="brin")),
        ["PGL201 table s.children"],
    ),
    "a key leads": (
        child(Column("p", ForeignKey("s.parents.id"), nullable=False), UniqueConstraint("p", "id")),
        [],
    ),
    "a key follows": (
        child(Column("p", ForeignKey("s.parents.id"), nullable=False), UniqueConstraint("id", "p")),
        ["PGL201 table s.children has a foreign key on p without"],
    ),
    "no key": (
        lambda metadata, _: Table("loose", metadata, Column("a", Integer), schema="s"),
        ["PGL101 table s.loose has no primary key"],
    ),
    "loose": (child(Column("a", String, unique=True)), ["PGL102 table s.children has a unique key on a, and a may be"]),
    "strict": (child(Column("a", String, unique=True, nullable=False)), []),
    "nulls clash": (child(Column("a", String), UniqueConstraint("a", postgresql_nulls_not_distinct=True)), []),
    "another type": (
        child(Column("p", BigInteger, index=True), key("p")),
        ["PGL103 table s.children has a foreign key on p, of bigint, to one of integer"],
    ),
    "nulled": (
        child(Column("p", Integer, nullable=False, index=True), key("p", ondelete="SET NULL")),
        ["PGL104 table s.children has a foreign key that sets p to NULL"],
    ),
    "nulled column": (
        child(Column("p", Integer, nullable=False, index=True), key("p", ondelete="SET NULL (p)")),
        ["PGL104 table s.children has a foreign key that sets p to NULL"],
    ),
    "may be nulled": (child(Column("p", Integer, index=True), key("p", ondelete="SET NULL")), []),
    "cascades": (child(Column("p", Integer, nullable=False, index=True), key("p", ondelete="CASCADE")), []),
    "twice": (two_indexes(("a",), ("a",)), ["PGL202 index i1 on s.t does again what index i0 on s.t does"]),
    "in other words": (two_indexes((text("lower(a::text)"),), (text("upper(a::text)"),)), []),
    "as the key": (two_indexes(("id",)), ["PGL202 index i0 on s.t does again what constraint t_pkey on s.t does"]),
    "begins": (two_indexes(("a",), ("a", "b")), ["PGL203 index i0 on s.t is the beginning of index i1 on s.t"]),
    "other order": (two_indexes(("b",), ("a", "b")), []),
    "for some": (two_indexes(("a",), ("a", "b"), postgresql_where=text("a > 0")), []),
    "must be unique": (two_indexes(("a",), ("a", "b"), unique=True, postgresql_nulls_not_distinct=True), []),
    "idle": (
        function(returns="trigger", language="plpgsql", body="BEGIN RETURN NULL; END"),
        ["PGL401 function s.f() is a trigger function that no trigger calls"],
    ),
    "pinned": (definer("pg_temp"), []),
    "pinned behind": (definer("app, pg_temp"), []),
    "empty path": (definer(""), ["PGL402 function s.f() is SECURITY DEFINER with search_path = '': who may make"]),
    "no path": (definer(None), []),
    "pinned before": (definer("pg_temp, app"), ["PGL402 function s.f() is SECURITY DEFINER with search_path = pg_te"]),
    "as its caller": (function(settings=(("search_path", ""),)), []),
    "for everyone": (
        function(security_definer=True, settings=(("search_path", "pg_temp"),), revoke_public=False),
        ["PGL403 function s.f() is SECURITY DEFINER, and everyone may call it"],
    ),
}

ADVICE: dict[str, tuple[Declare, list[str]]] = {
    "small": (child(), ["PGL111", "PGL111", "PGL112", "PGL112"]),
    "types": (
        child(
            Column("a", DateTime),
            Column("b", CHAR(3)),
            Column("c", String(9)),
            Column("d", MONEY),
            Column("e", TIME(timezone=True)),
            Column("f", JSON),
            Column("g", DateTime(timezone=True)),
            Column("h", Text),
            Column("i", TIME),
        ),
        ["PGL111", "PGL111", "PGL112", "PGL112", "PGL113", "PGL114", "PGL115", "PGL116", "PGL116", "PGL116"],
    ),
    "large": (
        lambda metadata, _: Table(
            "t", metadata, Column("id", BigInteger, Identity(always=True), primary_key=True), schema="s"
        ),
        [],
    ),
    "quoted": (
        lambda metadata, _: (
            register_schema(metadata, SchemaDefinition(name="Mine")),
            Table("order", metadata, Column("a b", Text, primary_key=True), schema="s"),
        ),
        ["PGL501", "PGL501", "PGL501"],
    ),
}


@pytest.mark.parametrize("case", NOTES)
def test_each_rule_speaks_where_it_should_and_nowhere_else(case: str) -> None:
    declare, expected = NOTES[case]
    findings = lint(load(declare), STYLE)
    told = [f"{finding.code} {finding.message}" for finding in findings]
    assert [len(expected), expected] == [
        len(told),
        [text[: len(want)] for want, text in zip(expected, told, strict=False)],
    ], told
    assert all(finding.remedy and finding.level == "note" for finding in findings)


@pytest.mark.parametrize("case", ADVICE)
def test_what_works_and_is_done_otherwise_is_advice(case: str) -> None:
    declare, expected = ADVICE[case]
    findings = lint(load(declare))
    assert expected == [finding.code for finding in findings], findings
    assert all(finding.remedy and finding.level == "advice" for finding in findings)


def test_every_rule_has_a_row_a_function_and_a_page() -> None:
    """A code that nobody finds, or that nobody can look up."""
    assert list(RULES) == list(FINDERS) == sorted(RULES)
    assert all(rule.why.startswith("https://www.postgresql.org/docs/current/") for rule in RULES.values())
    assert len({rule.title for rule in RULES.values()}) == len(RULES)


def test_the_line_that_declares_it_is_told() -> None:
    """Of a column, that of whoever made it."""
    found = lint(
        load(lambda metadata, config: PGCraftSimple("t", "s", metadata, [Column("a", CHAR(2))], config=config))
    )
    (padded,) = (finding for finding in found if finding.code == "PGL114")
    assert isinstance(padded.place, Place)
    assert padded.place.file.endswith("test_lint.py")


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        (LintChoice(select=("PGL112",)), ["s.children.id", "s.parents.id"]),
        (LintChoice(select=("PGL1",), ignore=("PGL111",)), ["s.children.id", "s.parents.id"]),
        (LintChoice(select=("ALL",), ignore=("PGL111", "PGL112:s.parents.*")), ["s.children.id"]),
        (LintChoice(ignore=("ALL:s.parents.*", "PGL111")), ["s.children.id"]),
        (LintChoice(select=("PGL112:s.par*",)), ["s.parents.id"]),
        (LintChoice(ignore=("ALL",)), []),
    ],
)
def test_codes_are_selected_and_ignored_wholly_or_of_objects(choice: LintChoice, expected: list[str]) -> None:
    found = [str(finding.target).removeprefix("column ") for finding in lint(load(child()), choice)]
    assert expected == found


@pytest.mark.parametrize(
    ("choice", "unknown"),
    [
        (LintChoice(("PGL1", "PGL201"), ("PGL3:a.*", "ALL")), ""),
        (LintChoice(("PGL9",)), "PGL9"),
        (LintChoice((), ("PGL2011:x",)), "PGL2011"),
        (LintChoice((), ("",)), '""'),
    ],
)
def test_a_code_of_no_rule_is_told(choice: LintChoice, unknown: str) -> None:
    assert unknown == find_unknown(choice)
