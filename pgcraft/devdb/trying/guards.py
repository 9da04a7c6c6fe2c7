"""Which declared policies stand between two identities and a relation. Standard library only."""

from collections.abc import Iterator
from typing import Literal

from pgcraft.catalog.definitions import Policy, Table, View
from pgcraft.catalog.kinds import RELATIONS
from pgcraft.catalog.objects import CatalogObject, Kind, ObjectId
from pgcraft.catalog.tokens import list_strings
from pgcraft.devdb.trying.expected import Expectations

Command = Literal["select", "insert", "update", "delete"]
COMMANDS: tuple[Command, ...] = ("select", "insert", "update", "delete")


def is_guarded(expectations: Expectations, relation: ObjectId, role: str, command: Command) -> bool:
    """Whether a policy is declared that narrows what a role reaches of a relation by a command.

    No policy for the command closes it altogether; one that says ``true`` opens it, and so does a view that is declared
    to read with its owner's rights, or a role that is declared to bypass row security.
    """
    if expectations.is_bypassing(role):
        return False
    return any(not _is_open(expectations, table, role, command) for table in find_guarded(expectations, relation))


def has_policy_for(expectations: Expectations, relation: ObjectId, role: str, command: Command) -> bool:
    """Whether a guarded table below has a policy that lets some rows through; a resource may be several tables."""
    tables = find_guarded(expectations, relation)
    policies = (policy for table in tables for policy in _applying(expectations, table, role, command))
    return not tables or any(policy.permissive for policy in policies)


def find_constants(expectations: Expectations, relation: ObjectId, role: str) -> tuple[str, ...]:
    """Return the text constants in the policies that judge a role: one may be what its rows hold."""
    policies = (
        policy
        for table in find_guarded(expectations, relation)
        for command in COMMANDS
        for policy in _applying(expectations, table, role, command)
    )
    texts = (text for policy in policies for text in (policy.using, policy.check) if text)
    return tuple(dict.fromkeys(found for text in texts for found in list_strings(text)))


def find_guarded(expectations: Expectations, relation: ObjectId) -> tuple[CatalogObject, ...]:
    """Return the tables below a relation whose row security applies to who asks the relation, sorted."""
    found = {item.id: item for item in _guarded(expectations, relation, is_asked=True)}
    return tuple(found[key] for key in sorted(found))


def _guarded(expectations: Expectations, relation: ObjectId, *, is_asked: bool) -> Iterator[CatalogObject]:
    item = expectations.catalog.find(relation)
    if item is None:
        return
    if isinstance(item.definition, Table):
        if item.definition.row_security and (is_asked or item.definition.force_row_security):
            yield item
        return
    is_invoker = isinstance(item.definition, View) and ("security_invoker", "true") in item.definition.options
    for other in item.depends_on:
        if other.kind in RELATIONS:
            yield from _guarded(expectations, other, is_asked=is_invoker)


def _is_open(expectations: Expectations, table: CatalogObject, role: str, command: Command) -> bool:
    policies = _applying(expectations, table, role, command)
    return any(policy.permissive and _condition(policy, command) == "true" for policy in policies)


def _applying(expectations: Expectations, table: CatalogObject, role: str, command: Command) -> Iterator[Policy]:
    groups = {name.lower() if name == "PUBLIC" else name for name in expectations.inherited(role)}
    for item in expectations.catalog.of_kind(Kind.POLICY):
        if (item.id.schema, item.id.parent) == (table.id.schema, table.id.name):
            policy = item.defined_as(Policy)
            if policy.command in ("all", command) and groups & set(policy.roles):
                yield policy


def _condition(policy: Policy, command: Command) -> str:
    text = policy.check if command == "insert" and policy.check is not None else policy.using
    return (text or "").strip().strip("()").strip().lower()
