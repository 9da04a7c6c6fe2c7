"""Columns: added, dropped, commented, made to take NULL and not to."""

from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Numeric,
    Text,
    UniqueConstraint,
    text,
)

from tests.acceptance.hostile import HOSTILE_NAMES
from tests.changes.cases import Case, each_of
from tests.changes.conftest import Changes

HOSTILE_COMMENT = 'it\'s "100%" %s %(x)s :name $$ $1 \\n {braces}\n-- not SQL; /* nor this'


def stored(name: str, before: dict[str, str], after: dict[str, str], **facts: Any) -> Case:
    """Return a case of how the values of a column of text are stored."""
    return Case(
        name, lambda m: m.table(_stored(Text(), **before)), lambda m: m.table(_stored(Text(), **after)), **facts
    )


def _stored(type_: Any, **facts: str) -> Column[Any]:
    return Column("a", type_, info={f"postgresql_{name}": fact for name, fact in facts.items()})


CASES = (
    Case(
        "a column is added at the end",
        lambda m: m.table(Column("a", Integer)),
        lambda m: m.table(Column("a", Integer), Column("b", Text)),
    ),
    Case(
        "a column is added in the middle",
        lambda m: m.table(Column("z", Integer)),
        lambda m: m.table(Column("a", Integer), Column("z", Integer)),
        reorders=True,
    ),
    Case(
        "several columns are added, and stand as they are declared",
        lambda m: m.table(),
        lambda m: m.table(*(Column(name, Integer) for name in ("z", "a", "m", "B", "b"))),
    ),
    Case(
        "a column is dropped",
        lambda m: m.table(Column("a", Integer), Column("b", Text)),
        lambda m: m.table(Column("a", Integer)),
    ),
    Case(
        "a column in the middle is dropped",
        lambda m: m.table(Column("a", Integer), Column("b", Text)),
        lambda m: m.table(Column("b", Text)),
        reorders=True,
    ),
    Case(
        "a column is dropped with its check, index and unique constraint",
        lambda m: m.table(
            Column("a", Integer),
            Column("b", Integer, index=True),
            CheckConstraint("b > 0 AND a > 0", name="positive"),
            UniqueConstraint("a", "b", name="both"),
        ),
        lambda m: m.table(Column("a", Integer)),
        rows="INSERT INTO {t} VALUES (1, 2, 3)",
    ),
    Case(
        "a column is dropped with the index over an expression of it",
        lambda m: m.table(Column("a", Text), Index("lower a", text("lower(a)"))),
        lambda m: m.table(),
    ),
    Case(
        "a column is replaced by one of another name",
        lambda m: m.table(Column("old", Text)),
        lambda m: m.table(Column("new", Text)),
    ),
    Case(
        "a column's name changes in its case alone",
        lambda m: m.table(Column("name", Text)),
        lambda m: m.table(Column("Name", Text)),
    ),
    Case(
        "columns of every hostile name are added",
        lambda m: m.table(),
        lambda m: m.table(*(Column(name, Integer, comment=name) for name in HOSTILE_NAMES)),
    ),
    Case(
        "columns of every hostile name are dropped",
        lambda m: m.table(*(Column(name, Integer, comment=name) for name in HOSTILE_NAMES)),
        lambda m: m.table(),
    ),
    Case(
        "columns of every hostile name become NOT NULL",
        lambda m: m.table(*(Column(name, Integer) for name in HOSTILE_NAMES)),
        lambda m: m.table(*(Column(name, Integer, nullable=False) for name in HOSTILE_NAMES)),
        is_filled=False,
    ),
    Case(
        "a column comes to take no NULL",
        lambda m: m.table(Column("a", Integer)),
        lambda m: m.table(Column("a", Integer, nullable=False)),
        rows="INSERT INTO {t} VALUES (1, 2)",
    ),
    Case(
        "a column comes to take NULL",
        lambda m: m.table(Column("a", Integer, nullable=False)),
        lambda m: m.table(Column("a", Integer)),
    ),
    Case(
        "a NOT NULL column with a default is added to rows",
        lambda m: m.table(),
        lambda m: m.table(Column("a", Integer, nullable=False, server_default="7")),
    ),
    Case(
        "a column gets a comment",
        lambda m: m.table(Column("a", Integer)),
        lambda m: m.table(Column("a", Integer, comment=HOSTILE_COMMENT)),
    ),
    Case(
        "a column's comment changes",
        lambda m: m.table(Column("a", Integer, comment="old")),
        lambda m: m.table(Column("a", Integer, comment=HOSTILE_COMMENT)),
    ),
    Case(
        "a column's comment goes",
        lambda m: m.table(Column("a", Integer, comment=HOSTILE_COMMENT)),
        lambda m: m.table(Column("a", Integer)),
    ),
    Case(
        "an empty comment is none",
        lambda m: m.table(Column("a", Integer, comment="")),
        lambda m: m.table(Column("a", Integer)),
        is_same=True,
    ),
    Case(
        "a column with a comment is added",
        lambda m: m.table(),
        lambda m: m.table(Column("a", Text, comment=HOSTILE_COMMENT)),
    ),
    Case(
        "a column gets type, default, comment and NOT NULL at once",
        lambda m: m.table(Column("a", Integer)),
        lambda m: m.table(Column("a", Text, server_default="x", comment="y", nullable=False)),
        rows="INSERT INTO {t} VALUES (1, 2)",
    ),
    stored("a column's values are stored elsewhere", {}, {"storage": "external"}, shows=("SET STORAGE EXTERNAL",)),
    stored("a column's values are stored otherwise", {"storage": "EXTERNAL"}, {"storage": "main"}),
    stored("a column's values are stored as its type says", {"storage": "external"}, {"storage": "default"}),
    stored("nothing is said of a column's storage any more", {"storage": "external"}, {}),
    stored("a column's values are compressed otherwise", {}, {"compression": "pglz"}),
    stored("a column's values are compressed as usual", {"compression": "pglz"}, {}),
    Case(
        "a column comes with its storage and compression",
        lambda m: m.table(),
        lambda m: m.table(_stored(Text(), storage="external", compression="pglz")),
    ),
    Case(
        "a column goes with its storage and compression",
        lambda m: m.table(_stored(Text(), storage="external", compression="pglz")),
        lambda m: m.table(),
    ),
    Case(
        "a table comes whose column is stored elsewhere",
        lambda m: None,
        lambda m: m.table(_stored(Text(), storage="main", compression="pglz"), Column("b", Integer)),
    ),
    Case(
        "a column gets another type, and stays stored as it is",
        lambda m: m.table(_stored(Text(), storage="external", compression="pglz")),
        lambda m: m.table(_stored(LargeBinary(), storage="external", compression="pglz")),
        is_filled=False,
    ),
    Case(
        "a column gets another type and another storage, and loses its compression",
        lambda m: m.table(_stored(Numeric(), storage="external", compression="pglz")),
        lambda m: m.table(_stored(Text(), storage="main")),
    ),
    Case(
        "somebody's storage and compression of columns stay as these change",
        lambda m: m.table(_stored(Text()), Column("b", Text)),
        lambda m: m.table(_stored(Text(), storage="main"), Column("b", Text, comment="x", nullable=False)),
        by_hand="ALTER TABLE {t} ALTER a SET COMPRESSION pglz, ALTER b SET STORAGE EXTERNAL",
        is_filled=False,
    ),
    Case(
        "a foreign key column is added",
        lambda m: (m.table(), m.table(name="other")),
        lambda m: m.table(Column("other", ForeignKey(m.table(name="other").c.id))),
    ),
    Case(
        "a foreign key column goes with the table that it points to",
        lambda m: m.table(Column("other", ForeignKey(m.table(name="other").c.id))),
        lambda m: m.table(),
    ),
    Case(
        "the declared order of columns changes alone",
        lambda m: m.table(Column("a", Integer), Column("b", Integer)),
        lambda m: m.table(Column("b", Integer), Column("a", Integer)),
        reorders=True,
    ),
    Case(
        "a nullable column becomes an identity",
        lambda m: m.table(Column("a", Integer)),
        lambda m: m.table(Column("a", Integer, Identity())),
        rows="INSERT INTO {t} VALUES (1, 2)",
    ),
    Case(
        "the last column of a table goes",
        lambda m: m.table(Column("a", Integer), key=False),
        lambda m: m.table(key=False),
    ),
    Case(
        "a table without columns gets some",
        lambda m: m.table(key=False),
        lambda m: m.table(Column("a", Integer), Column("b", Integer, unique=True), key=False),
    ),
    Case(
        "a view keeps standing on a column beside which one is dropped",
        lambda m: (m.table(Column("a", Integer), Column("b", Integer)), m.view("SELECT a FROM {t}")),
        lambda m: (m.table(Column("a", Integer)), m.view("SELECT a FROM {t}")),
    ),
    Case(
        "a column is dropped that a view showed",
        lambda m: (m.table(Column("a", Integer), Column("b", Integer)), m.view("SELECT a, b FROM {t}")),
        lambda m: (m.table(Column("a", Integer)), m.view("SELECT a FROM {t}")),
    ),
)


@each_of(CASES)
def test_columns(case: Case, changes: Changes) -> None:
    changes.check(case)
