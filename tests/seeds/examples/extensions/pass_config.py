from pgcraft.alembic.register import (
    pgcraft_configure_metadata,
)

PGCraftSimple(
    "users", "public", metadata, ...,
    config=config,
)
pgcraft_configure_metadata(metadata, config)
