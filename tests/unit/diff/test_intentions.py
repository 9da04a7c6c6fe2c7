"""What belongs together among all that is done, and the line that tells it."""

from dataclasses import replace

import pytest
from sqlalchemy import Column as Field
from sqlalchemy import MetaData, String
from sqlalchemy.schema import SchemaItem

from pgcraft import pgcraft_build_naming_conventions
from pgcraft.catalog.definitions import (
    Column,
    Constraint,
    Definition,
    Domain,
    Enum,
    Function,
    Grant,
    Index,
    Policy,
    Role,
    Schema,
    Table,
    Trigger,
    View,
)
from pgcraft.catalog.ids import parse_id
from pgcraft.catalog.objects import Catalog, Kind, ObjectId
from pgcraft.collect.metadata import collect
from pgcraft.config import PGCraftConfig
from pgcraft.diff.actions import Action, Verb
from pgcraft.diff.casts import Casting
from pgcraft.diff.compare import Diff, compare_catalogs
from pgcraft.diff.intentions.grouping import Planned, group_steps
from pgcraft.diff.intentions.sentences import say_change
from pgcraft.diff.whole import plan_everything
from pgcraft.extensions.postgrest import PostgRESTExtension, PostgRESTView
from pgcraft.factory import PGCraftSimple
from tests.unit.diff.catalogs import Objects, make, without

TRIGGER = Function("", "trigger", "plpgsql", "BEGIN RETURN NEW; END")
VIEW = View("SELECT id, name FROM sales.customers", ("id", "name"), ("integer", "text"))
BASE: dict[str, Definition] = {
    "schema sales": Schema(),
    "schema api": Schema(),
    "role anon": Role(),
    "table sales.customers": Table(),
    "column sales.customers.id": Column(1, "integer", nullable=False),
    "column sales.customers.name": Column(2, "text"),
    "constraint customers_pkey on sales.customers": Constraint("primary key", ("id",), "PRIMARY KEY (id)"),
    "table sales.orders": Table(),
    "column sales.orders.id": Column(1, "integer", nullable=False),
    "column sales.orders.customer": Column(2, "integer"),
    "constraint of_customer on sales.orders": Constraint(
        "foreign key",
        ("customer",),
        "FOREIGN KEY (customer) REFERENCES sales.customers(id)",
        ("sales", "customers"),
        ("id",),
    ),
    "function api.insert()": TRIGGER,
    "view api.customers": VIEW,
    "view api.names": View("SELECT name FROM api.customers", ("name",), ("text",)),
    "trigger one on api.customers": Trigger("instead of", ("insert",), ("api", "insert")),
    "trigger two on api.customers": Trigger("instead of", ("update",), ("api", "insert")),
    "grant on view api.customers to anon": Grant(("select",)),
}
PHONE: dict[str, Definition] = {"column sales.customers.phone": Column(3, "text")}
WIDER = View("SELECT id, phone, name FROM sales.customers", ("id", "phone", "name"), ("integer", "text", "text"))
READS_PHONE = replace(TRIGGER, body="BEGIN PERFORM NEW.phone; RETURN NEW; END")
NEW_TABLE: dict[str, Definition] = {
    "table sales.items": Table(),
    "column sales.items.id": Column(1, "integer"),
    "index by_id on sales.items": Index(("id",), ("id",)),
}

