"""Calling factories: what they leave on the metadata, and what they say when something is wrong."""

import inspect
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import (
    CheckConstraint,
    Column,
    Computed,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    UniqueConstraint,
)

from pgcraft.catalog.origins import Layer
from pgcraft.check import PGCraftCheck
from pgcraft.config import PGCraftConfig, get_configs
from pgcraft.errors import PGCraftColumnError, PGCraftContextError, PGCraftError, PGCraftValidationError
from pgcraft.factory import FactoryContext, PGCraftLedger, PGCraftSimple
from pgcraft.fk import PGCraftFK
from pgcraft.index import PGCraftIndex
from pgcraft.models import SchemaDefinition, register_schema
from pgcraft.models.declarations import get_declarations
from pgcraft.models.provenance import read_origins
from pgcraft.plugin import Plugin
from pgcraft.plugins.created_at import CreatedAtPlugin
from pgcraft.plugins.pk import UUIDV4PKPlugin
from tests.unit.declare.building import new_metadata


def error_of(metadata: MetaData, *items: Any, name: str = "order", **options: Any) -> PGCraftError:
    with pytest.raises(PGCraftError) as caught:
        PGCraftSimple(name, "sales", metadata, items, **options)
    return caught.value


class Failing(Plugin):
    def run(self, ctx: FactoryContext) -> None:
        register_schema(ctx.metadata, SchemaDefinition(name="left_behind"))
        raise ZeroDivisionError("by design")


def test_the_table_has_the_key_then_columns_of_plugins_then_the_users() -> None:
    """The order is that of the views and of every client's rows."""
    made = PGCraftSimple("t", "app", MetaData(), [Column("name", String)], extra_plugins=[CreatedAtPlugin()])
    assert ["id", "created_at", "name"] == made.table.columns.keys()
    assert "app.t" == made.table.fullname
    assert made.table is made.ctx["table"]


def test_plugins_replace_the_defaults_and_choose_the_key() -> None:
    """A serial id comes only when nobody makes a key."""
    made = PGCraftSimple("t", "app", MetaData(), [], plugins=[UUIDV4PKPlugin("key")])
    assert ["key"] == made.table.columns.keys()
    assert "key" == made.ctx.pk_column_name


def test_the_users_own_key_is_taken() -> None:
    """A second key would be a surprise."""
    own = PGCraftSimple("a", "app", MetaData(), [Column("code", String, primary_key=True)])
    listed = PGCraftSimple(
        "b", "app", MetaData(), [Column("x", Integer), Column("y", Integer), PrimaryKeyConstraint("y")]
    )
    assert ["code"] == own.table.columns.keys()
    assert ("y",) == listed.ctx["pk_columns"].names
    error = error_of(MetaData(), Column("code", String, primary_key=True), plugins=[UUIDV4PKPlugin()])
    assert "PGC122" == error.code


def test_items_of_sqlalchemy_count_too() -> None:
    """Users bring what they have."""
    price = Column("price", Integer)
    made = PGCraftSimple(
        "t", "app", MetaData(), [price, UniqueConstraint("price"), CheckConstraint("price > 0"), Index("ix", price)]
    )
    assert ["ix"] == [index.name for index in made.table.indexes]
    assert 3 == len(made.table.constraints)


def test_an_unknown_column_is_named_with_item_place_and_the_nearest_name() -> None:
    """The example of the style guide, word by word but for the list of columns."""
    metadata = new_metadata()
    line = inspect.currentframe().f_lineno + 2  # type: ignore[union-attr]
    with pytest.raises(PGCraftColumnError) as caught:
        PGCraftSimple(
            "order", "sales", metadata, [Column("amount", Integer), PGCraftCheck("{ammount} > 0", "positive")]
        )
    assert (
        'PGC104: check "positive" names column "ammount", which table sales.order does not have\n'
        f'  at tests/unit/declare/test_factory.py:{line}, PGCraftCheck in PGCraftSimple("order")\n'
        '  did you mean "amount"? If not, add the column; sales.order has id, amount'
    ) == str(caught.value)


@pytest.mark.parametrize(
    ("item", "named"),
    [
        (PGCraftIndex("ix", "{nope}"), 'index "ix"'),
        (PGCraftIndex("ix", "lower({nope})"), 'index "ix"'),
        (PGCraftIndex("ix", "{name}", postgresql_where="{nope} > 0"), 'index "ix"'),
        (PGCraftIndex("ix", "{name}", postgresql_include=["{nope}"]), 'index "ix"'),
        (PGCraftCheck("{nope} > 0", None), 'check "{nope} > 0"'),
    ],
)
def test_every_item_names_itself(item: object, named: str) -> None:
    """A column list of forty entries helps nobody without the item."""
    error = error_of(MetaData(), Column("name", String), item)
    assert "PGC104" == error.code
    assert error.what.startswith(named)


