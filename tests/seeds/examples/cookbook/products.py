# models.py
from sqlalchemy import Column, MetaData, Numeric, String

from pgcraft.factory import PGCraftSimple
from pgcraft import pgcraft_build_naming_conventions

metadata = MetaData(
    naming_convention=pgcraft_build_naming_conventions(),
)

PGCraftSimple(
    tablename="products",
    schemaname="inventory",
    metadata=metadata,
    schema_items=[
        Column("name", String, nullable=False),
        Column("sku", String(32), nullable=False),
        Column("price", Numeric(10, 2), nullable=False),
    ],
)
