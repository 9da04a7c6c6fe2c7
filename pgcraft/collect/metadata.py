"""The whole of a MetaData as one catalog."""

from collections.abc import Iterator

from sqlalchemy import MetaData

from pgcraft.catalog.linking import Draft, link
from pgcraft.catalog.objects import Catalog, make_catalog
from pgcraft.collect.checks import check_drafts
from pgcraft.collect.compiling import schema_of
from pgcraft.collect.constraints import collect_constraints
from pgcraft.collect.declared import (
    collect_function,
    collect_policy,
    collect_role,
    collect_schemas,
    collect_trigger,
)
from pgcraft.collect.grants import collect_grants, find_public_functions
from pgcraft.collect.indexes import collect_indexes, index_name
from pgcraft.collect.notes import collect_notes
from pgcraft.collect.tables import collect_table
from pgcraft.collect.types import collect_enums, collect_sequences
from pgcraft.collect.views import collect_view
from pgcraft.dialect import DEFAULT_SCHEMA
from pgcraft.models.declarations import Declarations, get_declarations
from pgcraft.references import check_references


def collect(metadata: MetaData, *, is_linked: bool = True) -> Catalog:
    """Give everything that a MetaData declares, tables and what was registered beside them.

    Args:
        metadata: nothing of it is changed.
        is_linked: whether objects are to know their parts and what they depend on; comparing does without.

    Returns:
        A closed catalog, sorted by id. Types and constraints are written as PostgreSQL prints them; expressions and
        queries as they were declared. What stands in no schema stands in ``public``.

    Raises:
        PGCraftValidationError: an element has no SQL form (PGC150), a privilege does not exist (PGC151), two
            relations share a name (PGC152), a name is too long (PGC153), or an enumerated
            type is declared twice (PGC154); a foreign key has no target (PGC105).
    """
    declarations = get_declarations(metadata)
    check_references(declarations)
    drafts = [
        *collect_enums(metadata),
        *collect_sequences(metadata),
        *_collect_tables(metadata, declarations),
        *_collect_declared(declarations),
    ]
    drafts += collect_schemas(declarations, tuple(drafts))
    drafts += collect_grants(declarations, {draft.object.id for draft in drafts})
    check_drafts(drafts)
    if not is_linked:
        return make_catalog(draft.object for draft in drafts)
    return link(drafts, default_schema=DEFAULT_SCHEMA, notes=collect_notes(metadata))


def _collect_tables(metadata: MetaData, declarations: Declarations) -> Iterator[Draft]:
    policies = [item.definition for item in declarations.policies.all()]
    guarded = {(policy.schema, policy.table) for policy in policies}
    forced = {(policy.schema, policy.table) for policy in policies if policy.force}
    relation_names = _relation_names(metadata)
    for table in metadata.tables.values():
        key = (schema_of(table), str(table.name))
        yield from collect_table(table, row_security=key in guarded, force_row_security=key in forced)
        yield from collect_constraints(table, relation_names[key[0]])
        yield from collect_indexes(table)


def _relation_names(metadata: MetaData) -> dict[str, set[str]]:
    """Give the names of tables and indexes in each schema, with which PostgreSQL's own names must not collide."""
    names: dict[str, set[str]] = {}
    for table in metadata.tables.values():
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
    for view in declarations.views.all():
        yield collect_view(view)
    for trigger in declarations.triggers.all():
        yield collect_trigger(trigger)
    for policy in declarations.policies.all():
        yield collect_policy(policy)
