"""Models of one test, put into its database as the export writes them."""

from typing import Any

from sqlalchemy import MetaData

from pgcraft.collect import collect
from pgcraft.config import PGCraftConfig
from pgcraft.configure import pgcraft_configure_metadata
from pgcraft.export import export_sql
from pgcraft.extensions.postgrest import PostgRESTExtension, PostgRESTView
from pgcraft.factory import PGCraftAppendOnly, PGCraftEAV, PGCraftLedger, PGCraftSimple, ResourceFactory
from tests.support.databases import Database

FACTORIES: dict[str, type[ResourceFactory]] = {
    "Simple": PGCraftSimple,
    "AppendOnly": PGCraftAppendOnly,
    "EAV": PGCraftEAV,
    "Ledger": PGCraftLedger,
}
ENTITIES = ("Simple", "AppendOnly", "EAV")
"""The factories whose rows change."""


class Models:
    """A metadata with one config, to declare on and to create."""

    def __init__(self, convention: dict[str, Any] | None = None) -> None:
        self.metadata = MetaData(naming_convention=convention)
        self.config = PGCraftConfig(auto_discover=False).use(PostgRESTExtension())

    def declare(self, kind: str, name: str, items: list[Any], *, schema: str = "shop", **options: Any) -> Any:
        """Call a factory."""
        return FACTORIES[kind](name, schema, self.metadata, items, config=self.config, **options)

    def expose(self, factory: ResourceFactory, **options: Any) -> PostgRESTView:
        """Return a factory an API view that grants all that can be done, as far as ``options`` say nothing else."""
        return PostgRESTView(factory, **{"grants": ["select", *factory.writes], **options})

    def create(self, database: Database) -> None:
        """Create everything."""
        pgcraft_configure_metadata(self.metadata, self.config)
        database.run(export_sql(collect(self.metadata)))
