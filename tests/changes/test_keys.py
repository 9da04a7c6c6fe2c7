"""Primary and foreign keys, and the indexes that foreign keys stand on."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
)

from tests.changes.cases import Case, Models, each_of
from tests.changes.conftest import Changes
from tests.changes.test_columns import HOSTILE_COMMENT

NAME = 'f "%s" :x'


def key(name: str, before: dict[str, Any] | None, after: dict[str, Any] | None, **facts: Any) -> Case:
    """Return a case of one foreign key from the main table to another."""

    def build(given: dict[str, Any] | None) -> Any:
        def declare(m: Models) -> None:
            other = m.table(Column("n", Integer, unique=True), name="other")
            items = () if given is None else (given,)
            keys = (ForeignKeyConstraint(["o"], [other.c[each.pop("to", "id")]], **each) for each in map(dict, items))
            m.table(Column("o", Integer), *keys)

        return declare

    facts = {"rows": "INSERT INTO {s}.other VALUES (1, 1); INSERT INTO {t} VALUES (1, 1)", **facts}
    return Case(name, build(before), build(after), **facts)


def _ring(m: Models) -> None:
    a = m.table(Column("b", Integer), name="a")
    b = m.table(Column("a", ForeignKey(a.c.id)), name="b")
    a.append_constraint(ForeignKeyConstraint(["b"], [b.c.id], name=NAME, use_alter=True))


def _self(m: Models, **words: Any) -> None:
    table = m.table(Column("parent", Integer))
    table.append_constraint(ForeignKeyConstraint(["parent"], [table.c.id], name=NAME, **words))


def _pointed(*items: Any) -> Any:
    """Return models with a table of these items, beside id and n, whose n is pointed to."""

    def declare(m: Models) -> None:
        parts = [item() if callable(item) else item for item in items]
        if not any(isinstance(part, Column) for part in parts):
            parts.insert(0, Column("n", Integer))
        target = m.table(*parts)
        m.table(Column("n", Integer), ForeignKeyConstraint(["n"], [target.c.n], name="fk"), name="from")

    return declare


ROW = {"name": NAME}
CASES = (
    key("a foreign key comes", None, ROW),
    key("a foreign key goes", ROW, None),
    key("a foreign key without a name comes", None, {}),
    key("a foreign key without a name goes", {}, None),
    key("a foreign key gets a name", {}, ROW),
    key("a foreign key deletes what points", ROW, ROW | {"ondelete": "CASCADE"}),
    key("a foreign key sets NULL", ROW | {"ondelete": "CASCADE"}, ROW | {"ondelete": "SET NULL"}),
    key("a foreign key sets the default", ROW, ROW | {"ondelete": "SET DEFAULT", "onupdate": "SET DEFAULT"}),
    key("a foreign key sets one column", ROW, ROW | {"ondelete": "SET NULL (o)"}),
    key("a foreign key restricts", ROW, ROW | {"ondelete": "RESTRICT"}),
    key("NO ACTION is said", ROW, ROW | {"ondelete": "NO ACTION", "onupdate": "NO ACTION"}, is_same=True),
    key("a foreign key follows", ROW, ROW | {"onupdate": "CASCADE"}),
    key("a foreign key follows no longer", ROW | {"onupdate": "CASCADE"}, ROW),
    key("a foreign key is deferrable", ROW, ROW | {"deferrable": True}),
    key("a foreign key is deferred", ROW | {"deferrable": True}, ROW | {"deferrable": True, "initially": "DEFERRED"}),
    key("a foreign key is deferred no longer", ROW | {"deferrable": True, "initially": "DEFERRED"}, ROW),
    key("a foreign key matches all", ROW, ROW | {"match": "FULL"}),
    key("MATCH SIMPLE is said", ROW, ROW | {"match": "SIMPLE"}, is_same=True),
    key("MATCH SIMPLE comes", None, ROW | {"match": "SIMPLE", "ondelete": "CASCADE"}),
    key("a foreign key points to another column", ROW, ROW | {"to": "n"}),
    key("a foreign key gets a comment", ROW, ROW | {"comment": HOSTILE_COMMENT}),
    key("a foreign key loses its comment", ROW | {"comment": HOSTILE_COMMENT}, ROW),
    Case(
        "a foreign key over two columns comes",
        lambda m: (
            m.table(Column("a", Integer), Column("b", Integer), UniqueConstraint("a", "b", name="ab")),
            m.table(Column("x", Integer), Column("y", Integer), name="from"),
        ),
        lambda m: _two(m, ("x", "y"), ("a", "b")),
    ),
    Case(
        "a foreign key over two columns crosses them",
        lambda m: _two(m, ("x", "y"), ("a", "b")),
        lambda m: _two(m, ("x", "y"), ("b", "a")),
        rows="INSERT INTO {t} VALUES (1, 2, 2); INSERT INTO {s}.from VALUES (1, 2, 2)".replace(".from", '."from"'),
    ),
    Case("two tables point to each other", lambda m: None, _ring),
    Case("two tables that point to each other go", _ring, lambda m: None),
    Case("a table points to itself", lambda m: m.table(Column("parent", Integer)), _self, is_filled=False),
    Case("a table points to itself no longer", _self, lambda m: m.table(Column("parent", Integer))),
    Case("a table points to itself otherwise", _self, lambda m: _self(m, ondelete="SET NULL")),
    Case(
        "a foreign key points to a table that comes",
        lambda m: m.table(Column("o", Integer)),
        lambda m: m.table(Column("o", Integer), ForeignKeyConstraint(["o"], [m.table(name="o").c.id], name=NAME)),
        is_filled=False,
    ),
    Case(
        "a foreign key points to another table, and the first goes",
        lambda m: m.table(Column("o", ForeignKey(m.table(name="a").c.id))),
        lambda m: m.table(Column("o", ForeignKey(m.table(name="b").c.id))),
        is_filled=False,
    ),
    Case(
        "the table that a foreign key points to goes",
        lambda m: m.table(Column("o", ForeignKey(m.table(name="a").c.id))),
        lambda m: m.table(Column("o", Integer)),
        is_filled=False,
    ),
    Case(
        "an index goes beside a unique constraint that is pointed to",
        _pointed(lambda: Column("n", Integer, index=True), lambda: UniqueConstraint("n", name="u")),
        _pointed(lambda: UniqueConstraint("n", name="u")),
    ),
    Case(
        "index=True goes from a column that is unique and pointed to",
        _pointed(lambda: Column("n", Integer, index=True, unique=True)),
        _pointed(lambda: Column("n", Integer, unique=True)),
    ),
    Case(
        "a unique index that is pointed to becomes a constraint",
        _pointed(lambda: Index("u", "n", unique=True)),
        _pointed(lambda: UniqueConstraint("n", name="u")),
    ),
    Case(
        "a unique constraint that is pointed to becomes an index of another name",
        _pointed(lambda: UniqueConstraint("n", name="u")),
        _pointed(lambda: Index("v", "n", unique=True)),
    ),
    Case(
        "a unique constraint that is pointed to includes a column",
        _pointed(lambda: UniqueConstraint("n", name="u")),
        _pointed(lambda: UniqueConstraint("n", name="u", postgresql_include=["id"])),
    ),
    Case(
        "a unique constraint that is pointed to gets another name",
        _pointed(lambda: UniqueConstraint("n", name="u")),
        _pointed(lambda: UniqueConstraint("n", name="v")),
    ),
    Case(
        "a unique index that is pointed to gets an option",
        _pointed(lambda: Index("u", "n", unique=True)),
        _pointed(lambda: Index("u", "n", unique=True, postgresql_with={"fillfactor": 50})),
    ),
    Case(
        "a second unique constraint comes over a column that is pointed to",
        _pointed(lambda: UniqueConstraint("n", name="u")),
        _pointed(lambda: UniqueConstraint("n", name="u"), lambda: UniqueConstraint("n", "id", name="v")),
    ),
    Case(
        "a unique constraint and what points to it come to existing tables",
        lambda m: (m.table(Column("n", Integer)), m.table(Column("n", Integer), name="from")),
        _pointed(lambda: UniqueConstraint("n", name="u")),
        is_filled=False,
    ),
    Case(
        "a key is declared unique as well",
        lambda m: m.table(Column("k", Integer, primary_key=True, unique=True), key=False),
        lambda m: m.table(Column("k", Integer, primary_key=True, unique=True), Column("a", Text), key=False),
    ),
    Case(
        "a key comes to be declared unique as well",
        lambda m: m.table(Column("k", Integer, primary_key=True), key=False),
        lambda m: m.table(Column("k", Integer, primary_key=True, unique=True), key=False),
        is_same=True,
    ),
    Case(
        "two unique constraints over one column",
        lambda m: m.table(Column("a", Integer, unique=True)),
        lambda m: m.table(Column("a", Integer, unique=True), UniqueConstraint("a", name="again")),
    ),
    Case(
        "a table comes with a column that is unique twice",
        lambda m: None,
        lambda m: m.table(Column("a", Integer, unique=True), UniqueConstraint("a", name="again")),
    ),
    Case(
        "a primary key comes",
        lambda m: m.table(Column("k", Integer, nullable=False), key=False),
        lambda m: m.table(Column("k", Integer, primary_key=True, autoincrement=False), key=False),
        rows="INSERT INTO {t} VALUES (1)",
    ),
    Case(
        "a primary key goes",
        lambda m: m.table(Column("k", Integer, primary_key=True, autoincrement=False), key=False),
        lambda m: m.table(Column("k", Integer, nullable=False), key=False),
    ),
    Case(
        "a primary key over a column that took NULL comes",
        lambda m: m.table(Column("k", Integer), key=False),
        lambda m: m.table(Column("k", Integer, primary_key=True, autoincrement=False), key=False),
        rows="INSERT INTO {t} VALUES (1)",
    ),
    Case(
        "a primary key goes, and its column takes NULL",
        lambda m: m.table(Column("k", Integer, primary_key=True, autoincrement=False), key=False),
        lambda m: m.table(Column("k", Integer), key=False),
    ),
    Case(
        "a primary key gets another column",
        lambda m: m.table(Column("k", Integer, primary_key=True), Column("l", Integer, nullable=False), key=False),
        lambda m: m.table(
            Column("k", Integer, primary_key=True, autoincrement=True),
            Column("l", Integer, primary_key=True),
            key=False,
        ),
    ),
    Case(
        "a primary key moves to another column",
        lambda m: m.table(
            Column("k", Integer, primary_key=True, autoincrement=False), Column("l", Integer, nullable=False), key=False
        ),
        lambda m: m.table(
            Column("k", Integer, nullable=False), Column("l", Integer, primary_key=True, autoincrement=False), key=False
        ),
        rows="INSERT INTO {t} VALUES (1, 2)",
    ),
    Case(
        "a primary key that is pointed to moves along with what points",
        lambda m: m.table(Column("o", ForeignKey(m.table(Column("n", Integer, unique=True), name="o").c.id))),
        lambda m: m.table(
            Column(
                "o",
                ForeignKey(
                    m.table(
                        Column("id", Integer, nullable=False),
                        Column("n", Integer, primary_key=True, autoincrement=False),
                        key=False,
                        name="o",
                    ).c.n
                ),
            )
        ),
        rows="INSERT INTO {s}.o VALUES (1, 1); INSERT INTO {t} VALUES (1, 1)",
        counts_anew=True,
    ),
    Case(
        "a primary key gets the columns in another order",
        lambda m: m.table(Column("k", Integer), Column("l", Integer), PrimaryKeyConstraint("k", "l"), key=False),
        lambda m: m.table(Column("k", Integer), Column("l", Integer), PrimaryKeyConstraint("l", "k"), key=False),
    ),
    Case(
        "a primary key includes a column",
        lambda m: m.table(Column("a", Text)),
        lambda m: m.table(
            Column("id", Integer),
            Column("a", Text),
            PrimaryKeyConstraint("id", name="k", postgresql_include=["a"]),
            key=False,
        ),
    ),
    Case(
        "a primary key is deferrable",
        lambda m: m.table(Column("k", Integer, autoincrement=False), PrimaryKeyConstraint("k", name="p"), key=False),
        lambda m: m.table(
            Column("k", Integer, autoincrement=False), PrimaryKeyConstraint("k", name="p", deferrable=True), key=False
        ),
    ),
    Case(
        "a key column gets another type as it gets an identity, and what points to it does",
        lambda m: m.table(Column("o", ForeignKey(m.table(name="o").c.id))),
        lambda m: m.table(
            Column(
                "o",
                ForeignKey(m.table(Column("id", BigInteger, Identity(), primary_key=True), key=False, name="o").c.id),
            )
        ),
    ),
)


def _two(m: Models, columns: tuple[str, str], targets: tuple[str, str]) -> None:
    target = m.table(Column("a", Integer), Column("b", Integer), UniqueConstraint("a", "b", name="ab"))
    points = ForeignKeyConstraint(columns, [target.c[each] for each in targets], name=NAME)
    m.table(Column("x", Integer), Column("y", Integer), points, name="from")


@each_of(CASES)
def test_keys(case: Case, changes: Changes) -> None:
    changes.check(case)
