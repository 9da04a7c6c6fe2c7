"""Schemas, roles, grants, functions, triggers, views and policies as declarations on a MetaData.

Plugins and extensions, ours included, declare through the ``register_…`` functions here; what comes this way gets its
origin, is ordered, compared and shown.
"""

from pgcraft.models.definitions import (
    FunctionDefinition,
    GrantDefinition,
    PolicyDefinition,
    RoleDefinition,
    SchemaDefinition,
    TriggerDefinition,
    ViewDefinition,
)
from pgcraft.models.register import (
    register_function,
    register_grant,
    register_policy,
    register_role,
    register_schema,
    register_trigger,
    register_view,
)

__all__ = [
    "FunctionDefinition",
    "GrantDefinition",
    "PolicyDefinition",
    "RoleDefinition",
    "SchemaDefinition",
    "TriggerDefinition",
    "ViewDefinition",
    "register_function",
    "register_grant",
    "register_policy",
    "register_role",
    "register_schema",
    "register_trigger",
    "register_view",
]
