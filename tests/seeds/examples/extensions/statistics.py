from sqlalchemy import (
    Column,
    Integer,
    MetaData,
    Numeric,
    String,
    func,
    select,
)

from pgcraft.config import PGCraftConfig
from pgcraft.extensions.postgrest import (
    PostgRESTExtension,
    PostgRESTView,
)
from pgcraft.factory import PGCraftSimple
from pgcraft.views.view import PGCraftView
from pgcraft import (
    pgcraft_build_naming_conventions,
)

config = PGCraftConfig()
config.use(PostgRESTExtension())

metadata = MetaData(
    naming_convention=(
        pgcraft_build_naming_conventions()
    ),
)

# -- Table factories ----------------------------

Orders = PGCraftSimple(
    "orders", "public", metadata,
    config=config,
    schema_items=[
        Column(
            "customer_id",
            Integer,
            nullable=False,
        ),
        Column(
            "total",
            Numeric(10, 2),
            nullable=False,
        ),
    ],
)

customers = PGCraftSimple(
    "customers", "public", metadata,
    config=config,
    schema_items=[
        Column("name", String, nullable=False),
        Column("email", String),
    ],
)

# -- Standalone aggregate views -----------------

_orders_t = Orders.table

order_stats = PGCraftView(
    "customer_order_stats", "public", metadata,
    query=select(
        _orders_t.c.customer_id,
        func.count().label("order_count"),
        func.sum(_orders_t.c.total).label(
            "order_total",
        ),
    ).group_by(_orders_t.c.customer_id),
)

# -- API view with joined statistics ------------
# PGCraftView.table is a joinable SQLAlchemy Table.
# Triggers still work -- they operate on the base
# table columns; joined columns are read-only.

_os = order_stats.table

PostgRESTView(
    source=customers,
    grants=[
        "select", "insert", "update", "delete",
    ],
    query=lambda q, t: (
        select(
            t.c.id,
            t.c.name,
            t.c.email,
            _os.c.order_count,
            _os.c.order_total,
        )
        .select_from(t)
        .outerjoin(
            _os, t.c.id == _os.c.customer_id
        )
    ),
)
