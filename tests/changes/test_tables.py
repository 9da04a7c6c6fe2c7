"""Tables: that come and go, with options, comments, owners' views, partitions and parents."""

from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    Computed,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    text,
)

from pgcraft.models import renamed_from
from tests.acceptance.hostile import HOSTILE_NAMES
from tests.changes.cases import Case, Models, each_of, nothing
from tests.changes.conftest import Changes
from tests.changes.test_columns import HOSTILE_COMMENT


def _kept_views(m: Models, options: dict[str, str]) -> None:
    """Declare a materialized view with long values, and one without."""
    m.table(Column("b", Text))
    m.view("SELECT id FROM {t}", is_materialized=True, bypass_row_security=True, options=options)
    m.view("SELECT id, b FROM {t}", name="w", is_materialized=True, bypass_row_security=True, options=options)


def _ring(m: Models, *words: str, more: bool = True) -> None:
    """Declare tables that point to each other in two rings, one that points into them, and one that points to itself."""
    ends = {"a": "b", "b": "c", "c": "b", "d": "d", **({"b2": "a"} if more else {})}
    for name in ("a", "b", "c", "d"):
        keys = [ForeignKeyConstraint([f"to {to}"], [f"{m.schema}.{to}.id"], name=f"{name} to {to}", use_alter=True)
                for each, to in ends.items() if each[0] == name]  # fmt: skip
        m.table(*(Column(f"to {to}", Integer) for to in "abcd"), *keys, name=name, prefixes=list(words))


def option(name: str, before: dict[str, Any], after: dict[str, Any], **facts: Any) -> Case:
    """Return a case of a table's options."""
    return Case(
        name,
        lambda m: m.table(Column("a", Integer), **before),
        lambda m: m.table(Column("a", Integer), **after),
        **facts,
    )


def _whole(m: Models) -> None:
    other = m.table(name="other", comment="other")
    m.table(
        Column("a", Integer, nullable=False, server_default="7", comment=HOSTILE_COMMENT),
        Column("b", Text, unique=True),
        Column("c", Integer, Identity()),
        Column("d", Integer, Computed("a * 2", persisted=True)),
        Column("o", ForeignKey(other.c.id, ondelete="CASCADE"), index=True),
        CheckConstraint("a > 0", name="positive", comment=HOSTILE_COMMENT),
        UniqueConstraint("a", "b", name="both", comment="both"),
        Index("lower", text("lower(b) DESC")),
        comment=HOSTILE_COMMENT,
    )


def _aside(m: Models, *, enabled: bool = True) -> None:
    options = {
        "fillfactor": 70,
        "toast.autovacuum_enabled": enabled,
        **({} if enabled else {"toast.vacuum_truncate": False}),
    }
    m.table(Column("a", Text), postgresql_with=options)


def _chained(m: Models, *prefixes: str) -> None:
    last = m.table(name="b", prefixes=[*prefixes])
    for name in ("a", "c"):  # of which one comes before what it points to, and one after it
        last = m.table(Column("up", ForeignKey(last.c.id)), Column("own", Integer), name=name, prefixes=[*prefixes])
        last.append_constraint(ForeignKeyConstraint(["own"], [last.c.id]))


