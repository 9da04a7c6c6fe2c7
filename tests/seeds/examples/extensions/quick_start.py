from pgcraft.config import PGCraftConfig
from pgcraft.extensions.postgrest import (
    PostgRESTExtension,
)

config = PGCraftConfig()
config.use(PostgRESTExtension())
