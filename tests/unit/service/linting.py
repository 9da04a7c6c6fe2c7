"""Models in this process, as lint gets them from the child."""

from collections.abc import Callable

from sqlalchemy import MetaData

from pgcraft.collect import collect
from pgcraft.config import PGCraftConfig
from pgcraft.configure import pgcraft_configure_metadata
from pgcraft.extensions.postgrest import PostgRESTExtension
from pgcraft.service.types import LoadedModels
from pgcraft.worker.load import list_resources

Declare = Callable[[MetaData, PGCraftConfig], object]


def load(declare: Declare) -> LoadedModels:
    """Return what a declaration makes, with an API."""
    metadata, config = MetaData(), PGCraftConfig(auto_discover=False).use(PostgRESTExtension())
    declare(metadata, config)
    pgcraft_configure_metadata(metadata, config)
    catalog = collect(metadata)
    return LoadedModels(catalog, (), tuple(list_resources(metadata, catalog)), ())