METHOD = 'CREATE ACCESS METHOD "m {tag}" TYPE TABLE HANDLER heap_tableam_handler'
TOAST = {"postgresql_with": {"toast.autovacuum_enabled": False}}
FILL = {"postgresql_with": {"fillfactor": 50}}
CASES = (
    Case("a table comes", nothing, lambda m: m.table(Column("a", Integer))),
    Case("a table goes", lambda m: m.table(Column("a", Integer)), nothing),
    Case("a table with everything comes", nothing, _whole),
    Case("a table with everything goes", _whole, nothing),
    Case("a table without a column comes", nothing, lambda m: m.table(key=False)),
    Case("a table without a column goes", lambda m: m.table(key=False), nothing),
    Case("a table without a key comes", nothing, lambda m: m.table(Column("a", Integer), key=False)),
    Case("a table's values that stand elsewhere have options", lambda m: _aside(m), lambda m: _aside(m, enabled=False)),
    Case(
        "tables that point to each other are logged no longer", lambda m: _chained(m), lambda m: _chained(m, "UNLOGGED")
    ),
    Case("tables that point to each other are logged", lambda m: _chained(m, "UNLOGGED"), lambda m: _chained(m)),
    Case("one table comes as another goes", lambda m: m.table(name="a"), lambda m: m.table(name="b")),
    Case(
        "a table becomes a view of its name",
        lambda m: (m.table(name="base"), m.table()),
        lambda m: (m.table(name="base"), m.view("SELECT id FROM {s}.base", name=m.name)),
    ),
    Case(
        "a view becomes a table of its name",
        lambda m: (m.table(name="base"), m.view("SELECT id FROM {s}.base", name=m.name)),
        lambda m: (m.table(name="base"), m.table()),
    ),
    Case(
        "tables of every hostile name come",
        nothing,
        lambda m: [m.table(Column(name, Integer), name=name) for name in HOSTILE_NAMES],
    ),
    Case(
        "tables of every hostile name go",
        lambda m: [m.table(Column(name, Integer), name=name) for name in HOSTILE_NAMES],
        nothing,
    ),
    option("a table gets a comment", {}, {"comment": HOSTILE_COMMENT}),
    option("a table's comment changes", {"comment": "old"}, {"comment": HOSTILE_COMMENT}),
    option("a table loses its comment", {"comment": HOSTILE_COMMENT}, {}),
    option("an empty comment of a table is none", {"comment": ""}, {}, is_same=True),
    option("a table gets an option", {}, FILL, shows=("fillfactor='50'",)),
    option("a table has another option", FILL, {"postgresql_with": {"autovacuum_enabled": False}}),
    Case(
        "a table without long values has parameters for them",
        lambda m: m.table(Column("a", Integer), Column("b", String(9))),
        lambda m: m.table(Column("a", Integer), Column("b", String(9)), **TOAST),
        is_same=True,
    ),
    Case(
        "a table with parameters for long values gets some",
        lambda m: m.table(Column("a", Integer), **TOAST),
        lambda m: m.table(Column("a", Integer), Column("b", Text), **TOAST),
    ),
    Case(
        "a table gets parameters for long values and some, under other names",
        lambda m: m.table(Column("a", Integer), name="old"),
        lambda m: m.table(
            Column("c", Integer, info=renamed_from("a")),
            Column("b", Text),
            name="new",
            info=renamed_from("old"),
            **TOAST,
        ),
    ),
    Case(
        "a materialized view gets parameters for long values",
        lambda m: _kept_views(m, {}),
        lambda m: _kept_views(m, {"toast.autovacuum_enabled": "false"}),
    ),
    option("a table has two options", FILL, {"postgresql_with": {"fillfactor": 50, "toast_tuple_target": 2048}}),
    option("a table loses its option", FILL, {}),
    Case("a ring is logged", lambda m: _ring(m, "UNLOGGED"), _ring),
    Case("a ring is logged no longer, and loses a key", _ring, lambda m: _ring(m, "UNLOGGED", more=False)),
    Case(
        "a ring with somebody's key is logged, and gets a key",
        lambda m: _ring(m, "UNLOGGED", more=False),
        _ring,
        by_hand='ALTER TABLE {s}.c ADD CONSTRAINT theirs FOREIGN KEY ("to a") REFERENCES {s}.a',
    ),
    option("a table is logged no longer", {}, {"prefixes": ["UNLOGGED"]}, shows=("UNLOGGED",)),
    option("a table is logged", {"prefixes": ["UNLOGGED"]}, {}),
    option("a table gets an option and is logged no longer", {}, {"prefixes": ["UNLOGGED"], **FILL}),
    Case(
        "a table that is not logged comes, with options",
        nothing,
        lambda m: m.table(Column("a", Integer, CheckConstraint("a > 0", name="c")), prefixes=["UNLOGGED"], **FILL),
    ),
    Case(
        "a table that is not logged goes, with options",
        lambda m: m.table(Column("a", Integer, CheckConstraint("a > 0", name="c")), prefixes=["UNLOGGED"], **FILL),
        nothing,
    ),
    Case(
        "a constraint goes from a table that was not logged from the start",
        lambda m: m.table(Column("a", Integer), CheckConstraint("a > 0", name="c"), prefixes=["UNLOGGED"], **FILL),
        lambda m: m.table(Column("a", Integer), prefixes=["UNLOGGED"], **FILL),
        rows="INSERT INTO {t} VALUES (1, 2)",
    ),
    Case(
        "a comment goes from a table that had options from the start",
        lambda m: m.table(Column("a", Integer, comment="x"), comment="y", **FILL),
        lambda m: m.table(Column("a", Integer), **FILL),
    ),
    Case(
        "a table's rows are kept by another method",
        lambda m: m.table(Column("a", Integer)),
        lambda m: m.table(Column("a", Integer), postgresql_using=f"m {m.tag}"),
        given=METHOD,
        rows="INSERT INTO {t} VALUES (1, 2)",
        is_same=None,  # pg_dump sets the method for a session
    ),
    Case(
        "nothing is said any more of the method of a table",
        lambda m: m.table(Column("a", Integer), postgresql_using=f"m {m.tag}"),
        lambda m: m.table(Column("a", Integer)),
        given=METHOD,
        is_same=None,
    ),
    Case(
        "a table's rows are kept by heap again, with a comment and an option",
        lambda m: m.table(Column("a", Integer), postgresql_using=f"m {m.tag}"),
        lambda m: m.table(Column("a", Integer), postgresql_using="heap", comment="x", **FILL),
        given=METHOD,
    ),
    Case(
        "a table comes, with a method and the usual tablespace",
        nothing,
        lambda m: m.table(
            Column("a", Integer, CheckConstraint("a > 0", name="c", comment="x")),
            postgresql_using=f"m {m.tag}",
            postgresql_tablespace="pg_default",
            **FILL,
        ),
        given=METHOD,
    ),
    Case(
        "somebody keeps a table's rows by another method",
        lambda m: m.table(Column("a", Integer)),
        lambda m: m.table(Column("b", Integer), comment="x"),
        given=METHOD,
        by_hand='ALTER TABLE {t} SET ACCESS METHOD "m {tag}"',
    ),
    Case(
        "a partitioned table comes",
        nothing,
        lambda m: m.table(Column("d", Date), key=False, postgresql_partition_by="RANGE (d)"),
    ),
    Case(
        "a partitioned table goes",
        lambda m: m.table(Column("d", Date), Column("D 2", Integer), key=False, postgresql_partition_by='LIST ("D 2")'),
        nothing,
    ),
    Case(
        "a partitioned table gets a column and an index",
        lambda m: m.table(Column("d", Date), key=False, postgresql_partition_by="RANGE (d)"),
        lambda m: m.table(
            Column("d", Date), Column("n", Integer, index=True), key=False, postgresql_partition_by="RANGE (d)"
        ),
    ),
    Case(
        "a partitioned table with somebody's partitions gets a column",
        lambda m: m.table(Column("d", Date), key=False, postgresql_partition_by="RANGE (d)"),
        lambda m: m.table(Column("d", Date), Column("n", Integer), key=False, postgresql_partition_by="RANGE (d)"),
        by_hand="CREATE TABLE {s}.theirs PARTITION OF {t} FOR VALUES FROM ('2020-01-01') TO ('2030-01-01')",
        rows="INSERT INTO {t} VALUES ('2025-05-05')",
    ),
    Case(
        "somebody's view stands on a table that gets a column",
        lambda m: m.table(),
        lambda m: m.table(Column("a", Integer)),
        by_hand="CREATE VIEW {s}.theirs AS SELECT id FROM {t}; COMMENT ON VIEW {s}.theirs IS 'it''s theirs'",
    ),
    Case(
        "somebody's table, trigger and rule stand beside",
        lambda m: m.table(),
        lambda m: m.table(Column("a", Integer)),
        by_hand="CREATE TABLE {s}.theirs (n int); CREATE RULE theirs AS ON DELETE TO {t} DO INSTEAD NOTHING",
    ),
    Case(
        "somebody's settings of columns stay as they get another type",
        lambda m: m.table(Column("a", Text), Column("b", Text)),
        lambda m: m.table(Column("a", Text), Column("b", Text, nullable=False, server_default="")),
        by_hand="ALTER TABLE {t} ALTER COLUMN b SET STORAGE EXTERNAL, ALTER COLUMN b SET STATISTICS 77",
        rows="INSERT INTO {t} VALUES (1, 'x', 'y')",
    ),
)


@each_of(CASES)
def test_tables(case: Case, changes: Changes) -> None:
    changes.check(case)
