from sqlalchemy import (
    Column, MetaData, Numeric, String, Text,
)

from pgcraft.config import PGCraftConfig
from pgcraft.extensions.postgrest import (
    PostgRESTExtension,
    PostgRESTView,
)
from pgcraft.factory import PGCraftSimple
from pgcraft import pgcraft_build_naming_conventions

config = PGCraftConfig()
config.use(PostgRESTExtension())

metadata = MetaData(
    naming_convention=pgcraft_build_naming_conventions(),
)

products = PGCraftSimple(
    tablename="products",
    schemaname="inventory",
    metadata=metadata,
    config=config,
    schema_items=[
        Column("name", String, nullable=False),
        Column("sku", String(32), nullable=False),
        Column(
            "price",
            Numeric(10, 2),
            nullable=False,
        ),
        Column("internal_notes", Text),  # hidden
    ],
)

PostgRESTView(
    source=products,
    columns=["id", "name", "sku", "price"],
)
