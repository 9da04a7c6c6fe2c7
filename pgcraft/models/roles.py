"""The roles that PostgREST works with, and what they may do."""

from sqlalchemy import MetaData

from pgcraft.models.declarations import get_declarations
from pgcraft.models.definitions import GrantDefinition, RoleDefinition
from pgcraft.models.provenance import origins_resumed
from pgcraft.models.register import register_grant, register_role

ANONYMOUS = "anon"
AUTHENTICATOR = "authenticator"
PASSWORD_VARIABLE = "PGRST_DB_PASSWORD"  # noqa: S105  the variable's name


_ROLES = (
    RoleDefinition(name=ANONYMOUS),
    RoleDefinition(
        name=AUTHENTICATOR, login=True, inherit=False, member_of=(ANONYMOUS,), password_variable=PASSWORD_VARIABLE
    ),
)


def register_roles(metadata: MetaData) -> None:
    """Declare the anonymous role, the authenticator, and the grants that the API resources ask for.

    ``anon`` gets USAGE on each API schema and the listed privileges on each view, and nothing else. ``authenticator``
    logs in, inherits nothing and may become ``anon``; its password is read from ``PGRST_DB_PASSWORD`` when a migration
    runs. A role of these names that the models declare themselves is left as they have it.
    """
    declarations = get_declarations(metadata)
    for role in _ROLES:
        if declarations.roles.find(role.name) is None:
            register_role(metadata, role)
    resources = declarations.resources.all()
    for schema in dict.fromkeys(declared.definition.schema for declared in resources):
        register_grant(metadata, GrantDefinition(privileges=("usage",), to=ANONYMOUS, schema=schema, on="schema"))
    for declared in resources:
        resource = declared.definition
        with origins_resumed(declared.origins):
            register_grant(
                metadata,
                GrantDefinition(privileges=resource.grants, to=ANONYMOUS, schema=resource.schema, name=resource.name),
            )
