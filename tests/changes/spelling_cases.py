"""Cases of SQLAlchemy's own words: its views, keys and names of columns, types of a MetaData, classes of the user's."""

from typing import Any

from sqlalchemy import (
    ARRAY,
    JSON,
    CheckConstraint,
    Column,
    CreateView,
    ForeignKey,
    Index,
    Integer,
    Sequence,
    String,
    Text,
    UniqueConstraint,
    func,
    select,
)
from sqlalchemy import Enum as SAEnum
from sqlalchemy.dialects.postgresql import DOMAIN, ENUM, INT4RANGE, JSONB, ExcludeConstraint
from sqlalchemy.types import UserDefinedType

from pgcraft.models import SchemaDefinition, register_schema, renamed_from
from tests.changes.cases import Case, Models, nothing


class Point(UserDefinedType[Any]):
    """A type of a user's that SQLAlchemy has no class for."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        """Return its SQL."""
        return "point"


class Short(UserDefinedType[Any]):
    """A type of a user's that SQLAlchemy has a class for."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        """Return its SQL."""
        return "character varying(7)"


def _views(m: Models, *columns: str, **options: Any) -> None:
    table = m.table(Column("a", Integer), Column("b", Text))
    query = select(table.c.id, *(table.c[name] for name in columns)).where(table.c.b != "x%:'")
    view = CreateView(query, "v", metadata=m.metadata, schema=m.schema, **options).table
    CreateView(select(view.c.id), "on it", metadata=m.metadata, schema=m.schema)
    if options.get("materialized"):
        Index("of it", view.c.a)


def _of_classes(m: Models, name: str) -> None:
    letter = ENUM("x", "y", name="letter", schema=m.schema)
    types = (Point(), ARRAY(Point()), Short(), String().with_variant(Point(), "postgresql"))
    types += (Short().with_variant(JSONB(), "postgresql"), String().with_variant(letter, "postgresql"))
    types += (JSON().with_variant(JSONB(), "postgresql"), ARRAY(String(5, collation="C")))
    m.table(*(Column(f"{name} {number}", type_) for number, type_ in enumerate(types)), name=name)


def _apart(m: Models) -> None:
    m.table()
    SAEnum("x", "y", name="letter", schema=m.schema, metadata=m.metadata)
    DOMAIN("code", Text, schema=m.schema, check="VALUE <> ''", metadata=m.metadata)


def _keyed(m: Models) -> None:
    columns = (Column("a", Integer, key="b"), Column("b", Integer, key="a"), Column("c", Integer, key="d"))
    unique = UniqueConstraint("a", name="u", postgresql_include=["d"])
    table = m.table(*columns, Column("D", Integer, key="c"), unique, CheckConstraint("a < b", name="k"), name="new")
    Index("i", table.c.b, postgresql_include=["c"])


def _excluding(m: Models) -> None:
    number, span, word = Column("n", Integer), Column("s", INT4RANGE), Column("w", Text)
    table = m.table(number, span, word, ExcludeConstraint((span, "&&"), where=number > 5, name="x"))
    Index("i", word.collate("C"), number + 1, _table=table)
    Index("j", func.lower(word.collate("C")), word.collate("C").desc(), _table=table)


def _counting(m: Models) -> None:
    m.table(Column("id", Integer, Sequence("s", schema=m.schema), primary_key=True), key=False, name="drawn")
    m.table(Column("id", Integer, primary_key=True, default=7), key=False, name="given")
    other = m.metadata.tables[f"{m.schema}.given"]
    words: dict[str, Any] = {"primary_key": True, "autoincrement": "ignore_fk"}
    m.table(Column("id", Integer, ForeignKey(other.c.id), **words), key=False, name="counts")


def _coded(m: Models, check: str | None) -> None:
    m.table(Column("a", DOMAIN("code", Integer, schema=m.schema, check=check, constraint_name="c" if check else None)))
    register_schema(m.metadata, SchemaDefinition(name=f"{m.schema} more")) if check else None


def _bare(m: Models, name: str) -> None:
    words = ("lateral", "system_user", "collation", "concurrently", "tablesample")
    check, index = CheckConstraint('"collation" > 0', name="tablesample"), Index(f"i {name}", "lateral")
    m.table(*(Column(word, Integer, server_default="1") for word in words), check, index, name=name)


CASES = (
    Case("a view of SQLAlchemy's comes", lambda m: m.table(Column("a", Integer), Column("b", Text)), _views),
    Case(
        "a view of SQLAlchemy's gets a column and an option",
        _views,
        lambda m: _views(m, "b", postgresql_with={"security_barrier": True}),
        shows=("security_barrier",),
    ),
    Case("a view of SQLAlchemy's becomes materialized", _views, lambda m: _views(m, "a", materialized=True)),
    Case(
        "a temporary table and a temporary view are none",
        lambda m: m.table(),
        lambda m: CreateView(
            select(m.table().c.id, m.table(name="t", prefixes=["TEMPORARY"]).c.id.label("b")),
            "v",
            metadata=m.metadata,
            schema=m.schema,
            temporary=True,
        ),
        is_same=True,
    ),
    Case(
        "columns of classes of the user's come, also with their table",
        lambda m: m.table(name="old"),
        lambda m: (_of_classes(m, "old"), _of_classes(m, "new")),
    ),
    Case("types come that no column is of", lambda m: m.table(), _apart, shows=("CREATE TYPE", "CREATE DOMAIN")),
    Case(
        "what names columns by their keys comes",
        nothing,
        _keyed,
        shows=("UNIQUE (b) INCLUDE (c)", '(a) INCLUDE ("D")', "CHECK ((a < b))"),
    ),
    Case("columns in a condition, and with a collation", lambda m: m.table(Column("n", Integer)), _excluding),
    Case("keys that count otherwise come", nothing, _counting, shows=("counts_id_seq",)),
    Case(
        "names that SQLAlchemy does not quote come",
        lambda m: m.table(name="lateral"),
        lambda m: (_bare(m, "lateral"), _bare(m, "collation")),
    ),
    Case(
        "a column and a table get names that SQLAlchemy does not quote",
        lambda m: m.table(Column("a", Integer), name="old"),
        lambda m: m.table(
            Column("concurrently", Integer, info=renamed_from("a")), name="tablesample", info=renamed_from("old")
        ),
    ),
    Case("a check of a domain goes before a schema", lambda m: _coded(m, "VALUE > 0"), lambda m: _coded(m, None)),
)
