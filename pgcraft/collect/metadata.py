"""The whole of a MetaData as one catalog."""

from collections.abc import Iterator, Sequence

from sqlalchemy import MetaData

from pgcraft.catalog.linking import Draft, link
from pgcraft.catalog.objects import Catalog
from pgcraft.collect.beside import say_beside
from pgcraft.collect.checks import check_drafts
from pgcraft.collect.compiling import schema_of
from pgcraft.collect.constraints import collect_constraints
from pgcraft.collect.declared import (
    collect_aggregate,
    collect_extensions,
    collect_function,
    collect_policy,
    collect_role,
    collect_schemas,
    collect_trigger,
)
from pgcraft.collect.default_privileges import collect_default_privileges
from pgcraft.collect.derived_grants import DerivedGrant, derive_grants
from pgcraft.collect.grants import collect_grants, expand_privileges, find_public_functions
from pgcraft.collect.indexes import collect_indexes, collect_view_indexes, index_name
from pgcraft.collect.inheritance import inherit
from pgcraft.collect.listing import add_views, list_tables
from pgcraft.collect.made_types import collect_made_types
from pgcraft.collect.moments import check_moments
from pgcraft.collect.notes import collect_notes
from pgcraft.collect.old_names import take_old_names
from pgcraft.collect.owners import give_owners
from pgcraft.collect.partitions import collect_partitions
from pgcraft.collect.policies import Policies, read_policies
from pgcraft.collect.publications import collect_publications
from pgcraft.collect.row_security import ask_as_caller, find_callers
from pgcraft.collect.statistics import collect_statistics
from pgcraft.collect.tables import collect_table
from pgcraft.collect.types import collect_sequences, collect_types
from pgcraft.collect.view_defaults import grant_defaults, own_defaults
from pgcraft.collect.views import collect_view
from pgcraft.models.declarations import Declarations, Declared, get_declarations
from pgcraft.models.definitions import GrantDefinition
from pgcraft.models.references import check_references
from pgcraft.sqltext.dialect import DEFAULT_SCHEMA


def collect(metadata: MetaData) -> Catalog:
    """Return everything that a MetaData declares, tables and what was registered beside them.

    Args:
        metadata: nothing of it is changed.

    Returns:
        A closed catalog, sorted by id. Types and constraints are written as PostgreSQL prints them; expressions and
        queries as they were declared. What stands in no schema stands in ``public``.

    Raises:
        PGCraftValidationError: an element has no SQL form (PGC150), a privilege does not exist (PGC151), two
            relations share a name (PGC152), a name is too long (PGC153), or an enumerated
            type is declared twice (PGC154); a foreign key has no target (PGC105); a row security policy cannot hold
            (PGC160, PGC161, PGC162, PGC164); a value is the time at which it is made (PGC166).
    """
    return link_drafts(collect_drafts(metadata), metadata)


def link_drafts(drafts: Sequence[Draft], metadata: MetaData) -> Catalog:
    """Return the catalog of what was collected from a MetaData, where objects know what they depend on."""
    return link(drafts, default_schema=DEFAULT_SCHEMA, notes=collect_notes(metadata))


def collect_drafts(metadata: MetaData) -> list[Draft]:
    """Return what a MetaData declares, as it is before objects know each other: comparing does without that.

    Raises:
        PGCraftValidationError: as :func:`collect` does.
    """
    declarations = add_views(get_declarations(metadata), metadata)
    check_references(declarations)
    policies = read_policies(metadata, declarations)
    drafts = [
        *collect_extensions(declarations),
        *collect_types(metadata),
        *collect_made_types(declarations),
        *collect_sequences(metadata),
        *inherit(list(_collect_tables(metadata, policies)), metadata),
        *_collect_declared(declarations),
        *collect_statistics(declarations),
        *collect_default_privileges(declarations),
        *collect_publications(declarations),
        *collect_partitions(declarations),
    ]
    grants = [(item, expand_privileges(item)) for item in declarations.grants.all()]
    drafts, functions = own_defaults(drafts)
    drafts, derived = _hold_policies(drafts, grants, declarations, policies)
    drafts = say_beside(give_owners(drafts, declarations.owners), declarations)
    derived += tuple(grant_defaults(grants, functions))
    drafts += collect_schemas(declarations, tuple(drafts))
    drafts += collect_grants(declarations, {draft.object.id for draft in drafts}, derived)
    drafts = take_old_names(drafts, declarations)
    check_drafts(drafts)
    check_moments(drafts)
    return drafts


def _hold_policies(
    drafts: list[Draft],
    grants: Sequence[tuple[Declared[GrantDefinition], Sequence[str]]],
    declarations: Declarations,
    policies: Policies,
) -> tuple[list[Draft], tuple[DerivedGrant, ...]]:
    """Let what reads and writes tables under row security ask as its caller, and give what its callers need for it."""
    if not policies.all:
        return drafts, ()
    callers = find_callers(drafts, declarations, policies)
    changed = ask_as_caller(drafts, callers)
    changed += (collect_policy(policy.definition, policy.declared.origins) for policy in policies.all)
    return changed, derive_grants(grants, changed, callers, policies)


def _collect_tables(metadata: MetaData, policies: Policies) -> Iterator[Draft]:
    relation_names = _relation_names(metadata)
    for table in list_tables(metadata):
        key = (schema_of(table), str(table.name))
        guarded, forced = key in policies.guarded, key in policies.forced
        yield from collect_table(table, row_security=guarded, force_row_security=forced)
        yield from collect_constraints(table, relation_names[key[0]])
        yield from collect_indexes(table)


def _relation_names(metadata: MetaData) -> dict[str, set[str]]:
    """Return the names of tables and indexes in each schema, with which PostgreSQL's own names must not collide."""
    names: dict[str, set[str]] = {}
    for table in list_tables(metadata):
        here = names.setdefault(schema_of(table), set())
        here.add(str(table.name))
        here.update(index_name(index) for index in table.indexes)
    return names


def _collect_declared(declarations: Declarations) -> Iterator[Draft]:
    public = find_public_functions(declarations)
    roles = declarations.roles.all()
    for role in roles:
        reached_by = {other.definition.name for other in roles if role.definition.name in other.definition.members}
        yield collect_role(role, reached_by)
    for function in declarations.functions.all():
        yield collect_function(function, public)
    for aggregate in declarations.aggregates.all():
        yield collect_aggregate(aggregate, public)
    for view in declarations.views.all():
        yield collect_view(view)
        yield from collect_view_indexes(view)
    for trigger in declarations.triggers.all():
        yield collect_trigger(trigger)