CASES: dict[str, tuple[Objects, Objects, list[str]]] = {
    "nothing": (BASE, BASE, []),
    "a column": (BASE, {**BASE, **PHONE}, ["sales.customers gains phone"]),
    "a column that goes": ({**BASE, **PHONE}, BASE, ["sales.customers loses phone"]),
    "a column that a view shows first": (
        BASE,
        {**BASE, **PHONE, "view api.customers": WIDER},
        [
            "sales.customers gains phone; api.customers and api.names are made again with 2 triggers and a grant",
        ],
    ),
    "a column, and a trigger more on the view of it": (
        BASE,
        {
            **BASE,
            **PHONE,
            "view api.customers": WIDER,
            "trigger new on api.customers": Trigger("instead of", ("delete",), ("api", "insert")),
        },
        ["sales.customers gains phone; api.customers and api.names are made again with 3 triggers and a grant"],
    ),
    "a column with all that is for it": (
        BASE,
        {
            **BASE,
            **PHONE,
            "index by_phone on sales.customers": Index(("phone",), ("phone",)),
            "trigger keep on sales.customers": Trigger(
                "before", ("update",), ("sales", "keep"), update_columns=("phone",)
            ),
            "function sales.keep()": TRIGGER,
        },
        ["sales.customers gains phone with its function, its index and its trigger"],
    ),
    "a column that a trigger function reads": (
        BASE,
        {**BASE, **PHONE, "function api.insert()": READS_PHONE},
        ["sales.customers gains phone; function api.insert() is replaced"],
    ),
    "two columns of one view are one change": (
        BASE,
        {
            **BASE,
            **PHONE,
            "column sales.customers.fax": Column(4, "text"),
            "view api.customers": replace(WIDER, query="SELECT id, phone, fax, name FROM sales.customers"),
        },
        ["sales.customers gains phone and fax; api.customers and api.names are made again with 2 triggers and a grant"],
    ),
    "two columns that nothing shows are two": (
        BASE,
        {**BASE, **PHONE, "column sales.orders.note": Column(3, "text")},
        ["sales.customers gains phone", "sales.orders gains note"],
    ),
    "another type under a view": (
        BASE,
        {**BASE, "column sales.customers.name": Column(2, "character varying", nullable=False)},
        [
            "sales.customers.name becomes character varying and NOT NULL; "
            "api.customers and api.names are made again with 2 triggers and a grant"
        ],
    ),
    "another key under a foreign key": (
        BASE,
        {
            **BASE,
            "constraint customers_pkey on sales.customers": Constraint(
                "primary key", ("id",), "PRIMARY KEY (id) INCLUDE (name)"
            ),
        },
        [
            "constraint customers_pkey on sales.customers changes its definition and is made again; "
            "constraint of_customer on sales.orders is made again"
        ],
    ),
    "a new table with its schema and its type": (
        BASE,
        {
            **BASE,
            "schema stock": Schema(),
            "enum stock.state": Enum(("a",)),
            "table stock.items": Table(),
            "column stock.items.state": Column(1, "stock.state"),
            "grant on table stock.items to anon": Grant(("select", "insert")),
        },
        ["stock.items is new with enum stock.state, its grant and schema stock"],
    ),
    "a schema of two tables is a change of its own": (
        BASE,
        {**BASE, "schema stock": Schema(), "table stock.a": Table(), "table stock.b": Table()},
        ["schema stock is new", "stock.a is new", "stock.b is new"],
    ),
    "a table with an index": (BASE, {**BASE, **NEW_TABLE}, ["sales.items is new with its index"]),
    "a table that goes takes along what stands on it": (
        BASE,
        without(BASE, *(line for line in BASE if "customers" in line or "names" in line or "of_customer" in line)),
        [
            "sales.customers is dropped with api.customers, api.names, its constraint, 2 triggers and its grant",
        ],
    ),
    "a grant": (
        BASE,
        {**BASE, "grant on table sales.orders to anon": Grant(("select",), columns=(("update", "customer"),))},
        ["anon gains SELECT and UPDATE of customer on sales.orders"],
    ),
    "a grant that changes": (
        {**BASE, "grant on table sales.orders to anon": Grant(("insert", "select"))},
        {**BASE, "grant on table sales.orders to anon": Grant(("delete", "select"), columns=(("update", "customer"),))},
        ["anon gains DELETE and UPDATE of customer and loses INSERT on sales.orders"],
    ),
    "a default that a view takes over": (
        {**BASE, "view api.customers": replace(WIDER, column_defaults=(("name", "'a'"),))},
        {
            **BASE,
            "column sales.customers.name": Column(2, "text", default="'b'"),
            "view api.customers": replace(WIDER, column_defaults=(("name", "'b'"),)),
        },
        ["sales.customers.name gets a default; api.customers is replaced"],
    ),
    "a type below a generated column": (
        {**BASE, "column sales.orders.twice": Column(9, "integer", generated="customer * 2")},
        {
            **BASE,
            "column sales.orders.customer": Column(2, "bigint"),
            "column sales.orders.twice": Column(9, "integer", generated="customer * 2"),
        },
        ["sales.orders.customer becomes bigint; sales.orders.twice is made again"],
    ),
    "a grant that goes": (
        BASE,
        without(BASE, "grant on view api.customers to anon"),
        ["anon loses SELECT on api.customers"],
    ),
    "a role with its grants": (
        BASE,
        {
            **BASE,
            "role staff": Role(),
            "grant on view api.customers to staff": Grant(("select",)),
            "grant on view api.names to staff": Grant(("select",)),
        },
        ["role staff is new with 2 grants"],
    ),
    "a policy": (
        BASE,
        {**BASE, "policy own on sales.orders": Policy(using="true")},
        ["sales.orders gains policy own"],
    ),
    "facts of a column": (
        {**BASE, "column sales.orders.customer": Column(2, "integer", nullable=False, default="1", comment="a")},
        {**BASE, "column sales.orders.customer": Column(2, "integer", default="2")},
        ["sales.orders.customer may be NULL, changes its default and loses its comment"],
    ),
    "a column whose view changes for another one": (
        BASE,
        {
            **BASE,
            **PHONE,
            "column sales.customers.name": Column(2, "text", default="'x'"),
            "view api.customers": replace(WIDER, query="SELECT id, name, phone FROM sales.customers"),
        },
        [
            "sales.customers.name gets a default",
            "sales.customers gains phone; api.customers and api.names are made again with 2 triggers and a grant",
        ],
    ),
    "a function": (
        BASE,
        {**BASE, "function api.insert()": replace(TRIGGER, body="BEGIN RETURN OLD; END")},
        ["function api.insert() changes its body"],
    ),
    "a domain that columns are of": (
        {**BASE, "domain sales.mail": Domain("text"), "column sales.customers.name": Column(2, "sales.mail")},
        {**BASE, "domain sales.mail": Domain("integer"), "column sales.customers.name": Column(2, "sales.mail")},
        ["domain sales.mail changes its type; api.customers and api.names are made again with 2 triggers and a grant"],
    ),
    "hostile names": (
        {"schema app": Schema(), 'table app."t t"': Table()},
        {
            "schema app": Schema(),
            'table app."t t"': Table(),
            'column app."t t"."a\\"b\\u00000a"': Column(1, "integer"),
        },
        ['app."t t" gains "a\\"b\\u00000a"'],
    ),
}


