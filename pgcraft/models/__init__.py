"""Schemas, roles, grants, functions, triggers, views and policies as declarations on a MetaData.

Plugins and extensions, ours included, declare through the ``register_…`` functions here; what comes this way gets its
origin, is ordered, compared and shown. Names are looked up when they are used, so that reading provenance or writing a
plugin loads no SQLAlchemy.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pgcraft.models.beside import CommentDefinition, OwnerDefinition
    from pgcraft.models.default_privileges import DefaultPrivilegesDefinition
    from pgcraft.models.definitions import (
        FunctionDefinition,
        GrantDefinition,
        Need,
        PolicyDefinition,
        RoleDefinition,
        SchemaDefinition,
        TriggerDefinition,
        ViewDefinition,
    )
    from pgcraft.models.domains import DomainDefinition
    from pgcraft.models.functions import AggregateDefinition
    from pgcraft.models.generated import GeneratedFunction
    from pgcraft.models.made_types import CompositeDefinition, RangeDefinition
    from pgcraft.models.named_types import PGCraftNamedType
    from pgcraft.models.partitions import PartitionDefinition
    from pgcraft.models.postgres_extensions import ExtensionDefinition
    from pgcraft.models.publications import PublicationDefinition, PublishedTable
    from pgcraft.models.register import (
        register_aggregate,
        register_comment,
        register_composite,
        register_default_privileges,
        register_domain,
        register_extension,
        register_function,
        register_grant,
        register_owner,
        register_partition,
        register_policy,
        register_publication,
        register_range,
        register_rename,
        register_role,
        register_row_security,
        register_schema,
        register_statistics,
        register_trigger,
        register_view,
    )
    from pgcraft.models.renames import RenameDefinition, renamed_from
    from pgcraft.models.row_security import RowSecurityDefinition
    from pgcraft.models.statistics import StatisticsDefinition

__all__ = [
    "AggregateDefinition",
    "CommentDefinition",
    "CompositeDefinition",
    "DefaultPrivilegesDefinition",
    "DomainDefinition",
    "ExtensionDefinition",
    "FunctionDefinition",
    "GeneratedFunction",
    "GrantDefinition",
    "Need",
    "OwnerDefinition",
    "PGCraftNamedType",
    "PartitionDefinition",
    "PolicyDefinition",
    "PublicationDefinition",
    "PublishedTable",
    "RangeDefinition",
    "RenameDefinition",
    "RoleDefinition",
    "RowSecurityDefinition",
    "SchemaDefinition",
    "StatisticsDefinition",
    "TriggerDefinition",
    "ViewDefinition",
    "register_aggregate",
    "register_comment",
    "register_composite",
    "register_default_privileges",
    "register_domain",
    "register_extension",
    "register_function",
    "register_grant",
    "register_owner",
    "register_partition",
    "register_policy",
    "register_publication",
    "register_range",
    "register_rename",
    "register_role",
    "register_row_security",
    "register_schema",
    "register_statistics",
    "register_trigger",
    "register_view",
    "renamed_from",
]

_MODULES = {
    "AggregateDefinition": "functions",
    "CommentDefinition": "beside",
    "CompositeDefinition": "made_types",
    "DefaultPrivilegesDefinition": "default_privileges",
    "DomainDefinition": "domains",
    "ExtensionDefinition": "postgres_extensions",
    "GeneratedFunction": "generated",
    "PGCraftNamedType": "named_types",
    "OwnerDefinition": "beside",
    "PartitionDefinition": "partitions",
    "PublicationDefinition": "publications",
    "PublishedTable": "publications",
    "RangeDefinition": "made_types",
    "RenameDefinition": "renames",
    "RowSecurityDefinition": "row_security",
    "StatisticsDefinition": "statistics",
    "renamed_from": "renames",
}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = "register" if name.startswith("register_") else _MODULES.get(name, "definitions")
    return getattr(import_module(f"pgcraft.models.{module}"), name)