def test_literal_braces_stay() -> None:
    """Patterns and arrays have braces of their own."""
    made = PGCraftSimple(
        "t",
        "app",
        MetaData(),
        [
            Column("name", String),
            PGCraftCheck("{name} ~ '^[A-Z]{3}$' AND {name} <> ALL ('{1,2}') AND {name} <> '{{name}}'", "c"),
        ],
    )
    (check,) = [item for item in made.table.constraints if isinstance(item, CheckConstraint)]
    assert "name ~ '^[A-Z]{3}$' AND name <> ALL ('{1,2}') AND name <> '{name}'" == str(check.sqltext)


def test_index_options_reach_sqlalchemy() -> None:
    """What pgcraft does not know is not for it to refuse."""
    index = PGCraftIndex(
        "ix",
        "{Na me}",
        unique=True,
        postgresql_using="btree",
        postgresql_where="{Na me} <> ''",
        postgresql_include=["id"],
        postgresql_ops={"{Na me}": "text_pattern_ops"},
        postgresql_nulls_not_distinct=True,
    )
    made = PGCraftSimple("t", "app", MetaData(), [Column("Na me", String), index])
    (made_index,) = made.table.indexes
    options = made_index.dialect_options["postgresql"]
    assert made_index.unique
    assert "\"Na me\" <> ''" == str(options["where"])
    assert ["id"] == [column.name for column in options["include"]]
    assert {"Na me": "text_pattern_ops"} == options["ops"]
    assert options["nulls_not_distinct"]


def test_items_are_frozen() -> None:
    """Two factories may share one."""
    index = PGCraftIndex("ix", "{a}", postgresql_using="gin")
    assert index == PGCraftIndex("ix", "{a}", postgresql_using="gin")
    assert index != PGCraftIndex("ix", "{a}")
    with pytest.raises(AttributeError):
        index.name = "other"
    with pytest.raises(AttributeError):
        PGCraftCheck("x", "y").name = "z"  # type: ignore[misc]


def test_a_factory_that_fails_leaves_nothing_behind() -> None:
    """The next call of the same name would find a half-made table."""
    metadata = new_metadata()
    before = PGCraftSimple("kept", "sales", metadata, [Column("a", Integer)])
    config = PGCraftConfig(auto_discover=False)
    error = error_of(metadata, Column("a", Integer), extra_plugins=[Failing()], config=config)
    declarations = get_declarations(metadata)
    assert ["sales.kept"] == list(metadata.tables)
    assert () == declarations.schemas.all()
    assert [before.config] == get_configs(metadata)
    assert [before.table] == [item.definition.table for item in declarations.dimensions.all()]
    assert "PGC207" == error.code
    assert isinstance(error.__cause__, ZeroDivisionError)
    assert 'plugin Failing failed in PGCraftSimple("order"): ZeroDivisionError: by design' == error.what
    PGCraftSimple("order", "sales", metadata, [Column("a", Integer)])
    assert ["sales.kept", "sales.order"] == list(metadata.tables)


@pytest.mark.parametrize(
    ("call", "code"),
    [
        ({"tablename": ""}, "PGC101"),
        ({"tablename": "x" * 64}, "PGC101"),
        ({"tablename": "ü" * 32}, "PGC101"),
        ({"schemaname": None}, "PGC101"),
        ({"metadata": object()}, "PGC100"),
        ({"schema_items": ["name"]}, "PGC110"),
        ({"schema_items": None}, "PGC110"),
        ({"schema_items": Column("a", Integer)}, "PGC110"),
        ({"schema_items": [Column("a", Integer), PGCraftIndex("x" * 64, "{a}")]}, "PGC101"),
        ({"schema_items": [Column("a", Integer), PGCraftCheck("{a} > 0", "x" * 64)]}, "PGC101"),
        ({"schema_items": [Column("a", Integer), PGCraftIndex("i", "{a}"), PGCraftIndex("i", "{a}")]}, "PGC102"),
        ({"schema_items": [PGCraftCheck("1 > 0", "c"), PGCraftCheck("2 > 0", "c")]}, "PGC102"),
        ({"schema_items": [Column("id", Integer)]}, "PGC103"),
        ({"schema_items": [Column("x" * 64, Integer)]}, "PGC101"),
        ({"config": object()}, "PGC012"),
        ({"plugins": [Plugin()]}, "PGC201"),
        ({"plugins": [UUIDV4PKPlugin]}, "PGC201"),
        ({"plugins": [UUIDV4PKPlugin(), UUIDV4PKPlugin()]}, "PGC204"),
    ],
)
def test_wrong_arguments_have_a_code_and_a_place(call: dict[str, Any], code: str) -> None:
    """An AttributeError from the depth of SQLAlchemy would name no line of the user's."""
    arguments = {"tablename": "t", "schemaname": "app", "metadata": MetaData(), "schema_items": []} | call
    with pytest.raises(PGCraftError) as caught:
        PGCraftSimple(**arguments)
    assert code == caught.value.code
    assert caught.value.place is not None
    assert caught.value.place.file.endswith("test_factory.py")


