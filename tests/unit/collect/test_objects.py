"""What each kind of object says: whole definitions, comments, what it needs, and whose it is where it has no text."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import (
    CheckConstraint,
    Column,
    Computed,
    Identity,
    Index,
    Integer,
    MetaData,
    Sequence,
    SmallInteger,
    String,
    Table,
    Text,
    func,
    literal,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import DOMAIN, TEXT
from sqlalchemy.types import NullType, TypeDecorator

from pgcraft.catalog import definitions as facts
from pgcraft.catalog.ids import parse_id
from pgcraft.catalog.objects import Catalog, CatalogObject
from pgcraft.catalog.origins import Layer, Origin
from pgcraft.collect import collect
from pgcraft.errors import PGCraftValidationError
from pgcraft.models import (
    DomainDefinition,
    FunctionDefinition,
    RoleDefinition,
    SchemaDefinition,
    ViewDefinition,
    register_domain,
    register_function,
    register_role,
    register_schema,
    register_view,
)
from pgcraft.models.provenance import stamp

Declare = Callable[[MetaData], object]
OWNER = Origin(Layer.FACTORY, "F", "models.py", 3)


def table(metadata: MetaData, *items: Any, name: str = "t", **options: Any) -> Table:
    made = Table(name, metadata, *(items or (Column("a", Integer),)), schema="app", **options)
    stamp(made, (OWNER,))
    return made


def function(metadata: MetaData, name: str = "f", **given: Any) -> None:
    base = {"schema": "app", "name": name, "returns": "integer", "body": "BEGIN END"}
    register_function(metadata, FunctionDefinition(**base | given))


def collect_from(declare: Declare) -> Catalog:
    metadata = MetaData()
    declare(metadata)
    return collect(metadata)


def get(declare: Declare, line: str) -> CatalogObject:
    return collect_from(declare).by_id[parse_id(line)]


DEFINED: dict[str, tuple[Declare, facts.Definition]] = {
    "index i on app.t": (
        lambda metadata: table(
            metadata,
            Column("a", Integer),
            Column("b c", Text),
            Index(
                "i",
                text("lower(a)"),
                "b c",
                unique=True,
                postgresql_using="GIST",
                postgresql_ops={"b c": "text_ops"},
                postgresql_include=["a"],
                postgresql_where=text("(a > 0)"),
                postgresql_nulls_not_distinct=True,
                postgresql_with={"fillfactor": 70, "deduplicate_items": False},
            ),
        ),
        facts.Index(
            elements=("lower(a)", '"b c" text_ops'),
            columns=("b c",),
            unique=True,
            method="gist",
            include=("a",),
            where="a > 0",
            nulls_not_distinct=True,
            options=(("deduplicate_items", "false"), ("fillfactor", "70")),
        ),
    ),
    "index plain on app.t": (
        lambda metadata: table(metadata, Column("a", Integer), Index("plain", text("a DESC NULLS LAST"))),
        facts.Index(elements=("a DESC NULLS LAST",), columns=("a",)),
    ),
    "table app.t": (
        lambda metadata: table(
            metadata,
            Column("a", Integer),
            comment="why",
            prefixes=["unlogged"],
            postgresql_partition_by="RANGE (a)",
            postgresql_with={"user_catalog_table": None, "fillfactor": 70},
        ),
        facts.Table(
            comment="why",
            is_unlogged=True,
            options=(("fillfactor", "70"), ("user_catalog_table", "true")),
            partition_by="RANGE (a)",
        ),
    ),
    "column app.t.serial": (
        lambda metadata: table(metadata, Column("serial", SmallInteger, primary_key=True, comment="why")),
        facts.Column(1, "smallint", nullable=False, is_serial=True, comment="why"),
    ),
    "column app.t.counted": (
        lambda metadata: table(
            metadata,
            Column("a", Integer),
            Column("counted", Integer, Identity(always=True, start=5, increment=2, maxvalue=99, cache=3, cycle=True)),
        ),
        facts.Column(
            2,
            "integer",
            nullable=False,
            identity=facts.Identity(always=True, start=5, increment=2, maximum=99, cache=3, cycle=True),
        ),
    ),
    "column app.t.unbound": (
        lambda metadata: table(
            metadata, Column("unbound", Integer, Identity(minvalue=7, nominvalue=True, maxvalue=9, nomaxvalue=True))
        ),
        facts.Column(1, "integer", nullable=False, identity=facts.Identity()),
    ),
    "column app.t.computed": (
        lambda metadata: table(metadata, Column("computed", Integer, Computed("(1 + 1)"), primary_key=True)),
        facts.Column(1, "integer", nullable=False, generated="1 + 1"),
    ),
    "column app.t.sorted": (
        lambda metadata: table(metadata, Column("sorted", String(9, collation="de_DE"), server_default="x")),
        facts.Column(1, "character varying(9)", default="'x'", collation='"de_DE"'),
    ),
    "sequence app.down": (
        lambda metadata: Sequence("down", schema="app", increment=-2, maxvalue=100, cache=5, metadata=metadata),
        facts.Sequence(increment=-2, start=100, minimum=-(2**63), maximum=100, cache=5),
    ),
    "sequence public.small": (
        lambda metadata: Sequence("small", minvalue=3, cycle=True, data_type=SmallInteger(), metadata=metadata),
        facts.Sequence(type="smallint", start=3, minimum=3, maximum=32767, cycle=True),
    ),
    "sequence public.started": (
        lambda metadata: Sequence("started", start=7, metadata=metadata),
        facts.Sequence(start=7, minimum=1, maximum=2**63 - 1),
    ),
    "domain app.code": (
        lambda metadata: table(
            metadata,
            Column(
                "a",
                DOMAIN(
                    "code",
                    TEXT(),
                    schema="app",
                    collation="C",
                    default="x",
                    constraint_name="fine",
                    not_null=True,
                    check="(VALUE <> '')",
                ),
            ),
        ),
        facts.Domain("text", "'x'", nullable=False, checks=(("fine", "VALUE <> ''"),), collation='"C"'),
    ),
    "role writer": (
        lambda metadata: [
            register_role(metadata, RoleDefinition(name="writer", login=True, inherit=False, member_of=("z", "b"))),
            register_role(metadata, RoleDefinition(name="group", members=("writer",))),
            register_role(metadata, RoleDefinition(name="admin", createdb=True, members=("other",))),
        ],
        facts.Role(login=True, inherit=False, member_of=("b", "group", "z")),
    ),
}


@pytest.mark.parametrize("line", DEFINED)
def test_an_object_is_all_of_this(line: str) -> None:
    declare, definition = DEFINED[line]
    assert definition == get(declare, line).definition


COMMENTED: dict[str, Callable[[MetaData, str], object]] = {
    "schema app": lambda metadata, comment: register_schema(metadata, SchemaDefinition(name="app", comment=comment)),
    "table app.t": lambda metadata, comment: table(metadata, comment=comment),
    "column app.t.a": lambda metadata, comment: table(metadata, Column("a", Integer, comment=comment)),
    "constraint k on app.t": lambda metadata, comment: table(
        metadata, Column("a", Integer), CheckConstraint("a > 0", name="k", comment=comment)
    ),
    "function app.f()": lambda metadata, comment: function(metadata, comment=comment),
    "view app.v": lambda metadata, comment: register_view(
        metadata, ViewDefinition(schema="app", name="v", query="SELECT 1", comment=comment)
    ),
}


@pytest.mark.parametrize("line", COMMENTED)
def test_an_object_has_its_comment_and_an_empty_one_is_none(line: str) -> None:
    for given, kept in {"why": "why", "": None}.items():
        item = get(lambda metadata, comment=given: COMMENTED[line](metadata, comment), line)  # type: ignore[misc]
        assert kept == item.definition.comment  # type: ignore[union-attr]


CALLING: dict[str, Declare] = {
    "index i on app.t": lambda metadata: table(metadata, Column("a", Integer), Index("i", text("lib.f(a)"))),
    "index w on app.t": lambda metadata: table(
        metadata, Column("a", Integer), Index("w", "a", postgresql_where=text("lib.f(a) > 0"))
    ),
    "constraint k on app.t": lambda metadata: table(
        metadata, Column("a", Integer), CheckConstraint("lib.f(a) > 0", name="k")
    ),
    "column app.t.d": lambda metadata: table(metadata, Column("d", Integer, server_default=text("lib.f(1)"))),
    "column app.t.g": lambda metadata: table(metadata, Column("g", Integer, Computed("lib.f(1)"))),
    "domain app.c": lambda metadata: register_domain(
        metadata, DomainDefinition(schema="app", name="c", type="integer", checks={"k": "lib.f(VALUE) > 0"})
    ),
    "domain app.d": lambda metadata: register_domain(
        metadata, DomainDefinition(schema="app", name="d", type="integer", default="lib.f(1)")
    ),
    "function app.arguments(integer)": lambda metadata: function(
        metadata, "arguments", arguments="a integer = lib.f(1)"
    ),
    "function app.body()": lambda metadata: function(metadata, "body", body="BEGIN PERFORM lib.f(1); END"),
    "view app.q": lambda metadata: register_view(
        metadata, ViewDefinition(schema="app", name="q", query="SELECT lib.f(1) AS a")
    ),
    "view app.d": lambda metadata: register_view(
        metadata, ViewDefinition(schema="app", name="d", query="SELECT 1 AS a", column_defaults={"a": "lib.f(1)"})
    ),
}


@pytest.mark.parametrize("line", CALLING)
def test_an_object_needs_the_functions_that_it_calls(line: str) -> None:
    def declare(metadata: MetaData) -> None:
        CALLING[line](metadata)
        function(metadata, schema="lib", arguments="a integer")

    assert parse_id("function lib.f(integer)") in get(declare, line).depends_on


NOTHING = literal(object(), NullType())
UNWRITABLE: dict[str, Declare] = {
    "column app.t.a": lambda metadata: table(metadata, Column("a", NullType())),
    "column app.t.d": lambda metadata: table(metadata, Column("d", Integer, server_default=func.f(NOTHING))),
    "constraint k on app.t": lambda metadata: table(metadata, CheckConstraint(func.f(NOTHING), name="k")),
    'constraint "?" on app.t': lambda metadata: table(metadata, CheckConstraint(func.f(NOTHING))),
    "index i on app.t": lambda metadata: Index("i", func.f(NOTHING), _table=table(metadata)),
    "domain app.c": lambda metadata: table(
        metadata, Column("a", DOMAIN("c", TEXT(), schema="app", check=func.f(NOTHING)))
    ),
}


@pytest.mark.parametrize("line", UNWRITABLE)
def test_what_has_no_text_is_named_with_the_place_of_its_owner(line: str) -> None:
    with pytest.raises(PGCraftValidationError) as caught:
        collect_from(UNWRITABLE[line])
    assert caught.value.what.startswith(f"{line} cannot be written as SQL: ")
    assert "models.py:3, F" == str(caught.value.place)


def test_a_view_without_text_is_named_with_its_own_place() -> None:
    for is_materialized, line in ((False, "view app.v"), (True, "materialized view app.v")):
        view = ViewDefinition(schema="app", name="v", query=select(NOTHING), is_materialized=is_materialized)
        with pytest.raises(PGCraftValidationError) as caught:
            collect_from(lambda metadata, view=view: register_view(metadata, view))  # type: ignore[misc]
        assert caught.value.what.startswith(f"{line} cannot be written as SQL: ")
        assert caught.value.place is not None
        assert "test_objects.py" == caught.value.place.file.rpartition("/")[2]


def test_a_decorated_type_is_what_it_is_made_of() -> None:
    class Sorted(TypeDecorator[str]):
        impl = String(9, collation="C")
        cache_ok = True

    column = get(lambda metadata: table(metadata, Column("a", Sorted)), "column app.t.a").definition
    assert facts.Column(1, "character varying(9)", collation='"C"') == column
