"""Partitions: of ranges, lists and remainders, that come and go, take other rows, and become tables and back."""

from typing import Any

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, Text, UniqueConstraint
from sqlalchemy.schema import SchemaItem

from tests.acceptance.hostile import HOSTILE_NAMES
from tests.changes.cases import Case, Models, each_of
from tests.changes.conftest import Changes
from tests.changes.test_columns import HOSTILE_COMMENT


def divided(name: str, before: dict[str, Any], after: dict[str, Any], **facts: Any) -> Case:
    """Return a case of the partitions of a table by range of n: by their names what each takes, or its facts."""
    return Case(name, _build(before), _build(after), **facts)


def _build(partitions: dict[str, Any], by: str = "RANGE (n)") -> Any:
    def declare(m: Models) -> None:
        _parent(m, by)
        for name, given in partitions.items():
            m.partition(name, **(given if isinstance(given, dict) else {"values": given}))

    return declare


def _parent(m: Models, by: str, *items: SchemaItem) -> None:
    columns = (Column("n", Integer), Column("d", Date), Column('T "%s"', Text))
    m.table(*columns, *items, key=False, postgresql_partition_by=by)


def _pointed(m: Models, name: str, *more: str) -> None:
    table = m.table(
        *(
            Column("n", Integer, primary_key=True),
            Column("own", Integer, ForeignKey(f"{m.schema}.{name}.n", name="own")),
        ),
        key=False,
        name=name,
        postgresql_partition_by="LIST (n)",
    )
    m.table(Column("n", Integer, ForeignKey(table.c.n)), name=f"from {name}")
    for number, each in enumerate(("first", *more)):
        m.partition(f"{each} of {name}", f"IN ({number + 1})", of=(m.schema, name))


