# models.py
from sqlalchemy import (
    Column,
    Integer,
    MetaData,
    Numeric,
    String,
)

from pgcraft.config import PGCraftConfig
from pgcraft.extensions.postgrest import (
    PostgRESTExtension,
    PostgRESTView,
)
from pgcraft.factory import PGCraftSimple
from pgcraft import pgcraft_build_naming_conventions

# Enable PostgREST roles and grants
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
    ],
)

PostgRESTView(source=products)
