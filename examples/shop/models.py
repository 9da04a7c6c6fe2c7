"""A small shop: what it sells, who buys, and what a client of its API may do."""

from sqlalchemy import Column, Computed, DateTime, Integer, MetaData, Numeric, String, Text, func, select

from pgcraft import pgcraft_build_naming_conventions
from pgcraft.check import PGCraftCheck
from pgcraft.config import PGCraftConfig
from pgcraft.declarative import register
from pgcraft.extensions.postgrest import PostgRESTExtension, PostgRESTView
from pgcraft.factory import PGCraftSimple
from pgcraft.fk import PGCraftFK
from pgcraft.index import PGCraftIndex
from pgcraft.views.view import PGCraftView
from shop_stamps import StampsExtension

config = PGCraftConfig()
config.use(PostgRESTExtension(), StampsExtension())

metadata = MetaData(naming_convention=pgcraft_build_naming_conventions())

# -- Inventory ----------------------------------------------------------------

products = PGCraftSimple(
    "products",
    "inventory",
    metadata,
    config=config,
    schema_items=[
        Column("name", String, nullable=False),
        Column("sku", String(32), nullable=False),
        Column("price", Numeric(10, 2), nullable=False),
        Column("cost", Numeric(10, 2), nullable=False, server_default="0"),
        Column("margin", Numeric(10, 2), Computed("price - cost", persisted=True)),
        Column("internal_notes", Text),
        PGCraftCheck("{price} >= 0", "price_not_negative"),
        PGCraftCheck("{cost} >= 0", "cost_not_negative"),
        PGCraftIndex("uq_products_sku", "{sku}", unique=True),
        PGCraftIndex("idx_products_lower_name", "lower({name})"),
    ],
)


@register(metadata=metadata, config=config, api={"grants": ["select", "update"]})
class Stock:
    """How much of a product lies in which warehouse."""

    __tablename__ = "stock"
    __table_args__ = (
        PGCraftFK(references={"{product_id}": "products.id"}, name="fk_stock_product", ondelete="CASCADE"),
        PGCraftCheck("{quantity} >= 0", "quantity_not_negative"),
        PGCraftIndex("uq_stock_product_warehouse", "{product_id}", "{warehouse}", unique=True),
        {"schema": "inventory"},
    )

    product_id = Column(Integer, nullable=False)
    warehouse = Column(String(8), nullable=False)
    quantity = Column(Integer, nullable=False, server_default="0")


# -- Sales --------------------------------------------------------------------

customers = PGCraftSimple(
    "customers",
    "sales",
    metadata,
    config=config,
    schema_items=[
        Column("name", String, nullable=False),
        Column("email", String, nullable=False),
        PGCraftCheck("{email} LIKE '%@%'", "email_has_an_at"),
        PGCraftIndex("uq_customers_email", "lower({email})", unique=True),
    ],
)

orders = PGCraftSimple(
    "orders",
    "sales",
    metadata,
    config=config,
    schema_items=[
        Column("customer_id", Integer, nullable=False),
        Column("status", String(16), nullable=False, server_default="open"),
        Column("placed_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
        PGCraftFK(references={"{customer_id}": "customers.id"}, name="fk_orders_customer"),
        PGCraftCheck("{status} IN ('open', 'paid', 'shipped', 'cancelled')", "status_is_known"),
        PGCraftIndex("idx_orders_customer", "{customer_id}", "{placed_at}"),
        PGCraftIndex("idx_orders_open", "{placed_at}", postgresql_where="status = 'open'"),
    ],
)

order_items = PGCraftSimple(
    "order_items",
    "sales",
    metadata,
    config=config,
    schema_items=[
        Column("order_id", Integer, nullable=False),
        Column("product_id", Integer, nullable=False),
        Column("quantity", Integer, nullable=False, server_default="1"),
        Column("unit_price", Numeric(10, 2), nullable=False),
        Column("total", Numeric(12, 2), Computed("quantity * unit_price", persisted=True)),
        PGCraftFK(references={"{order_id}": "orders.id"}, name="fk_order_items_order", ondelete="CASCADE"),
        PGCraftFK(references={"{product_id}": "products.id"}, name="fk_order_items_product"),
        PGCraftCheck("{quantity} > 0", "quantity_positive"),
        PGCraftIndex("uq_order_items_order_product", "{order_id}", "{product_id}", unique=True),
        PGCraftIndex("idx_order_items_product", "{product_id}"),
    ],
)

# -- Statistics ---------------------------------------------------------------

_orders, _items = orders.table, order_items.table

customer_order_stats = PGCraftView(
    "customer_order_stats",
    "sales",
    metadata,
    query=select(
        _orders.c.customer_id,
        func.count(_orders.c.id.distinct()).label("order_count"),
        func.sum(_items.c.total).label("order_total"),
        func.max(_orders.c.placed_at).label("last_order_at"),
    )
    .select_from(_orders)
    .outerjoin(_items, _items.c.order_id == _orders.c.id)
    .group_by(_orders.c.customer_id),
)

product_sales = PGCraftView(
    "product_sales",
    "sales",
    metadata,
    query=select(
        _items.c.product_id,
        func.sum(_items.c.quantity).label("sold"),
        func.sum(_items.c.total).label("turnover"),
    ).group_by(_items.c.product_id),
)

# -- API ----------------------------------------------------------------------

PostgRESTView(source=products, exclude_columns=["cost", "margin", "internal_notes"])

_stats = customer_order_stats.table

PostgRESTView(
    source=customers,
    grants=["select", "insert", "update", "delete"],
    query=lambda q, t: q.add_columns(_stats.c.order_count, _stats.c.order_total, _stats.c.last_order_at).outerjoin(
        _stats, t.c.id == _stats.c.customer_id
    ),
)

PostgRESTView(source=orders, grants=["select", "insert", "update"])

PostgRESTView(source=order_items, grants=["select", "insert", "delete"])

PostgRESTView(source=product_sales, schema="reporting")
