"""Types of columns: with rows that every value of theirs survives, both ways."""

from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Double,
    Float,
    ForeignKeyConstraint,
    Index,
    Integer,
    Interval,
    LargeBinary,
    Numeric,
    SmallInteger,
    String,
    Text,
    Time,
    TypeDecorator,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects import postgresql as pg

from tests.changes.cases import Case, Models, each_of
from tests.changes.conftest import Changes


class Shout(TypeDecorator[str]):
    impl = String(20)
    cache_ok = True


def retype(name: str, before: Any, after: Any, value: str = "NULL", **facts: Any) -> Case:
    """Return a case of a column of one type that gets another, with a row."""
    return Case(
        name,
        lambda m: m.table(Column("a", before)),
        lambda m: m.table(Column("a", after)),
        rows=f"INSERT INTO {{t}} VALUES (1, {value})",
        **facts,
    )


def _computed(m: Models, type_: Any, expression: str, condition: str) -> None:
    """Declare what computes with a column."""
    m.table(
        Column("a", type_),
        Column("b", Integer),
        CheckConstraint(m.text(condition), name="c"),
        Index("computed", m.text(f"({expression})")),
        Index("partial", "b", postgresql_where=m.text(condition)),
        pg.ExcludeConstraint((m.text(f"({expression})"), "="), name="x", where=m.text(condition), using="btree"),
    )


