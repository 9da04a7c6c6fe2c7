"""Schemas, roles, functions, triggers and policies: what was declared beside tables and views."""

from collections.abc import Iterable, Iterator
from typing import Any

from pgcraft.catalog.aggregates import FUNCTIONS, canonical_options
from pgcraft.catalog.definitions import Extension, Function, Policy, Role, Schema, Trigger
from pgcraft.catalog.function_settings import canonical_settings
from pgcraft.catalog.linking import Draft, find_calls
from pgcraft.catalog.objects import CatalogObject, Kind, ObjectId
from pgcraft.catalog.origins import Origins
from pgcraft.catalog.tokens import canonical_condition, strip_parentheses
from pgcraft.catalog.types import canonical_arguments, canonical_returns, canonical_signature, canonical_type
from pgcraft.models.declarations import Declarations, Declared
from pgcraft.models.definitions import (
    PINNED_PATH,
    FunctionDefinition,
    PolicyDefinition,
    RoleDefinition,
    TriggerDefinition,
)
from pgcraft.models.functions import AggregateDefinition

_EVENTS = ("insert", "update", "delete", "truncate")
_COST, _ROWS = 100, 1000  # of PostgreSQL where nothing else is said
_ALWAYS_THERE = "public"
_EVERYONE = "public"


def collect_schemas(declarations: Declarations, drafts: Iterable[Draft]) -> Iterator[Draft]:
    """Return the declared schemas, and those that the other objects stand in; never ``public``, which is there."""
    declared = {item.definition.name: item for item in declarations.schemas.all()}
    for name, item in declared.items():
        if name != _ALWAYS_THERE:
            object_id = ObjectId(Kind.SCHEMA, None, name)
            owner = item.definition.owner
            definition = Schema(comment=item.definition.comment or None, owner=owner)
            needs = (ObjectId(Kind.ROLE, None, owner),) if owner else ()
            yield Draft(CatalogObject(object_id, definition, origins=item.origins), needs=needs)
    implied: dict[str, Draft] = {}
    for draft in drafts:
        found = draft.object.definition
        schema = found.schema if isinstance(found, Extension) else draft.object.id.schema
        if schema and draft.object.id.kind is not Kind.GRANT:
            implied.setdefault(schema, draft)
    for name, draft in implied.items():
        if name not in declared and name != _ALWAYS_THERE:
            yield Draft(CatalogObject(ObjectId(Kind.SCHEMA, None, name), Schema(), origins=draft.object.origins))


def collect_extensions(declarations: Declarations) -> Iterator[Draft]:
    """Return the declared extensions of PostgreSQL."""
    for item in declarations.kinds[Kind.EXTENSION].all():
        object_id, schema = ObjectId(Kind.EXTENSION, None, item.definition.name), item.definition.schema
        needs = (ObjectId(Kind.SCHEMA, None, schema),) if schema else ()
        yield Draft(CatalogObject(object_id, Extension(schema), origins=item.origins), needs=needs)


def collect_role(item: Declared[RoleDefinition], reached_by: Iterable[str] = ()) -> Draft:
    """Return a declared role; it is a member of those it names, and of those in ``reached_by``, which name it."""
    role = item.definition
    definition = Role(
        login=role.login,
        inherit=role.inherit,
        createdb=role.createdb,
        createrole=role.createrole,
        bypassrls=role.bypassrls,
        member_of=tuple(sorted({*role.member_of, *reached_by})),
        password_variable=role.password_variable,
    )
    needs = tuple(ObjectId(Kind.ROLE, None, name) for name in definition.member_of)
    return Draft(CatalogObject(ObjectId(Kind.ROLE, None, role.name), definition, origins=item.origins), needs=needs)


def collect_function(item: Declared[FunctionDefinition], public: frozenset[ObjectId]) -> Draft:
    """Return a declared function; one that runs as its owner gets the pinned ``search_path`` unless it sets its own.

    Args:
        public: the functions that PUBLIC may execute.
    """
    function = item.definition
    object_id = function_id(function)
    settings = dict(function.settings)
    if function.security_definer:
        settings.setdefault("search_path", PINNED_PATH)
    definition = Function(
        arguments=canonical_arguments(function.arguments),
        returns=canonical_returns(function.returns),
        language=function.language.lower(),
        body=function.body,
        volatility=function.volatility,
        security_definer=function.security_definer,
        strict=function.strict,
        settings=canonical_settings(settings.items()),
        is_procedure=function.is_procedure,
        is_atomic=function.is_atomic,
        is_public=object_id in public,
        comment=function.comment or None,
        owner=function.owner,
        **_open_facts(function),
    )
    return Draft(
        CatalogObject(object_id, definition, origins=item.origins, renamed_from=function.renamed_from or ""),
        needs=(ObjectId(Kind.ROLE, None, function.owner),) if function.owner else (),
        relations=function.depends_on,
        texts=(definition.arguments, definition.returns, definition.body),
    )


