from sqlalchemy import Column, Integer, MetaData, String

from pgcraft.factory import PGCraftSimple
from pgcraft.fk import PGCraftFK
from pgcraft import pgcraft_build_naming_conventions

metadata = MetaData(
    naming_convention=pgcraft_build_naming_conventions(),
)

customers = PGCraftSimple(
    "customers",
    "public",
    metadata,
    schema_items=[
        Column("name", String, nullable=False),
    ],
)

orders = PGCraftSimple(
    "orders",
    "public",
    metadata,
    schema_items=[
        Column("customer_id", Integer, nullable=False),
        Column("total", Integer, nullable=False),
        PGCraftFK(
            references={
                "{customer_id}": "customers.id"
            },
            name="fk_orders_customer",
            ondelete="CASCADE",
        ),
    ],
)
