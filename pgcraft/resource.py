"""What PostgREST is to serve: one resource for each API view."""

from sqlalchemy import MetaData

from pgcraft.models.declarations import get_declarations
from pgcraft.models.definitions import APIColumn, APIResource

__all__ = ["APIColumn", "APIResource", "get_api_resources", "register_api_resource"]


def register_api_resource(metadata: MetaData, resource: APIResource) -> None:
    """Declare a resource; roles and grants are made from it when the metadata is configured."""
    get_declarations(metadata).resources.add((resource.schema, resource.name), resource)


def get_api_resources(metadata: MetaData) -> tuple[APIResource, ...]:
    """Return the resources of a MetaData in the order of declaration."""
    return tuple(declared.definition for declared in get_declarations(metadata).resources.all())
