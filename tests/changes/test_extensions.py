"""Types, operator classes and functions of PostgreSQL's extensions, which somebody has installed."""

from typing import Any

from sqlalchemy import Column, Index, Text, text
from sqlalchemy.dialects.postgresql import CITEXT, HSTORE

from pgcraft.models import PGCraftNamedType
from tests.changes.cases import Case, Models, each_of, nothing
from tests.changes.conftest import Changes

GIVEN = "CREATE EXTENSION IF NOT EXISTS {}"
ELSEWHERE = 'CREATE SCHEMA IF NOT EXISTS "e x"; CREATE EXTENSION IF NOT EXISTS {} SCHEMA "e x"'


def extended(name: str, before: Any, after: Any, given: str, **facts: Any) -> Case:
    """Return a case that begins with an extension."""
    return Case(name, before, after, given=given, **facts)


def _taking(type_: str, body: str) -> Any:
    def declare(m: Models) -> None:
        m.function(body, returns=type_, arguments=f"a {type_}")

    return declare


CASES = (
    extended(
        "a column of CITEXT comes", lambda m: m.table(), lambda m: m.table(Column("a", CITEXT)), GIVEN.format("citext")
    ),
    extended(
        "a column of text becomes one of CITEXT",
        lambda m: m.table(Column("a", Text)),
        lambda m: m.table(Column("a", CITEXT)),
        GIVEN.format("citext"),
    ),
    extended(
        "a column of CITEXT becomes one of text",
        lambda m: m.table(Column("a", CITEXT)),
        lambda m: m.table(Column("a", Text)),
        GIVEN.format("citext"),
    ),
    extended(
        "a column of CITEXT gets a default",
        lambda m: m.table(Column("a", CITEXT)),
        lambda m: m.table(Column("a", CITEXT, server_default="x")),
        GIVEN.format("citext"),
    ),
    extended(
        "a column of HSTORE comes, with an index",
        lambda m: m.table(),
        lambda m: m.table(Column("a", HSTORE), Index("i", "a", postgresql_using="gin")),
        GIVEN.format("hstore"),
    ),
    extended(
        "a column of HSTORE goes", lambda m: m.table(Column("a", HSTORE)), lambda m: m.table(), GIVEN.format("hstore")
    ),
    extended(
        "an index by trigrams comes",
        lambda m: m.table(Column("a", Text)),
        lambda m: m.table(
            Column("a", Text), Index("i", "a", postgresql_using="gin", postgresql_ops={"a": "gin_trgm_ops"})
        ),
        GIVEN.format("pg_trgm"),
    ),
    extended(
        "an index by trigrams becomes another",
        lambda m: m.table(
            Column("a", Text), Index("i", "a", postgresql_using="gin", postgresql_ops={"a": "gin_trgm_ops"})
        ),
        lambda m: m.table(
            Column("a", Text), Index("i", "a", postgresql_using="gist", postgresql_ops={"a": "gist_trgm_ops"})
        ),
        GIVEN.format("pg_trgm"),
    ),
    extended(
        "a function of an extension's type comes", nothing, _taking("citext", "SELECT $1"), GIVEN.format("citext")
    ),
    extended(
        "a function of an extension's type changes",
        _taking("citext", "SELECT $1"),
        _taking("citext", "SELECT $1 || 'x'"),
        GIVEN.format("citext"),
    ),
    extended(
        "a function of the type of an extension elsewhere comes",
        nothing,
        _taking('"e x".cube', "SELECT $1"),
        ELSEWHERE.format("cube"),
    ),
    extended(
        "a function of the type of an extension elsewhere changes",
        _taking('"e x".cube', "SELECT $1"),
        _taking('"e x".cube', 'SELECT NULL::"e x".cube'),
        ELSEWHERE.format("cube"),
    ),
    Case(
        "an extension comes, with a column of its type",
        nothing,
        lambda m: (m.extension("seg"), m.table(Column("a", PGCraftNamedType("seg", schema="public")))),
    ),
    Case(
        "an extension goes, with a column of its type",
        lambda m: (m.extension("isn"), m.table(Column("a", PGCraftNamedType("isbn", schema="public")))),
        nothing,
        is_filled=False,
    ),
    Case(
        "an extension comes into a schema of its own, with a default that calls it",
        lambda m: m.table(Column("a", Text)),
        lambda m: (
            m.extension("unaccent", m.schema),
            m.table(Column("a", Text, server_default=m.text("{s}.unaccent('x')"))),
        ),
    ),
    Case(
        "an extension moves to another schema",
        lambda m: (m.table(), m.extension("btree_gin", f"one {m.tag}")),
        lambda m: (m.table(), m.extension("btree_gin", f"two {m.tag}")),
    ),
    Case(
        "an extension that somebody has installed is declared, without a schema",
        lambda m: m.table(),
        lambda m: (m.extension("tcn"), m.table()),
        given=ELSEWHERE.format("tcn"),
        is_same=True,
    ),
    Case(
        "an extension that somebody has installed is declared no longer",
        lambda m: (m.extension("tsm_system_rows"), m.table()),
        lambda m: m.table(),
        given=GIVEN.format("tsm_system_rows"),
        is_same=True,
    ),
    extended(
        "a default calls an extension's function",
        lambda m: m.table(Column("a", Text)),
        lambda m: m.table(Column("a", Text, server_default=text("soundex('x')"))),
        GIVEN.format("fuzzystrmatch"),
    ),
    extended(
        "a generated index calls an extension's function",
        lambda m: m.table(Column("a", Text)),
        lambda m: m.table(Column("a", Text), Index("i", text("soundex(a)"))),
        GIVEN.format("fuzzystrmatch"),
    ),
    extended(
        "a view reads through an extension's function",
        lambda m: (m.table(Column("a", Text)), m.view("SELECT a FROM {t}")),
        lambda m: (m.table(Column("a", Text)), m.view("SELECT soundex(a) AS a FROM {t}")),
        GIVEN.format("fuzzystrmatch"),
    ),
)


@each_of(CASES)
def test_extensions(case: Case, changes: Changes) -> None:
    changes.check(case)
