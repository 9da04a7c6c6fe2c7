"""The extension itself."""

from dataclasses import dataclass

from sqlalchemy import MetaData

from pgcraft.extension import PGCraftExtension
from pgcraft.models.declarations import get_declarations
from pgcraft.models.roles import register_roles

NAME = "postgrest"
DEFAULT_SCHEMA = "api"


@dataclass
class PostgRESTExtension(PGCraftExtension):
    """Roles and grants for the API views of the models.

    Attributes:
        name: ``postgrest``.
        schema: where API views stand that name no schema.
        owner: the role that owns its views and functions; whoever it is stays when it is left out.
    """

    name: str = NAME
    schema: str = DEFAULT_SCHEMA
    owner: str | None = None

    def configure_metadata(self, metadata: MetaData) -> None:
        """Declare the roles of PostgREST and what they may do."""
        register_roles(metadata)
        if self.owner is not None:
            get_declarations(metadata).owners[self.name] = self.owner