LOW, HIGH, WHOLE = "FROM (0) TO (10)", "FROM (10) TO (20)", "FROM (0) TO (20)"
ROWS = "INSERT INTO {t} (n) VALUES (3), (7)"
CASES = (
    Case(
        "a divided table and a partition go, to which others point",
        lambda m: (_pointed(m, "gone"), _pointed(m, "stays", "spare")),
        lambda m: (m.table(Column("n", Integer), name="from gone"), _pointed(m, "stays")),
        rows='INSERT INTO {s}.stays VALUES (1); INSERT INTO {s}."from stays" VALUES (1, 1)',
        is_filled=False,
    ),
    Case(
        "a divided table loses a column under a key and an index",
        lambda m: (
            _parent(m, "LIST (d)", UniqueConstraint("d", "n", name="u"), Index("i", "n")),
            m.partition("p", "DEFAULT"),
        ),
        lambda m: (
            m.table(
                *(Column("d", Date), Column('T "%s"', Text), UniqueConstraint("d", name="u")),
                key=False,
                postgresql_partition_by="LIST (d)",
            ),
            m.partition("p", "DEFAULT"),
        ),
        is_filled=False,
        reorders=True,
    ),
    divided("a partition comes", {}, {"p": LOW}, shows=("ATTACH PARTITION",)),
    divided("a partition goes", {"p": LOW}, {}, rows=ROWS),
    divided("a default partition comes", {"p": LOW}, {"p": LOW, "rest": "default"}, rows=ROWS),
    divided("a second partition comes", {"p": LOW}, {"p": LOW, "q": HIGH}, rows=ROWS),
    divided("a partition takes more", {"p": LOW}, {"p": WHOLE}, rows=ROWS),
    divided("a partition takes less, and another the rest", {"p": WHOLE}, {"p": LOW, "q": HIGH}, rows=ROWS),
    divided("a partition goes, and another takes more", {"p": LOW, "q": HIGH}, {"p": WHOLE}, rows=ROWS),
    divided("partitions take what others took", {"p": LOW, "q": HIGH}, {"p": HIGH, "q": LOW}, is_filled=False),
    divided("a partition takes everything beyond", {"p": LOW}, {"p": "FROM (MINVALUE) TO (MAXVALUE)"}, rows=ROWS),
    divided(
        "what a partition takes is written otherwise",
        {"p": LOW},
        {"p": "for values from ( 0 )  to ( 5 + 5 )"},
        rows=ROWS,
        is_same=True,
    ),
    divided("a partition gets a comment", {"p": LOW}, {"p": {"values": LOW, "comment": HOSTILE_COMMENT}}, rows=ROWS),
    divided("a partition loses its comment", {"p": {"values": LOW, "comment": "x"}}, {"p": LOW}, rows=ROWS),
    divided("a partition gets options", {"p": LOW}, {"p": {"values": LOW, "options": {"fillfactor": "50"}}}, rows=ROWS),
    divided("a partition is logged no longer", {"p": LOW}, {"p": {"values": LOW, "unlogged": True}}, rows=ROWS),
    divided(
        "everything of a partition changes",
        {"p": {"values": LOW, "options": {"fillfactor": "50"}, "comment": "x"}},
        {"p": {"values": WHOLE, "options": {"toast_tuple_target": "2048"}, "comment": "y", "unlogged": True}},
        rows=ROWS,
    ),
    Case(
        "partitions of a list come",
        _build({}, 'list ("T ""%s""")'),
        _build({"a": "IN ('a', 'it''s :x %s')", "b": "in (NULL)"}, 'LIST ("T ""%s""")'),
    ),
    Case(
        "a list gets another value",
        _build({"a": "IN (1, 2)"}, "LIST (n)"),
        _build({"a": "IN (2, 1, 3)"}, "LIST (n)"),
        rows="INSERT INTO {t} (n) VALUES (1)",
    ),
    Case(
        "partitions of remainders come",
        _build({}, "HASH (n)"),
        _build({f"h{n}": f"WITH (MODULUS 3, REMAINDER {n})" for n in range(3)}, "HASH (n)"),
    ),
    Case(
        "a table divided by an expression comes, with a partition",
        lambda m: None,
        _build({"p": "FROM (0) TO (10)"}, "RANGE ((n + 1))"),
    ),
    Case(
        "a table with partitions goes",
        _build({"p": LOW, "q": HIGH}),
        lambda m: None,
        rows=ROWS,
    ),
    Case("a partition is divided itself, and that again", _build({}), lambda m: _deep(m, "IN ('2026-01-01')")),
    Case(
        "a partition of a partition takes another day",
        lambda m: _deep(m, "IN ('2026-01-01')"),
        lambda m: _deep(m, "IN ('2026-02-02')"),
        is_filled=False,
    ),
    Case(
        "partitions of every hostile name come",
        _build({}),
        _build({name: f"FROM ({at}) TO ({at + 1})" for at, name in enumerate(HOSTILE_NAMES)}),
    ),
    Case(
        "partitions of every hostile name go",
        _build({name: f"FROM ({at}) TO ({at + 1})" for at, name in enumerate(HOSTILE_NAMES)}),
        _build({}),
        is_filled=False,
    ),
    Case(
        "a table becomes a partition",
        lambda m: (_parent(m, "RANGE (n)"), _alone(m)),
        lambda m: (_parent(m, "RANGE (n)"), m.partition("alone", WHOLE)),
        rows="INSERT INTO {s}.alone (n) VALUES (3)",
    ),
    Case(
        "a partition becomes a table",
        lambda m: (_parent(m, "RANGE (n)"), m.partition("alone", WHOLE)),
        lambda m: (_parent(m, "RANGE (n)"), _alone(m)),
        rows=ROWS,
    ),
    Case(
        "a divided table with a key, an index and partitions gets a column",
        lambda m: (_keyed(m), m.partition("p", LOW)),
        lambda m: (_keyed(m, Column("b", Text)), m.partition("p", LOW), m.partition("q", HIGH)),
        rows="INSERT INTO {t} (id, a) VALUES (3, 4)",
    ),
    Case(
        "somebody's partition, its index and comment stand beside",
        lambda m: (_parent(m, "RANGE (n)"), m.partition("p", LOW)),
        lambda m: (_parent(m, "RANGE (n)"), m.partition("p", "FROM (0) TO (9)")),
        rows=ROWS,
        by_hand="CREATE TABLE {s}.theirs PARTITION OF {t} FOR VALUES FROM (10) TO (20);"
        " CREATE INDEX own ON {s}.p (d); COMMENT ON TABLE {s}.p IS 'it''s'; GRANT SELECT ON {s}.p TO pg_monitor",
    ),
)


def _alone(m: Models) -> None:
    m.table(Column("n", Integer), Column("d", Date), Column('T "%s"', Text), name="alone", key=False)


def _deep(m: Models, day: str) -> None:
    _parent(m, "RANGE (n)")
    m.partition("p", WHOLE, partition_by="LIST (d)")
    m.partition('q "%s"', day, of=(m.schema, "p"), partition_by="HASH (n)")
    m.partition("r", "WITH (modulus 1, remainder 0)", of=(m.schema, 'q "%s"'))


def _keyed(m: Models, *more: Column[Any]) -> None:
    m.table(Column("a", Integer, index=True), *more, postgresql_partition_by="RANGE (id)")


@each_of(CASES)
def test_partitions(case: Case, changes: Changes) -> None:
    changes.check(case)
