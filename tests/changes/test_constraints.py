"""Checks, unique and exclusion constraints, and their comments."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Enum,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import INT4RANGE, ExcludeConstraint

from pgcraft import pgcraft_build_naming_conventions
from tests.changes.cases import Case, Models, each_of, nothing
from tests.changes.conftest import Changes
from tests.changes.test_columns import HOSTILE_COMMENT

HOSTILE = 'c "%s" :x'


def check(name: str, before: str | None, after: str | None, rows: str = "", **facts: object) -> Case:
    """Return a case of one check over a and b."""

    def build(written: str | None) -> object:
        items = () if written is None else (written,)
        return lambda m: m.table(
            Column("a", Integer),
            Column("b", Text),
            *(CheckConstraint(text(each.replace(":", "\\:")), name=HOSTILE) for each in items),
        )

    return Case(name, build(before), build(after), rows=rows or "INSERT INTO {t} VALUES (1, 2, 'x')", **facts)  # type: ignore[arg-type]


def unique(name: str, before: dict[str, object] | None, after: dict[str, object] | None, **facts: object) -> Case:
    """Return a case of one unique constraint, over a unless told otherwise."""

    def build(given: dict[str, object] | None) -> object:
        items = () if given is None else (given,)
        return lambda m: m.table(
            Column("a", Integer),
            Column("b", Text),
            *(
                UniqueConstraint(
                    *each.get("columns", ("a",)),  # type: ignore[misc]
                    **{"name": HOSTILE} | {key: value for key, value in each.items() if key != "columns"},  # type: ignore[arg-type]
                )
                for each in items
            ),
        )

    return Case(name, build(before), build(after), **facts)  # type: ignore[arg-type]


CONVENTION = pgcraft_build_naming_conventions()
SQLALCHEMY = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def _keys_of_one_kind(m: Models) -> None:
    """Declare what CREATE TABLE makes one of, and what SQLAlchemy or Alembic would leave out of it."""
    m.table(
        Column("a", Integer, primary_key=True, unique=True),
        Column("b", Integer, unique=True),
        Column("c", Integer, Identity(), nullable=True),
        UniqueConstraint("b", name="z"),
        UniqueConstraint("b", name="y"),
        CheckConstraint("b > 0", name="untried", postgresql_not_valid=True),
        key=False,
    )
    key = PrimaryKeyConstraint("a", postgresql_include=["b"])
    late = PrimaryKeyConstraint("a", "b", deferrable=True, initially="DEFERRED")
    one = m.table(Column("a", Integer), Column("b", Integer), key, name="one", key=False)
    two = m.table(Column("a", Integer), Column("b", Integer), late, UniqueConstraint("b"), name="two", key=False)
    one.append_constraint(ForeignKeyConstraint(["b"], [two.c.b], name="f", use_alter=True))
    two.append_constraint(ForeignKeyConstraint(["a"], [one.c.a], name="f", use_alter=True))


def _everything(m: Models) -> object:
    return m.table(
        Column("id", Integer, autoincrement=False),
        PrimaryKeyConstraint("id", name="key"),
        Column("a", Integer, index=True),
        Column("b", Integer, unique=True),
        CheckConstraint("a <> b", name="more"),
        Index(None, "b", "a"),
        Column("e", Enum("p", "q", name="e", native_enum=False, create_constraint=True)),
        key=False,
    )


CASES = (
    Case("tables come with keys that say the same, and with more than a key says", nothing, _keys_of_one_kind),
    Case("tables go with keys that say the same", _keys_of_one_kind, nothing),
    check("a check comes", None, "a > 0"),
    check("a check goes", "a > 0", None),
    check("a check changes", "a > 0", "a > 1"),
    check("a check of another column", "a > 0", "b <> ''"),
    check("a check is written otherwise", "a > 0", "(a) > (0)", is_same=True),
    check("a check lists values", "b IN ('x', 'y')", "b IN ('x', 'y', 'z')"),
    check("a check lists values in another order", "b IN ('x', 'y')", "b IN ('y', 'x')"),
    check("a check lists one value", "b IN ('x')", "b = 'x'", is_same=True),
    check("a check matches a pattern with percent signs", "b LIKE '%x%'", "b LIKE '%%x%'"),
    check("a check matches a regular expression", "b ~ '^x'", "b ~ '^[x:%s$]+\\d*'"),
    check("a check with a quote", "b <> 'it''s'", "b <> '\"it''s\"'"),
    check("a check with colons", "b <> ':x'", "b <> '::x' AND b::varchar <> ':y'"),
    check("a check with a cast", "a::text <> b", "b <> a::varchar"),
    check("a check between", "a BETWEEN 1 AND 5", "a BETWEEN SYMMETRIC 5 AND 1"),
    check("a check that is always true", None, "true"),
    check("a check of a row", None, "(a, b) IS NOT NULL"),
    check("a check of a CASE", None, "CASE WHEN a > 0 THEN b <> '' ELSE true END"),
    check("a check gets precedence", "a > 0 OR a < -5 AND b <> ''", "(a > 0 OR a < -5) AND b <> ''"),
    Case(
        "a check calls a function that comes with it",
        lambda m: m.table(Column("a", Integer)),
        lambda m: (
            m.function("SELECT $1 > 0", "f", "boolean", arguments="n integer", volatility="immutable"),
            m.table(Column("a", Integer), CheckConstraint(m.text("{s}.f(a)"), name="c")),
        ),
        rows="INSERT INTO {t} VALUES (1, 2)",
    ),
    Case(
        "a check calls a function that changes",
        lambda m: (
            m.function("SELECT $1 > 0", "f", "boolean", arguments="n integer", volatility="immutable"),
            m.table(Column("a", Integer), CheckConstraint(m.text("{s}.f(a)"), name="c")),
        ),
        lambda m: (
            m.function("SELECT $1 > 1", "f", "boolean", arguments="n integer", volatility="immutable"),
            m.table(Column("a", Integer), CheckConstraint(m.text("{s}.f(a)"), name="c")),
        ),
        rows="INSERT INTO {t} VALUES (1, 2)",
    ),
    Case(
        "a check calls a function whose argument gets another name",
        lambda m: (
            m.function("SELECT $1 > 0", "f", "boolean", arguments="n integer", volatility="immutable"),
            m.table(Column("a", Integer), CheckConstraint(m.text("{s}.f(a)"), name="c")),
        ),
        lambda m: (
            m.function("SELECT $1 > 0", "f", "boolean", arguments="m integer", volatility="immutable"),
            m.table(Column("a", Integer), CheckConstraint(m.text("{s}.f(a)"), name="c")),
        ),
        rows="INSERT INTO {t} VALUES (1, 2)",
    ),
    Case(
        "two checks without names, of which one goes",
        lambda m: m.table(Column("a", Integer), CheckConstraint("a > 0"), CheckConstraint("a < 100")),
        lambda m: m.table(Column("a", Integer), CheckConstraint("a < 100")),
        rows="INSERT INTO {t} VALUES (1, 2)",
    ),
    Case(
        "a check gets another name",
        lambda m: m.table(Column("a", Integer), CheckConstraint("a > 0", name="x")),
        lambda m: m.table(Column("a", Integer), CheckConstraint("a > 0", name="y")),
        rows="INSERT INTO {t} VALUES (1, 2)",
    ),
    Case(
        "two checks change their names",
        lambda m: m.table(Column("a", Integer), CheckConstraint("a > 0", name="x"), CheckConstraint("a < 9", name="y")),
        lambda m: m.table(Column("a", Integer), CheckConstraint("a > 0", name="y"), CheckConstraint("a < 9", name="x")),
        rows="INSERT INTO {t} VALUES (1, 2)",
    ),
    Case(
        "a check gets a comment",
        lambda m: m.table(Column("a", Integer), CheckConstraint("a > 0", name=HOSTILE)),
        lambda m: m.table(Column("a", Integer), CheckConstraint("a > 0", name=HOSTILE, comment=HOSTILE_COMMENT)),
        rows="INSERT INTO {t} VALUES (1, 2)",
    ),
    Case(
        "a check and its comment change",
        lambda m: m.table(Column("a", Integer), CheckConstraint("a > 0", name=HOSTILE, comment="x")),
        lambda m: m.table(Column("a", Integer), CheckConstraint("a > 1", name=HOSTILE, comment=HOSTILE_COMMENT)),
        rows="INSERT INTO {t} VALUES (1, 2)",
    ),
    Case(
        "a check over a new column and an old one",
        lambda m: m.table(Column("a", Integer)),
        lambda m: m.table(
            Column("a", Integer), Column("b", Integer, server_default="9"), CheckConstraint("b > a", name="c")
        ),
        rows="INSERT INTO {t} VALUES (1, 2)",
    ),
    unique("a unique constraint comes", None, {}),
    unique("a unique constraint goes", {}, None),
    unique("a unique constraint over more columns", {}, {"columns": ("a", "b")}),
    unique("a unique constraint over columns in another order", {"columns": ("a", "b")}, {"columns": ("b", "a")}),
    unique("a unique constraint includes a column", {}, {"postgresql_include": ["id"]}),
    unique("a unique constraint that includes comes", None, {"postgresql_include": ["id", "b"]}),
    unique("a unique constraint includes another", {"postgresql_include": ["id"]}, {"postgresql_include": ["b"]}),
    unique("a unique constraint takes one NULL", {}, {"postgresql_nulls_not_distinct": True}),
    unique("a unique constraint takes any NULL", {"postgresql_nulls_not_distinct": True}, {}),
    unique("a unique constraint is deferrable", {}, {"deferrable": True}),
    unique("a unique constraint is deferred", {"deferrable": True}, {"deferrable": True, "initially": "DEFERRED"}),
    unique("a unique constraint is deferred no longer", {"deferrable": True, "initially": "DEFERRED"}, {}),
    unique(
        "INITIALLY IMMEDIATE is said",
        {"deferrable": True},
        {"deferrable": True, "initially": "IMMEDIATE"},
        is_same=True,
    ),
    unique("a unique constraint gets a comment", {}, {"comment": HOSTILE_COMMENT}),
    unique("a unique constraint loses its comment", {"comment": HOSTILE_COMMENT}, {}),
    Case(
        "a unique constraint becomes a unique index of its name",
        lambda m: m.table(Column("a", Integer), UniqueConstraint("a", name="x")),
        lambda m: m.table(Column("a", Integer), Index("x", "a", unique=True)),
    ),
    Case(
        "a unique index becomes a unique constraint of its name",
        lambda m: m.table(Column("a", Integer), Index("x", "a", unique=True)),
        lambda m: m.table(Column("a", Integer), UniqueConstraint("a", name="x")),
    ),
    Case(
        "a unique constraint goes as its column gets another type",
        lambda m: m.table(Column("a", Integer), UniqueConstraint("a", name="x")),
        lambda m: m.table(Column("a", Text)),
    ),
    Case(
        "an exclusion constraint comes",
        lambda m: m.table(Column("r", INT4RANGE)),
        lambda m: m.table(Column("r", INT4RANGE), ExcludeConstraint(("r", "&&"), name=HOSTILE)),
        is_filled=False,
    ),
    Case(
        "an exclusion constraint gets a condition and is deferred",
        lambda m: m.table(Column("r", INT4RANGE), ExcludeConstraint(("r", "&&"), name=HOSTILE)),
        lambda m: m.table(
            Column("r", INT4RANGE),
            ExcludeConstraint(("r", "&&"), name=HOSTILE, where=text("id > 5"), deferrable=True, initially="DEFERRED"),
        ),
    ),
    Case(
        "an exclusion constraint goes with its column",
        lambda m: m.table(Column("r", INT4RANGE), ExcludeConstraint(("r", "&&"), name=HOSTILE)),
        lambda m: m.table(),
    ),
    Case(
        "an exclusion constraint goes",
        lambda m: m.table(Column("r", INT4RANGE), ExcludeConstraint(("r", "&&"), name=HOSTILE)),
        lambda m: m.table(Column("r", INT4RANGE)),
    ),
    Case(
        "an exclusion constraint over an expression",
        lambda m: m.table(Column("a", Integer)),
        lambda m: m.table(Column("a", Integer), ExcludeConstraint((text("int4range(a, a + 5)"), "&&"), name=HOSTILE)),
        is_filled=False,
    ),
    Case("a naming convention comes", _everything, _everything, conventions=(None, CONVENTION)),
    Case("a naming convention of SQLAlchemy comes", _everything, _everything, conventions=(None, SQLALCHEMY)),
    Case("a naming convention goes", _everything, _everything, conventions=(CONVENTION, None)),
    Case("one naming convention follows another", _everything, _everything, conventions=(SQLALCHEMY, CONVENTION)),
    Case(
        "an index without a name and a convention without a word on indexes",
        lambda m: m.table(Column("a", Integer), Column("b", Integer)),
        lambda m: m.table(Column("a", Integer), Column("b", Integer), Index(None, "a", "b")),
        conventions=({"pk": "pk_%(table_name)s"},) * 2,
    ),
)


@each_of(CASES)
def test_constraints(case: Case, changes: Changes) -> None:
    changes.check(case)
