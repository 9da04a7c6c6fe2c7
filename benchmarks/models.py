"""The same tables: as Simple factories behind a full API, with views and triggers, and as plain SQLAlchemy tables."""

from sqlalchemy import Boolean, Column, DateTime, Integer, MetaData, Numeric, String, Table

from pgcraft.config import PGCraftConfig
from pgcraft.extensions.postgrest import PostgRESTExtension, PostgRESTView
from pgcraft.factory import PGCraftSimple
from pgcraft.models import (
    FunctionDefinition,
    TriggerDefinition,
    ViewDefinition,
    register_function,
    register_trigger,
    register_view,
)

GRANTS = ["select", "insert", "update", "delete"]

SOURCE = """\
from sqlalchemy import Boolean, Column, DateTime, MetaData, Numeric, String

from pgcraft.config import PGCraftConfig
from pgcraft.extensions.postgrest import PostgRESTExtension, PostgRESTView
from pgcraft.factory import PGCraftSimple

config = PGCraftConfig(auto_discover=False).use(PostgRESTExtension())
metadata = MetaData()

for number in range({count}):
    factory = PGCraftSimple(
        f"table_{{number:04}}", "inventory", metadata, config=config,
        schema_items=[
            Column("name", String, nullable=False),
            Column("sku", String(32), nullable=False),
            Column("price", Numeric(10, 2), nullable=False),
            Column("is_active", Boolean),
            Column("seen_at", DateTime(timezone=True)),
        ],
    )
    PostgRESTView(source=factory, grants=["select", "insert", "update", "delete"])
"""
"""A models.py of the same factories; ``{count}`` of them."""


def make_columns() -> list[Column[object]]:
    """Return the user's columns of one table."""
    return [
        Column("name", String, nullable=False),
        Column("sku", String(32), nullable=False),
        Column("price", Numeric(10, 2), nullable=False),
        Column("is_active", Boolean),
        Column("seen_at", DateTime(timezone=True)),
    ]


def schema_of(number: int, schemas: int) -> str:
    """Return the schema of a table when the tables are dealt out to several."""
    return f"schema_{number % schemas}"


def build_factories(count: int, *, schemas: int = 1) -> tuple[MetaData, PGCraftConfig]:
    """Make factories, each with an API view that grants everything."""
    config = PGCraftConfig(auto_discover=False).use(PostgRESTExtension())
    metadata = MetaData()
    for number in range(count):
        name = f"table_{number:04}"
        factory = PGCraftSimple(name, schema_of(number, schemas), metadata, make_columns(), config=config)
        PostgRESTView(source=factory, grants=GRANTS)
    return metadata, config


def build_registered(count: int, *, schemas: int = 1) -> MetaData:
    """Make the plain tables, each with a view, a function and three triggers that call it."""
    metadata = build_plain(count, schemas=schemas)
    for table in metadata.tables.values():
        schema, name = str(table.schema), str(table.name)
        query = f"SELECT id, name, sku FROM {schema}.{name}"
        register_view(metadata, ViewDefinition(schema=schema, name=f"{name}_view", query=query))
        body = FunctionDefinition(
            schema=schema, name=f"{name}_noted", language="plpgsql", returns="trigger", body="BEGIN RETURN NEW; END"
        )
        register_function(metadata, body)
        for event in ("insert", "update", "delete"):
            trigger = TriggerDefinition(
                schema=schema,
                relation=name,
                name=f"{name}_{event}",
                timing="before",
                events=(event,),
                function=(schema, f"{name}_noted"),
            )
            register_trigger(metadata, trigger)
    return metadata


def build_plain(count: int, *, schemas: int = 1) -> MetaData:
    """Make plain tables of the same columns."""
    metadata = MetaData()
    for number in range(count):
        key = Column("id", Integer, primary_key=True)
        Table(f"table_{number:04}", metadata, key, *make_columns(), schema=schema_of(number, schemas))
    return metadata
