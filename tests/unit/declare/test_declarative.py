"""The class decorator."""

from datetime import datetime
from typing import Any, Optional

import pytest
from sqlalchemy import (
    CheckConstraint,
    Column,
    Index,
    Integer,
    MetaData,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, registry, relationship

from pgcraft.check import PGCraftCheck
from pgcraft.configure import pgcraft_configure_metadata
from pgcraft.declarative import register
from pgcraft.errors import PGCraftError
from pgcraft.extensions.postgrest import PostgRESTView
from pgcraft.factory import PGCraftSimple
from pgcraft.fk import PGCraftFK
from pgcraft.index import PGCraftIndex
from pgcraft.plugins.pk import UUIDV4PKPlugin
from pgcraft.resource import get_api_resources
from tests.unit.declare.building import new_metadata


def constraint_names(table: Any) -> set[str]:
    return {str(item.name) for item in (*table.constraints, *table.indexes)}


def test_the_class_comes_back_with_its_table() -> None:
    """The recipe of the seed."""
    metadata = new_metadata()

    @register(metadata=metadata)
    class Users:
        __tablename__ = "users"
        __table_args__ = {"schema": "public"}
        name = Column(String, nullable=False)
        age = Column(Integer)

    assert ["id", "name", "age"] == metadata.tables["public.users"].columns.keys()
    assert Users.__table__ is metadata.tables["public.users"]


def test_every_form_of_item_counts() -> None:
    """A constraint that is silently dropped is found by bad data."""
    metadata = new_metadata()

    @register(metadata=metadata, extra_plugins=[], plugins=[UUIDV4PKPlugin()])
    class Things:
        __tablename__ = "things"
        __table_args__ = (
            PGCraftCheck("{a} > 0", "positive"),
            UniqueConstraint("a", "b", name="pair"),
            Index("plain", "b"),
            {"schema": "app", "comment": "what we have"},
        )
        a = Column(Integer)
        b = Column("B b", String, key="b")
        other_id = Column(Integer)
        as_attribute = PGCraftIndex("lowered", "lower({b})")
        another = PGCraftFK(references={"{other_id}": "others.id"}, name="fk_other")
        checked = CheckConstraint("a < 9", name="small")

    @register(metadata=metadata, schema="app")
    class Others:
        __tablename__ = "others"

    pgcraft_configure_metadata(metadata)
    table = metadata.tables["app.things"]
    assert {"positive", "pair", "plain", "lowered", "fk_other", "small", "pk__things__id"} == constraint_names(table)
    assert ["id", "a", "B b", "other_id"] == [column.name for column in table.columns]
    assert "what we have" == table.comment


def test_columns_of_mixins_serve_many_classes() -> None:
    """A column object belongs to one table."""
    metadata = new_metadata()

    class Named:
        name = Column(String, nullable=False)

    for tablename in ("a", "b"):
        register(metadata=metadata)(type(tablename, (Named,), {"__tablename__": tablename, "size": Column(Integer)}))
    assert [["id", "name", "size"]] * 2 == [table.columns.keys() for table in metadata.tables.values()]
    assert ["public.a", "public.b"] == list(metadata.tables)


def test_annotations_declare_columns_as_in_sqlalchemy() -> None:
    """The form that SQLAlchemy's own tutorial teaches."""

    class Base(DeclarativeBase):
        metadata = new_metadata()
        type_annotation_map = {str: Text}

    class Stamped:
        stamped: Mapped[datetime | None]

    @register(base=Base, schema="app")
    class Customer(Stamped):
        __tablename__ = "customers"
        name: Mapped[str]
        nick: Mapped[Optional[str]] = mapped_column(String(9), unique=True)  # noqa: UP045  both forms
        posts: Mapped[list["Post"]] = relationship(back_populates="author")

    @register(base=Base, schema="app")
    class Post:
        __tablename__ = "posts"
        author_id: Mapped[int]
        fk = PGCraftFK(references={"{author_id}": "customers.id"})
        author: Mapped["Customer"] = relationship(back_populates="posts")

    table = Base.metadata.tables["app.customers"]
    assert ["id", "stamped", "name", "nick"] == table.columns.keys()
    assert [False, True, False, True] == [column.nullable for column in table.columns]
    assert ("TEXT", "VARCHAR(9)") == (str(table.c.name.type), str(table.c.nick.type))
    customer = Customer(name="ann", posts=[Post()])  # type: ignore[call-arg]
    assert customer.posts[0].author is customer


def test_a_registry_maps_too() -> None:
    """Not everyone has a declarative base."""
    mapped_by = registry(metadata=new_metadata())

    @register(base=mapped_by)
    class Thing:
        __tablename__ = "things"
        name = Column(String)

    assert "n" == Thing(name="n").name  # type: ignore[call-arg]


def test_a_class_is_exposed_and_a_source_like_any_factory() -> None:
    """`api=` holds the arguments of PostgRESTView."""
    metadata = new_metadata()

    @register(metadata=metadata, api={"grants": ["select", "insert"], "exclude_columns": ["secret"]})
    class Users:
        __tablename__ = "users"
        name = Column(String)
        secret = Column(String)

    PostgRESTView(Users, schema="reporting")
    PGCraftSimple("posts", "public", metadata, [Column("u", Integer), PGCraftFK(references={"{u}": "users.id"})])
    found = [(item.schema, item.name, item.grants) for item in get_api_resources(metadata)]
    assert [("api", "users", ("select", "insert")), ("reporting", "users", ("select",))] == found
    assert "public.users" == next(iter(metadata.tables["public.posts"].foreign_keys)).column.table.fullname


@pytest.mark.parametrize(
    ("body", "arguments", "code"),
    [
        ({}, {}, "PGC118"),
        ({"__tablename__": "t"}, {"metadata": None}, "PGC118"),
        ({"__tablename__": "t", "__table_args__": "x"}, {}, "PGC118"),
        ({"__tablename__": "t", "__table_args__": {"schema": "a"}}, {"schema": "b"}, "PGC118"),
        ({"__tablename__": "t"}, {"base": object()}, "PGC118"),
        ({"__tablename__": "t"}, {"api": {"grant": ["select"]}}, "PGC118"),
        ({"__tablename__": "t"}, {"api": {"grants": ["read"]}}, "PGC111"),
        ({"__tablename__": "t", "c": PGCraftCheck("{x} > 0", "c")}, {}, "PGC104"),
    ],
)
def test_wrong_classes_have_a_code_and_a_place_and_leave_nothing(
    body: dict[str, Any], arguments: dict[str, Any], code: str
) -> None:
    """The decorator's line is where the reader must look."""
    metadata = MetaData()
    with pytest.raises(PGCraftError) as caught:
        register(**{"metadata": metadata, **arguments})(type("T", (), body))
    assert code == caught.value.code
    assert caught.value.place is not None
    assert "test_declarative.py" in caught.value.place.file
    assert not metadata.tables