def test_a_name_is_declared_once() -> None:
    """The second table would silently be the first."""
    metadata = MetaData()
    PGCraftSimple("order", "sales", metadata, [])
    error = error_of(metadata)
    assert "PGC102" == error.code
    assert "test_factory.py" in error.remedy


@pytest.mark.parametrize(
    "make",
    [
        lambda: PGCraftCheck(7, "x"),  # type: ignore[arg-type]
        lambda: PGCraftCheck("", "x"),
        lambda: PGCraftIndex("x", 7),  # type: ignore[arg-type]
        lambda: PGCraftIndex("x"),
        lambda: PGCraftIndex("", "{a}"),
        lambda: PGCraftFK(references={"{a}": 7}),  # type: ignore[dict-item]
        lambda: PGCraftFK(references="customers.id"),  # type: ignore[arg-type]
    ],
)
def test_items_are_made_of_text(make: Callable[[], object]) -> None:
    """The item's own line is nearer than the factory's."""
    with pytest.raises(PGCraftValidationError, match="PGC128") as caught:
        make()
    assert caught.value.place is not None
    assert caught.value.place.file.endswith("test_factory.py")


def test_a_column_belongs_to_one_table() -> None:
    """SQLAlchemy says so too, but not whose line it is."""
    metadata = MetaData()
    shared = Column("a", Integer)
    PGCraftSimple("first", "sales", metadata, [shared])
    assert "PGC103" == error_of(metadata, shared).code


def test_context_keys_are_read_after_they_are_set_and_set_once() -> None:
    """A plugin in the wrong place would work with nothing."""
    ctx = PGCraftSimple("t", "app", MetaData(), [Column("a", Integer)]).ctx
    with pytest.raises(KeyError) as caught:
        ctx["nope"]
    assert "nope" in str(caught.value)
    assert "pk_columns, table" in str(caught.value)
    ctx["mine"] = 1
    with pytest.raises(PGCraftContextError, match="PGC206"):
        ctx["mine"] = 2
    ctx.set("mine", 2, force=True)
    assert 2 == ctx["mine"]


def test_dimensions_are_the_columns_that_can_be_written() -> None:
    """A plugin that writes what it lists would write a computed column, which PostgreSQL refuses."""
    columns = [Column("b", Integer), Column("double", Integer, Computed("b * 2")), Column("a", Integer)]
    assert ["b", "a"] == PGCraftSimple("t", "app", MetaData(), columns).ctx.dim_column_names


def test_a_ledger_takes_no_column_of_the_name_of_its_own() -> None:
    for column in (Column("value", Integer), Column("value", Integer, Computed("1"))):
        with pytest.raises(PGCraftColumnError, match="PGC103"):
            PGCraftLedger("t", "app", MetaData(), [column])


def test_everything_knows_whose_it_is() -> None:
    """The workbench shows factory, plugin and line for each column."""
    config = PGCraftConfig(auto_discover=False).register(CreatedAtPlugin())
    table = PGCraftSimple("t", "app", MetaData(), [Column("a", Integer)], config=config).table
    layers = {column.name: [str(origin.layer) for origin in read_origins(column)] for column in table.columns}
    assert {"id": ["factory", "plugin"], "created_at": ["factory", "plugin"], "a": ["factory"]} == layers
    (origin,) = read_origins(table)
    assert (Layer.FACTORY, 'PGCraftSimple("t")') == (origin.layer, origin.name)
    assert "tests/unit/declare/test_factory.py" == origin.file


def test_errors_are_validation_errors() -> None:
    """One except clause catches whatever is wrong in the models."""
    assert isinstance(error_of(MetaData(), extra_plugins=[Failing()]), PGCraftValidationError)
