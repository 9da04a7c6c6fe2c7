"""Default privileges that are registered."""

from collections.abc import Iterator

from pgcraft.catalog.default_privileges import ALL, DefaultPrivileges, name_defaults
from pgcraft.catalog.kinds import Kind
from pgcraft.catalog.linking import Draft
from pgcraft.catalog.objects import CatalogObject, ObjectId
from pgcraft.models.declarations import Declarations


def collect_default_privileges(declarations: Declarations) -> Iterator[Draft]:
    """Return the default privileges, one object for each grantee and sort of thing."""
    for item in declarations.kinds[Kind.DEFAULTS].all():
        given = item.definition
        named = {privilege.lower() for privilege in given.privileges}
        privileges = ALL[given.on] if "all" in named else tuple(sorted(named))
        creator = given.for_role or ""
        definition = DefaultPrivileges(
            given.on, given.grantee, creator, privileges, privileges if given.grantable else ()
        )
        object_id = ObjectId(Kind.DEFAULTS, given.schema, name_defaults(given.on, given.grantee, creator))
        roles = (ObjectId(Kind.ROLE, None, name) for name in (given.grantee, creator) if name)
        yield Draft(CatalogObject(object_id, definition, origins=item.origins), needs=tuple(roles))
