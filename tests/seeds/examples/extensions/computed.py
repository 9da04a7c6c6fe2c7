from sqlalchemy import (
    Column,
    Computed,
    Integer,
    MetaData,
    String,
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
    naming_convention=(
        pgcraft_build_naming_conventions()
    ),
)

products = PGCraftSimple(
    "products", "inventory", metadata,
    config=config,
    schema_items=[
        Column("name", String, nullable=False),
        Column("price", Integer, nullable=False),
        Column("qty", Integer, nullable=False),
        Column(
            "total", Integer,
            Computed("price * qty"),
        ),
    ],
)

PostgRESTView(
    source=products,
    grants=[
        "select", "insert", "update", "delete",
    ],
)