PLURAL: dict[str, Definition] = {
    **BASE,
    **{f"view api.v{number}": View("SELECT id FROM sales.customers", ("id",), ("integer",)) for number in range(5)},
}


@pytest.mark.parametrize("name", CASES)
def test_a_change_is_told_in_one_line(name: str) -> None:
    before, after, expected = CASES[name]
    planned = plan(make(before), make(after))
    groups = group_steps(planned, steps(planned))
    assert expected == [say_change(group) for group in groups]
    assert sorted({action.id for action in planned.actions}) == sorted(each for group in groups for each in group.deeds)


def test_renames_are_told_with_the_old_name() -> None:
    """What is renamed has its new id wherever it is touched."""
    table, key, column = (parse_id(each) for each in ("table app.t", "constraint k on app.t", "column app.u.b"))
    renames = [Action(Verb.RENAME, each, (), (), "old") for each in (table, key, column)]
    catalog = make(
        {"schema app": Schema(), "table app.t": Table(), "table app.u": Table(), "column app.u.b": Column(1, "x")}
    )
    planned = Planned(catalog, catalog, Diff(), tuple(renames))
    assert ["app.t is renamed from old; constraint k on app.t is renamed", "app.u.b is renamed from old"] == [
        say_change(group) for group in group_steps(planned, steps(planned))
    ]


def test_many_are_told_by_their_number() -> None:
    bigger = {**PLURAL, "column sales.customers.id": Column(1, "bigint", nullable=False)}
    planned = plan(make(PLURAL), make(bigger))
    (group,) = group_steps(planned, steps(planned))
    told = "sales.customers.id becomes bigint; 7 views are made again with 2 triggers and a grant"
    assert told == say_change(group)


def test_what_is_left_of_a_change_is_told() -> None:
    """A user leaves out what follows from a column."""
    before, after, _ = CASES["a column that a view shows first"]
    planned = plan(make(before), make(after))
    kept = [(verb, each) for verb, each in steps(planned) if each.kind is Kind.COLUMN]
    assert ["sales.customers gains phone"] == [say_change(group) for group in group_steps(planned, kept)]
    kept = [(verb, each) for verb, each in steps(planned) if each.kind is not Kind.COLUMN]
    assert [
        "api.customers changes its query and is made again with 2 triggers and its grant; api.names is made again"
    ] == [say_change(group) for group in group_steps(planned, kept)]


def test_a_resource_is_one_change_whichever_declarations_make_it() -> None:
    bare, with_phone = declare(), declare(Field("phone", String, index=True))
    (made,) = tell(Catalog(), bare)
    assert "sales.customers is new with api.customers, 4 functions, 2 triggers and 2 schemas" == made
    (added,) = tell(bare, with_phone)
    assert "sales.customers gains phone with its index; api.customers and 2 functions are replaced" == added
    (dropped,) = tell(with_phone, bare)
    assert dropped.startswith("sales.customers loses phone with its index; api.customers is made again with 2 triggers")
    (gone,) = tell(with_phone, Catalog())
    assert "sales.customers is dropped with api.customers, 4 functions, its index, 2 triggers and 2 schemas" == gone


def declare(*more: SchemaItem) -> Catalog:
    config = PGCraftConfig()
    config.use(PostgRESTExtension())
    metadata = MetaData(naming_convention=pgcraft_build_naming_conventions())
    items = [Field("name", String, nullable=False), *more]
    customers = PGCraftSimple("customers", "sales", metadata, config=config, schema_items=items)
    PostgRESTView(source=customers, grants=["select", "insert", "update"])
    return collect(metadata)


def tell(current: Catalog, wanted: Catalog) -> list[str]:
    planned = plan(current, wanted)
    return [say_change(group) for group in group_steps(planned, steps(planned))]


def plan(current: Catalog, wanted: Catalog) -> Planned:
    diff = compare_catalogs(current, wanted)
    actions = plan_everything(current, wanted, diff, cast=lambda *_: Casting())
    return Planned(current, wanted, diff, actions)


def steps(planned: Planned) -> list[tuple[str, ObjectId]]:
    return [(action.verb, action.id) for action in planned.actions]
