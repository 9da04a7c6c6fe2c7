"""Models made real: what a MetaData declares, run on a database."""

from sqlalchemy import MetaData

from pgcraft import pgcraft_build_naming_conventions
from pgcraft.collect import collect
from pgcraft.config import PGCraftConfig
from pgcraft.configure import pgcraft_configure_metadata
from pgcraft.extension import PGCraftExtension
from pgcraft.extensions.postgrest import PostgRESTExtension
from pgcraft.render.catalog import render_catalog
from tests.support.databases import Database


def new_metadata() -> MetaData:
    return MetaData(naming_convention=pgcraft_build_naming_conventions())


def postgrest_config(schema: str = "api") -> PGCraftConfig:
    return PGCraftConfig(auto_discover=False).use(PostgRESTExtension(schema=schema))


def roleless_config() -> PGCraftConfig:
    """One whose PostgREST extension makes no roles: those belong to the whole cluster, which tests share."""
    return PGCraftConfig(auto_discover=False).use(PGCraftExtension(name="postgrest"))


def write_ddl(metadata: MetaData, config: PGCraftConfig | None = None) -> str:
    """Return everything that the MetaData declares as one text."""
    pgcraft_configure_metadata(metadata, config or roleless_config())
    return "".join(f"{statement.sql};\n" for statement in render_catalog(collect(metadata)))


def build(metadata: MetaData, database: Database, config: PGCraftConfig | None = None) -> None:
    """Make it all on the database."""
    database.run(write_ddl(metadata, config))
