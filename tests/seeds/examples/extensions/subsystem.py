from dataclasses import dataclass
from typing import TYPE_CHECKING

from pgcraft.extension import PGCraftExtension

if TYPE_CHECKING:
    from sqlalchemy import MetaData


@dataclass
class PostgRESTExtension(PGCraftExtension):
    name: str = "postgrest"
    schema: str = "api"

    def configure_metadata(
        self, metadata: MetaData,
    ) -> None:
        from pgcraft.models.roles import (
            register_roles,
        )

        register_roles(metadata)