def _open_facts(function: FunctionDefinition) -> dict[str, Any]:
    """Return what is said of the facts that others may set, PostgreSQL's default as it is read, and which are said."""
    support = function.support and canonical_type(function.support).removeprefix("pg_catalog.")
    return {
        "leakproof": bool(function.leakproof),
        "parallel": function.parallel or "unsafe",
        "cost": None if function.cost == _COST else function.cost,
        "rows": None if function.rows == _ROWS else function.rows,
        "support": support,
        "stated": tuple(name for name in Function.OPEN if getattr(function, name) is not None),
    }


def collect_aggregate(item: Declared[AggregateDefinition], public: frozenset[ObjectId]) -> Draft:
    """Return a declared aggregate function.

    Args:
        public: the functions that PUBLIC may execute.
    """
    given = item.definition
    object_id = function_id(given)
    arguments = canonical_arguments(given.arguments)
    options = canonical_options(dict(given.options), is_ordered=" ORDER BY " in f" {arguments}")
    definition = Function(
        arguments=arguments,
        returns="",
        language="",
        body="",
        parallel=given.parallel or "unsafe",
        is_public=object_id in public,
        comment=given.comment,
        aggregate=options,
        stated=() if given.parallel is None else ("parallel",),
    )
    return Draft(
        CatalogObject(object_id, definition, origins=item.origins, renamed_from=given.renamed_from or ""),
        functions=tuple(find_calls("".join(f"{value}()" for name, value in options if name in FUNCTIONS))),
        texts=(definition.arguments, *(value for name, value in options if name in ("stype", "mstype"))),
    )


def function_id(function: FunctionDefinition | AggregateDefinition) -> ObjectId:
    """Return the id of a declared function."""
    signature = canonical_signature(function.arguments)
    return ObjectId(Kind.FUNCTION, function.schema, function.name, signature=signature)


def collect_trigger(item: Declared[TriggerDefinition]) -> Draft:
    """Return a declared trigger."""
    trigger = item.definition
    wanted = {event.lower() for event in trigger.events}
    definition = Trigger(
        timing=trigger.timing,
        events=tuple(event for event in _EVENTS if event in wanted),
        function=trigger.function,
        arguments=trigger.arguments,
        for_each_row=trigger.for_each_row,
        update_columns=tuple(sorted(trigger.update_columns)),
        when=None if trigger.when is None else strip_parentheses(trigger.when),
        old_table=trigger.old_table,
        new_table=trigger.new_table,
        is_constraint=trigger.is_constraint,
        deferrable=trigger.deferrable or trigger.initially_deferred,
        initially_deferred=trigger.initially_deferred,
        comment=trigger.comment,
        state=trigger.state,
    )
    object_id = ObjectId(Kind.TABLE, trigger.schema, trigger.relation).part(Kind.TRIGGER, trigger.name)
    return Draft(
        CatalogObject(object_id, definition, origins=item.origins, renamed_from=trigger.renamed_from or ""),
        relations=((trigger.schema, trigger.relation),),
        functions=(trigger.function,),
        texts=(definition.when or "",),
    )


def collect_policy(policy: PolicyDefinition, origins: Origins) -> Draft:
    """Return a row security policy of a table."""
    definition = Policy(
        command=policy.command.lower(),
        permissive=policy.permissive,
        roles=_policy_roles(policy.roles),
        using=None if policy.using is None else canonical_condition(policy.using),
        check=None if policy.check is None else canonical_condition(policy.check),
        comment=policy.comment,
    )
    object_id = ObjectId(Kind.TABLE, policy.schema, policy.table).part(Kind.POLICY, policy.name)
    return Draft(
        CatalogObject(object_id, definition, origins=origins, renamed_from=policy.renamed_from or ""),
        needs=tuple(ObjectId(Kind.ROLE, None, name) for name in definition.roles),
        relations=((policy.schema, policy.table),),
        queries=(definition.using or "", definition.check or ""),
    )


def _policy_roles(roles: Iterable[str]) -> tuple[str, ...]:
    """Beside everyone nobody else needs to be named."""
    named = {_EVERYONE if role.lower() == _EVERYONE else role for role in roles}
    return (_EVERYONE,) if _EVERYONE in named else tuple(sorted(named))