CASES = (
    Case(
        "a type with decimals goes, and what computes with it",
        lambda m: _computed(m, Numeric(8, 2), "a + 1", "a > 0"),
        lambda m: _computed(m, Integer, "a + 1", "a > 0"),
    ),
    Case(
        "a time becomes a day, and what computes with it",
        lambda m: _computed(m, DateTime, "a + interval '1 day'", "a > '2020-01-01'"),
        lambda m: _computed(m, Date, "a + interval '1 day'", "a > '2020-01-01'"),
        is_filled=False,
    ),
    retype("integer to bigint", Integer, BigInteger, "7"),
    retype("bigint to integer", BigInteger, Integer, "7"),
    retype("integer to smallint", Integer, SmallInteger, "7"),
    retype("integer to numeric", Integer, Numeric(10, 2), "7"),
    retype("numeric to integer", Numeric(10, 2), Integer, "7"),
    retype("numeric gets another scale", Numeric(10, 2), Numeric(12, 4), "7.25"),
    retype("numeric loses its precision", Numeric(10, 2), Numeric(), "7.25"),
    retype("numeric gets a precision", Numeric(), Numeric(5), "7"),
    retype("real to double precision", Float(24), Double(), "1.5"),
    retype("double precision to real", Float(53), Float(24), "1.5"),
    retype("float to numeric", Float(), Numeric(), "1.5"),
    retype("varchar grows", String(5), String(50), "'abc'"),
    retype("varchar shrinks", String(50), String(5), "'abc'"),
    retype("varchar to text", String(50), Text, "'abc'"),
    retype("text to varchar", Text, String(50), "'abc'"),
    retype("varchar to char", String(5), pg.CHAR(5), "'abcde'"),
    retype("text to citext-like collation", Text, Text(collation="C"), "'abc'"),
    retype("text loses its collation", Text(collation="C"), Text, "'abc'"),
    retype("text gets another collation", String(9, collation="C"), String(9, collation="POSIX"), "'abc'"),
    retype("text to integer", Text, Integer, "'12'"),
    retype("integer to text", Integer, Text, "12"),
    retype("text to boolean", Text, Boolean, "'true'"),
    retype("boolean to text", Boolean, Text, "true"),
    retype("boolean to integer", Boolean, Integer, "true"),
    retype("integer to boolean", Integer, Boolean, "1"),
    retype("text to date", Text, Date, "'2026-01-02'"),
    retype("date to timestamp", Date, DateTime, "'2026-01-02'"),
    retype("timestamp to timestamp with time zone", DateTime(), DateTime(timezone=True), "'2026-01-02 03:04'"),
    retype("timestamp gets a precision", DateTime(), pg.TIMESTAMP(precision=0), "'2026-01-02 03:04'"),
    retype("timestamp with time zone to date", DateTime(timezone=True), Date, "'2026-01-02'"),
    retype("time gets a zone", Time(), Time(timezone=True), "'03:04'"),
    retype("interval gets fields", Interval(), pg.INTERVAL(fields="DAY TO SECOND"), "'1 day'"),
    retype("interval gets a precision", Interval(), Interval(second_precision=3), "'1 day'"),
    retype("text to uuid", Text, Uuid, "'00000000-0000-0000-0000-000000000001'"),
    retype("uuid to text", Uuid, Text, "'00000000-0000-0000-0000-000000000001'"),
    retype("text to json", Text, pg.JSON(), "'{}'"),
    retype("json to jsonb", pg.JSON(), pg.JSONB(), "'{}'"),
    retype("jsonb to text", pg.JSONB(), Text, "'{}'"),
    retype("text to bytea", Text, LargeBinary, "'ab'"),
    retype("bit to varying bit", pg.BIT(4), pg.BIT(4, varying=True), "B'1010'"),
    retype("cidr to inet", pg.CIDR(), pg.INET(), "'10.0.0.0/8'"),
    retype("text to inet", Text, pg.INET(), "'10.0.0.1'"),
    retype("macaddr to macaddr8", pg.MACADDR(), pg.MACADDR8(), "'08:00:2b:01:02:03'"),
    retype("array of another type", ARRAY(Integer), ARRAY(BigInteger), "'{1,2}'"),
    retype("array of text to array of varchar", ARRAY(Text), ARRAY(String(5)), "'{a}'"),
    retype("range of another type", pg.INT4RANGE(), pg.INT8RANGE()),
    retype("a decorated type to what it stands for", Shout, String(20), "'a'", is_same=True),
    retype("a decorated type to a longer one", Shout, String(21), "'a'"),
    retype("boolean to smallint", Boolean, SmallInteger, "true"),
    retype("smallint to boolean", SmallInteger, Boolean, "1"),
    retype("boolean to bigint", Boolean, BigInteger, "false"),
    retype("boolean to numeric", Boolean, Numeric(3), "true"),
    retype("numeric to boolean", Numeric(3, 1), Boolean, "1.0"),
    retype("real to boolean", Float(24), Boolean, "0"),
    retype("bits become more", pg.BIT(4), pg.BIT(6), "B'1010'"),
    retype("bits become fewer", pg.BIT(6), pg.BIT(4), "B'101000'"),
    retype("varying bits become some", pg.BIT(4, varying=True), pg.BIT(4), "B'1010'"),
    retype("money to numeric", pg.MONEY(), Numeric(10, 2), "'7.25'"),
    retype("integer to money", Integer, pg.MONEY(), "7"),
    retype("array to text", ARRAY(Integer), Text, "'{1,2}'"),
    retype("text to array", Text, ARRAY(Text), "'{a,b}'"),
    retype("text to jsonb", Text, pg.JSONB(), "'[1]'"),
    retype("integer to oid", Integer, pg.OID(), "7"),
    retype("timestamp to time", DateTime(), Time(), "'1970-01-01 03:04'"),
    retype(
        "timestamp with time zone to time with one", DateTime(timezone=True), Time(timezone=True), "'1970-01-01 03:04'"
    ),
    retype("interval to timestamp", Interval(), Interval(native=False), "'1 day 03:04'"),
    retype("uuid to jsonb", Uuid, pg.JSONB(), "'00000000-0000-0000-0000-000000000001'"),
    retype("json to date", pg.JSON(), Date, "'\"2026-01-02\"'"),
    retype("boolean to jsonb", Boolean, pg.JSONB(), "true"),
    retype("array to jsonb", ARRAY(Text), pg.JSONB(), "'{a,\"b c\"}'"),
    retype("range to multirange", pg.INT4RANGE(), pg.INT4MULTIRANGE(), "'[1,5)'"),
    retype("date range to timestamp range", pg.DATERANGE(), pg.TSRANGE(), "'[2026-01-02,2026-01-03)'"),
    retype("boolean to bits", Boolean, pg.BIT(4), "true"),
    retype("bytea to text", LargeBinary, Text, "'ab'"),
    retype("text with a backslash to bytea", Text, LargeBinary, "'a\\b'"),
    retype("boolean to money", Boolean, pg.MONEY(), "true"),
    retype("text to tsvector", Text, pg.TSVECTOR(), "'a b'"),
    retype("boolean to a letter", Boolean, String(1), "false"),
    retype("array of integers to one of booleans", ARRAY(Integer), ARRAY(Boolean), "ARRAY[1,0,NULL]"),
    retype("array of smallints to one of booleans", ARRAY(SmallInteger), ARRAY(Boolean), "ARRAY[1,0]"),
    retype("array of bits of another length", ARRAY(pg.BIT(4)), ARRAY(pg.BIT(6)), "ARRAY[B'1010']"),
    retype("array of booleans to one of bits", ARRAY(Boolean), ARRAY(pg.BIT(4)), "ARRAY[true,false]"),
    retype("array of booleans to one of letters", ARRAY(Boolean), ARRAY(String(1)), "ARRAY[true,false]"),
    retype("array of booleans to one of json", ARRAY(Boolean), ARRAY(pg.JSONB()), "ARRAY[true,false]"),
    retype("array of oids to one of bigints", ARRAY(pg.OID()), ARRAY(BigInteger), "ARRAY[7]::oid[]"),
    Case(
        "the type of a column with a default",
        lambda m: m.table(Column("a", Integer, server_default="3")),
        lambda m: m.table(Column("a", Text, server_default="x")),
        rows="INSERT INTO {t} VALUES (1, 2)",
    ),
    Case(
        "the type of a column whose default stays",
        lambda m: m.table(Column("a", Integer, server_default=text("3"))),
        lambda m: m.table(Column("a", BigInteger, server_default=text("3"))),
    ),
    Case(
        "the type of a column with a default that cannot be cast",
        lambda m: m.table(Column("a", Text, server_default="x")),
        lambda m: m.table(Column("a", Integer, server_default=text("1"))),
        rows="INSERT INTO {t} VALUES (1, '2')",
    ),
    Case(
        "the type of a column under an index and a unique constraint",
        lambda m: m.table(
            Column("a", Integer), UniqueConstraint("a", name="u"), Index("i", "a", postgresql_include=["id"])
        ),
        lambda m: m.table(
            Column("a", Text), UniqueConstraint("a", name="u"), Index("i", "a", postgresql_include=["id"])
        ),
    ),
    Case(
        "the type of a column under an index with an operator class",
        lambda m: m.table(Column("a", Text), Index("i", "a", postgresql_ops={"a": "text_pattern_ops"})),
        lambda m: m.table(Column("a", Integer), Index("i", "a")),
        rows="INSERT INTO {t} VALUES (1, '2')",
    ),
    Case(
        "the type of a column under a check",
        lambda m: m.table(Column("a", Integer), CheckConstraint("a > 0", name="c")),
        lambda m: m.table(Column("a", Text), CheckConstraint("a <> ''", name="c")),
        rows="INSERT INTO {t} VALUES (1, 2)",
    ),
    Case(
        "the type of a column under a check that goes",
        lambda m: m.table(Column("a", Integer), CheckConstraint("a > 0", name="c")),
        lambda m: m.table(Column("a", Text)),
        rows="INSERT INTO {t} VALUES (1, 2)",
    ),
    Case(
        "the type of a column under a view",
        lambda m: (m.table(Column("a", Integer)), m.view("SELECT a FROM {t}"), m.view("SELECT a FROM {s}.v", name="w")),
        lambda m: (m.table(Column("a", Text)), m.view("SELECT a FROM {t}"), m.view("SELECT a FROM {s}.v", name="w")),
    ),
    Case(
        "the type of a column of an index with a condition",
        lambda m: m.table(Column("a", Integer), Index("i", "id", postgresql_where=text("a > 3"))),
        lambda m: m.table(Column("a", BigInteger), Index("i", "id", postgresql_where=text("a > 3"))),
    ),
    Case(
        "the types of a key and of what points to it",
        lambda m: m.table(
            Column("other", Integer),
            ForeignKeyConstraint(["other"], [m.table(Column("n", Integer, unique=True), name="o").c.n], name="fk"),
        ),
        lambda m: m.table(
            Column("other", BigInteger),
            ForeignKeyConstraint(["other"], [m.table(Column("n", BigInteger, unique=True), name="o").c.n], name="fk"),
        ),
    ),
)


@each_of(CASES)
def test_column_types(case: Case, changes: Changes) -> None:
    changes.check(case)
