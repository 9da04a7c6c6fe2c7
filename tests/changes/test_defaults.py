"""Defaults of columns: whatever is an expression, and whatever looks like one."""

from typing import Any

from sqlalchemy import (
    ARRAY,
    Boolean,
    Column,
    Date,
    DateTime,
    Integer,
    Interval,
    LargeBinary,
    Numeric,
    String,
    Text,
    Uuid,
    func,
    null,
    text,
)
from sqlalchemy.dialects import postgresql as pg

from tests.changes.cases import Case, each_of
from tests.changes.conftest import Changes
from tests.changes.test_columns import HOSTILE_COMMENT


def default(name: str, type_: Any, before: Any, after: Any, **facts: Any) -> Case:
    """Return a case of a column whose default changes."""
    return Case(
        name,
        lambda m: m.table(Column("a", type_, server_default=before)),
        lambda m: m.table(Column("a", type_, server_default=after)),
        **facts,
    )


CASES = (
    Case(
        "texts that stand in quotes come with their table",
        lambda m: None,
        lambda m: m.table(*(Column(name, Text, server_default=name) for name in ("'x'", "'", "it's'", "NULL"))),
    ),
    default("a number is set", Integer, None, text("7")),
    default("a number is changed", Integer, text("7"), text("8")),
    default("a number is taken away", Integer, text("7"), None),
    default("a negative number", Integer, text("7"), text("-8")),
    default("a number in quotes is the number", Integer, text("7"), "7", is_same=True),
    default("an expression of words", Boolean, text("NOT (1 IN (1, 2))"), text("NOT 1 BETWEEN 0 AND 2")),
    default("a time of another zone", DateTime, None, text("now() AT TIME ZONE 'utc'")),
    default("a default of another collation", Text, None, text("'a' COLLATE \"C\"")),
    default("a calculation", Integer, text("7"), text("3 * (4 + 1)")),
    default("a text is set", Text, None, "it's"),
    default("a hostile text", Text, "x", HOSTILE_COMMENT),
    default("from one hostile text to another", Text, HOSTILE_COMMENT, HOSTILE_COMMENT + "'"),
    default("an empty text", Text, None, ""),
    default("an empty text is taken away", Text, "", None),
    default("the text NULL is not NULL", Text, None, "NULL"),
    default("a text of blanks", Text, " ", "  "),
    default("a text with a cast inside", Text, text("'a'"), text("'a::text'")),
    default("a text that is cast is the text", Text, "a", text("'a'::text"), is_same=True),
    default("a text of a varchar", String(20), "a", "b"),
    default("a text of many lines", Text, "a\nb", "a\n\nb\n"),
    default("backslashes", Text, "\\", "\\\\"),
    default("an escaped string", Text, text("E'\\\\n'"), text("E'\\n'")),
    default("a dollar quoted string", Text, text("$$it's$$"), text("$a$it's $$ 100%$a$")),
    default("colons", Text, text("'\\:a'"), text("'a\\:b \\:\\:text'")),
    default("NULL is none", Integer, None, text("NULL"), is_same=True),
    default("null() is none", Integer, None, null(), is_same=True),
    default("NULL with a cast", Text, None, text("NULL::text"), is_same=True),
    default("NULL in the place of a number", Integer, text("7"), text("NULL")),
    default("a number in the place of null()", Integer, null(), text("7")),
    default("true to false", Boolean, text("true"), text("false")),
    default("a word for true", Boolean, text("true"), text("'yes'"), is_same=True),
    default("now() is set", DateTime(timezone=True), None, func.now()),
    default(
        "now() is CURRENT_TIMESTAMP but for its name", DateTime(timezone=True), func.now(), text("CURRENT_TIMESTAMP")
    ),
    default("clock_timestamp in the place of now", DateTime(timezone=True), func.now(), func.clock_timestamp()),
    default("now at another place", DateTime(), func.now(), text("timezone('utc', now())")),
    default("a date", Date, text("'2026-01-02'"), text("'2026-01-03'::date")),
    default("CURRENT_DATE", Date, None, text("CURRENT_DATE")),
    default("a calculated date", Date, text("CURRENT_DATE"), text("(CURRENT_DATE + interval '1 day')::date")),
    default("an interval", Interval, text("'1 day'"), text("interval '1 day 02:00'")),
    default("a uuid", Uuid, None, func.gen_random_uuid()),
    default("a json document", pg.JSON(), text("'{}'"), text("'{\"a\"\\: 1}'")),
    default(
        "a jsonb document with another text",
        pg.JSONB(),
        text("'{}'"),
        text('\'{"a"\\: [1, null], "b%"\\: ":x"}\'::jsonb'),
    ),
    default("an empty array", ARRAY(Integer), None, text("'{}'")),
    default("an array written otherwise", ARRAY(Text), text("'{}'"), text("ARRAY['a', 'b:c']")),
    default("bytes", LargeBinary, None, text("'\\x00ff'")),
    default("a numeric with trailing zeros", Numeric(10, 2), text("1.5"), text("1.50")),
    default("the same numeric without a cast", Numeric(10, 2), text("1.5"), text("1.5::numeric"), is_same=True),
    default("CURRENT_USER", Text, None, text("CURRENT_USER")),
    default("session_user in its place", Text, text("CURRENT_USER"), text("session_user")),
    default("a setting", Text, text("current_setting('a.b', true)"), text("current_setting('a.\"c', true)")),
    default("a CASE", Integer, None, text("CASE WHEN now() > '2026-01-01' THEN 1 ELSE 2 END")),
    default("percent signs", Integer, text("7 % 4"), text("7 % 5")),
    default("concatenation", Text, text("'a' || 'b'"), text("('a' || 'c') || 'd'")),
    Case(
        "a default calls a function of the same revision",
        lambda m: m.table(Column("a", Integer)),
        lambda m: (m.function("SELECT 1"), m.table(Column("a", Integer, server_default=m.text("{s}.f()")))),
    ),
    Case(
        "a default calls a function no longer, which goes",
        lambda m: (m.function("SELECT 1"), m.table(Column("a", Integer, server_default=m.text("{s}.f()")))),
        lambda m: m.table(Column("a", Integer, server_default=text("1"))),
    ),
    Case(
        "a default calls a function whose result changes its type",
        lambda m: (m.function("SELECT 1"), m.table(Column("a", Text, server_default=m.text("{s}.f()")))),
        lambda m: (
            m.function("SELECT 1::bigint", returns="bigint"),
            m.table(Column("a", Text, server_default=m.text("{s}.f()"))),
        ),
    ),
    Case(
        "a default changes as the column comes to take no NULL",
        lambda m: m.table(Column("a", Integer)),
        lambda m: m.table(Column("a", Integer, server_default=text("1"), nullable=False)),
        rows="INSERT INTO {t} VALUES (1, 2)",
    ),
    Case(
        "a column is added with a default that is an expression",
        lambda m: m.table(),
        lambda m: m.table(Column("a", Text, server_default=text("'x' || 'y%s:z'"))),
    ),
    Case(
        "a column with a default goes",
        lambda m: m.table(Column("a", Text, server_default=text("'x' || 'y%s:z'"))),
        lambda m: m.table(),
    ),
)


@each_of(CASES)
def test_defaults(case: Case, changes: Changes) -> None:
    changes.check(case)
