"""The ``register_…`` functions: the one way in for everything that is not a table."""

from collections.abc import Callable

from sqlalchemy import MetaData

from pgcraft.catalog.kinds import Kind
from pgcraft.models.beside import CommentDefinition, OwnerDefinition
from pgcraft.models.declarations import RowRules, get_declarations
from pgcraft.models.default_privileges import DefaultPrivilegesDefinition
from pgcraft.models.definitions import (
    FunctionDefinition,
    GrantDefinition,
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
from pgcraft.models.partitions import PartitionDefinition
from pgcraft.models.postgres_extensions import ExtensionDefinition
from pgcraft.models.publications import PublicationDefinition
from pgcraft.models.renames import RenameDefinition
from pgcraft.models.row_security import RowSecurityDefinition
from pgcraft.models.statistics import StatisticsDefinition


def register_schema(metadata: MetaData, definition: SchemaDefinition) -> None:
    """Declare a schema."""
    get_declarations(metadata).schemas.add(definition.name, definition)


def register_extension(metadata: MetaData, definition: ExtensionDefinition) -> None:
    """Declare an extension of PostgreSQL's."""
    get_declarations(metadata).kinds[Kind.EXTENSION].add(definition.name, definition)


def register_domain(metadata: MetaData, definition: DomainDefinition) -> None:
    """Declare a domain."""
    get_declarations(metadata).kinds[Kind.DOMAIN].add((definition.schema, definition.name), definition)


def register_composite(metadata: MetaData, definition: CompositeDefinition) -> None:
    """Declare a composite type."""
    get_declarations(metadata).kinds[Kind.COMPOSITE].add((definition.schema, definition.name), definition)


def register_range(metadata: MetaData, definition: RangeDefinition) -> None:
    """Declare a range type."""
    get_declarations(metadata).kinds[Kind.RANGE].add((definition.schema, definition.name), definition)


def register_role(metadata: MetaData, definition: RoleDefinition) -> None:
    """Declare a role."""
    get_declarations(metadata).roles.add(definition.name, definition)


def register_grant(metadata: MetaData, definition: GrantDefinition) -> None:
    """Declare what a role may do with an object; several grants of one role on one object add up."""
    get_declarations(metadata).grants.add(definition, definition)


def register_default_privileges(metadata: MetaData, definition: DefaultPrivilegesDefinition) -> None:
    """Declare what a role may do with what is made from now on."""
    key = (definition.for_role, definition.schema, definition.on, definition.grantee)
    get_declarations(metadata).kinds[Kind.DEFAULTS].add(key, definition)


def register_function(metadata: MetaData, definition: FunctionDefinition) -> None:
    """Declare a function; overloads differ in their arguments."""
    key = (definition.schema, definition.name, definition.arguments)
    get_declarations(metadata).functions.add(key, definition)


def register_aggregate(metadata: MetaData, definition: AggregateDefinition) -> None:
    """Declare an aggregate function; it shares the names and arguments of functions."""
    key = (definition.schema, definition.name, definition.arguments)
    get_declarations(metadata).aggregates.add(key, definition)


def promise_function(
    metadata: MetaData,
    schema: str,
    name: str,
    build: Callable[..., GeneratedFunction],
    *arguments: object,
    takes: str = "",
) -> None:
    """Declare a generated function by what builds its definition when somebody asks for it.

    Bodies are long, and models many.

    Args:
        metadata: where to declare.
        schema: the function's schema.
        name: its name; nothing else may have it.
        build: gives the definition.
        arguments: what ``build`` is called with.
        takes: the function's own arguments, as the definition has them.
    """
    get_declarations(metadata).functions.add_later((schema, name, takes), build, *arguments)


def register_trigger(metadata: MetaData, definition: TriggerDefinition) -> None:
    """Declare a trigger; two relations may each own one of the same name."""
    key = (definition.schema, definition.relation, definition.name)
    get_declarations(metadata).triggers.add(key, definition)


def promise_trigger(
    metadata: MetaData,
    schema: str,
    relation: str,
    name: str,
    build: Callable[..., TriggerDefinition],
    *arguments: object,
) -> None:
    """Declare a trigger by what builds its definition; see :func:`promise_function`."""
    get_declarations(metadata).triggers.add_later((schema, relation, name), build, *arguments)


def register_view(metadata: MetaData, definition: ViewDefinition) -> None:
    """Declare a view or a materialized view.

    Raises:
        PGCraftValidationError: PGC120, another view has this name; two views are one when their queries are.
    """
    views = get_declarations(metadata).views
    key = (definition.schema, definition.name)
    known = views.find(key)
    if known is None or known.definition.query is definition.query:
        views.add(key, definition)
    else:
        views.add_later(key, lambda: definition)


def promise_view(
    metadata: MetaData, schema: str, name: str, build: Callable[..., ViewDefinition], *arguments: object
) -> None:
    """Declare a view by what builds its definition; see :func:`promise_function`."""
    get_declarations(metadata).views.add_later((schema, name), build, *arguments)


def register_partition(metadata: MetaData, definition: PartitionDefinition) -> None:
    """Declare a partition."""
    get_declarations(metadata).kinds[Kind.PARTITION].add((definition.schema, definition.name), definition)


def register_statistics(metadata: MetaData, definition: StatisticsDefinition) -> None:
    """Declare a statistics object."""
    get_declarations(metadata).kinds[Kind.STATISTICS].add((definition.schema, definition.name), definition)


def register_publication(metadata: MetaData, definition: PublicationDefinition) -> None:
    """Declare a publication with the tables that it names."""
    get_declarations(metadata).kinds[Kind.PUBLICATION].add(definition.name, definition)


def register_rename(metadata: MetaData, definition: RenameDefinition) -> None:
    """Declare what an object was called that has no ``renamed_from`` of its own."""
    key = (definition.kind, definition.schema, definition.relation, definition.name)
    get_declarations(metadata).renames.add(key, definition)


def register_owner(metadata: MetaData, definition: OwnerDefinition) -> None:
    """Declare who owns a table, a sequence or a type."""
    get_declarations(metadata).owned.add((definition.on, definition.schema, definition.name), definition)


def register_comment(metadata: MetaData, definition: CommentDefinition) -> None:
    """Declare a comment on what has no word for one where it is declared."""
    key = (definition.on, definition.schema, definition.relation, definition.name)
    get_declarations(metadata).comments.add(key, definition)


def register_policy(metadata: MetaData, definition: PolicyDefinition) -> None:
    """Declare a row security policy."""
    key = (definition.schema, definition.table, definition.name)
    get_declarations(metadata).policies.add(key, definition)


def register_row_security(metadata: MetaData, definition: RowSecurityDefinition) -> None:
    """Declare that a table is under row security."""
    get_declarations(metadata).row_security.add((definition.schema, definition.table), definition)


def register_row_rules(
    metadata: MetaData,
    schema: str,
    view: str,
    translate: Callable[[PolicyDefinition], tuple[PolicyDefinition, ...]],
) -> None:
    """Say how policies of a resource that is a view stand on the tables behind it.

    Args:
        metadata: where to declare.
        schema: the resource's schema.
        view: its name.
        translate: gives the policies of the tables that a policy of the resource is; what it gives for several
            policies alike stands once.
    """
    get_declarations(metadata).row_rules.add((schema, view), RowRules(translate))
