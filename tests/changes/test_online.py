"""Changes of tables that go on being read and written meanwhile, in steps that are committed one by one."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

from tests.changes.cases import Case, Models, each_of
from tests.changes.conftest import Changes

ROWS = "INSERT INTO {s}.other VALUES (1); INSERT INTO {t} (id, a, b) SELECT n, 1, n::text FROM generate_series(1, 5) n"


def on_table(name: str, before: Callable[[], Any] | None, after: Callable[[], Any] | None, **facts: Any) -> Case:
    """Return a case of one part of a table that has rows, beside another table."""

    def build(make: Callable[[], Any] | None) -> Any:
        def declare(m: Models) -> None:
            m.table(name="other")
            made = make() if make else ()
            parts = made if isinstance(made, tuple) else (made,)
            named = {part.name for part in parts if isinstance(part, Column)}
            columns = (Column("a", Integer), Column("b", Text))
            m.table(*(column for column in columns if column.name not in named), *parts)

        return declare

    return Case(name, build(before), build(after), **{"rows": ROWS, "is_online": True, **facts})


def key(m: Models, **options: Any) -> Any:
    return ForeignKeyConstraint(["a"], [f"{m.schema}.other.id"], name="f k", **options)


def pointing(name: str, is_after: bool, **options: Any) -> Case:
    def declare(m: Models) -> None:
        m.table(name="other")
        m.table(Column("a", Integer), Column("b", Text), key(m, **options))

    without = on_table(name, None, None).before
    return Case(name, without if is_after else declare, declare if is_after else without, rows=ROWS, is_online=True)


POSITIVE = "a > 0 AND b <> ':x %s'"


def check(sql: str = POSITIVE, **options: Any) -> Callable[[], Any]:
    return lambda: CheckConstraint(text(sql.replace(":", "\\:")), name='c "%s" :x', **options)


def unique(*columns: str, **options: Any) -> Callable[[], Any]:
    return lambda: UniqueConstraint(*columns, name='u "%s" :x', **options)


def index(*columns: Any, **options: Any) -> Callable[[], Any]:
    return lambda: Index('i "%s" :x', *columns, **options)


def column(name: str, type_: Any, **facts: Any) -> Callable[[], Any]:
    return lambda: Column(name, type_, **facts)


def volatile(name: str, **facts: Any) -> Callable[[], Any]:
    return column(name, Uuid, server_default=text("gen_random_uuid()"), **facts)


CASES = (
    on_table("a check comes", None, check()),
    on_table("a check goes", check(), None),
    on_table("a check changes", check(), check("a > -1")),
    on_table("a check with a comment", None, check(comment="it's")),
    pointing("a foreign key comes", is_after=True),
    pointing("a foreign key goes", is_after=False),
    pointing("a deferred foreign key", is_after=True, deferrable=True, initially="DEFERRED", ondelete="CASCADE"),
    on_table("a column becomes NOT NULL", column("a", Integer), column("a", Integer, nullable=False)),
    on_table("a column may be NULL again", column("a", Integer, nullable=False), column("a", Integer)),
    on_table(
        "a column becomes NOT NULL with a default and a comment",
        column("b", Text),
        column("b", Text, nullable=False, server_default="x", comment="it's"),
    ),
    on_table("a unique constraint comes", None, unique("b")),
    on_table("a unique constraint goes", unique("b"), None),
    on_table("a unique constraint over others", unique("b"), unique("b", "a")),
    on_table("a unique constraint that waits", None, unique("b", deferrable=True, initially="DEFERRED")),
    on_table("a unique constraint with more", None, unique("b", postgresql_include=["a"])),
    on_table("a unique constraint of NULL", None, unique("b", postgresql_nulls_not_distinct=True)),
    Case(
        "a primary key comes",
        lambda m: m.table(Column("a", Integer), key=False),
        lambda m: m.table(Column("a", Integer, nullable=False), PrimaryKeyConstraint("a", name="p k"), key=False),
        rows="INSERT INTO {t} SELECT generate_series(1, 5)",
        is_online=True,
    ),
    on_table("an index comes", None, index("a")),
    on_table("an index goes", index("a"), None),
    on_table("an index changes", index("a"), index("b", "a", unique=True)),
    on_table("an index of an expression", None, index(text("lower(b)"))),
    on_table("a column of random values comes", None, volatile("r", nullable=False)),
    on_table("a column of random values that may be NULL comes", None, volatile('r "%s" :x', comment="it's")),
    on_table("a column of random values goes", volatile("r", nullable=False), None, reorders=True),
    on_table("a column of one value comes", None, column("one", Integer, nullable=False, server_default="1")),
    on_table(
        "all at once",
        None,
        lambda: (volatile("r", nullable=False)(), unique("r")(), check()(), index("r", "a")()),
    ),
)


@each_of(CASES)
def test_a_change_leads_there_and_back_while_others_work(case: Case, changes: Changes) -> None:
    changes.check(case)
