from sqlalchemy import Column, Integer, MetaData, String

from pgcraft.factory import PGCraftSimple
from pgcraft.index import PGCraftIndex
from pgcraft import pgcraft_build_naming_conventions

metadata = MetaData(
    naming_convention=pgcraft_build_naming_conventions(),
)

products = PGCraftSimple(
    "products",
    "inventory",
    metadata,
    schema_items=[
        Column("name", String, nullable=False),
        Column("sku", String(32), nullable=False),
        Column("price", Integer, nullable=False),
        # Simple index
        PGCraftIndex("idx_products_sku", "{sku}"),
        # Unique index
        PGCraftIndex(
            "uq_products_name", "{name}", unique=True
        ),
        # Functional index with dialect kwargs
        PGCraftIndex(
            "idx_products_lower_name",
            "lower({name})",
            postgresql_using="btree",
        ),
        # Multi-column index
        PGCraftIndex(
            "idx_products_name_price",
            "{name}",
            "{price}",
        ),
    ],
)
