"""What PostgREST is to serve: one resource for each API view."""

from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import MetaData

from pgcraft.models.declarations import get_declarations


@dataclass(frozen=True)
class APIColumn:
    """A column of an exposed view, as its clients write it.

    Attributes:
        reason: why no client writes it; empty when they do.
        is_nullable: whether it takes NULL.
        default: the SQL expression that holds where a client leaves it out.
    """

    name: str
    reason: str = ""
    is_nullable: bool = True
    default: str | None = None


@dataclass(frozen=True)
class APIResource:
    """A view that PostgREST exposes.

    Attributes:
        name: the view's name, which is the endpoint's.
        schema: the API schema.
        grants: what the anonymous role may do: of ``select``, ``insert``, ``update``, ``delete``.
        describe: tells what clients may write; the catalog is asked when left out.
    """

    name: str
    schema: str
    grants: tuple[str, ...] = ("select",)
    describe: Callable[[], tuple[APIColumn, ...]] | None = field(default=None, compare=False, repr=False)


def register_api_resource(metadata: MetaData, resource: APIResource) -> None:
    """Declare a resource; roles and grants are made from it when the metadata is configured."""
    get_declarations(metadata).resources.add((resource.schema, resource.name), resource)


def get_api_resources(metadata: MetaData) -> tuple[APIResource, ...]:
    """Give the resources of a MetaData in the order of declaration."""
    return tuple(declared.definition for declared in get_declarations(metadata).resources.all())
