"""The same tables twice: as Simple factories behind a full API, and as plain SQLAlchemy tables."""

from sqlalchemy import Boolean, Column, DateTime, Integer, MetaData, Numeric, String, Table

from pgcraft.config import PGCraftConfig
from pgcraft.extensions.postgrest import PostgRESTExtension, PostgRESTView
from pgcraft.factory import PGCraftSimple

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


def build_plain(count: int, *, schemas: int = 1) -> MetaData:
    """Make plain tables of the same columns."""
    metadata = MetaData()
    for number in range(count):
        key = Column("id", Integer, primary_key=True)
        Table(f"table_{number:04}", metadata, key, *make_columns(), schema=schema_of(number, schemas))
    return metadata
