"""Row security of an append-only resource: its policies on log and root.

A version is judged by its own values, so the log has the conditions. To update an entity is to end a version and to add
one, to delete it is to end a version and to remove the root's row. What a version is added for the log knows by the
root, and what one ends for by the setting that the functions write. The root shows keys alone: who may see a row there
is asked of the version that it points to, which the log's policies show or hide.
"""

from dataclasses import dataclass
from functools import partial

from pgcraft.declare.context import FactoryContext
from pgcraft.identifiers import quote_name
from pgcraft.models.definitions import PolicyDefinition
from pgcraft.models.register import register_row_rules
from pgcraft.plugin import Plugin, requires
from pgcraft.plugins.append_only.names import ATTRIBUTES_ID, LOG_TABLE, ROOT_TABLE
from pgcraft.plugins.entity import (
    CREATED_AT,
    ENTITY_ID,
    LOG_ID,
    UPDATED_AT,
    get_single_key,
    get_value_columns,
    qualify,
)
from pgcraft.plugins.protect import DELETION
from pgcraft.plugins.row_policies import (
    TRUE,
    ViewConditions,
    covers,
    limit_to,
    name_policy,
    place_policy,
    read_condition,
)


@requires(LOG_TABLE, ROOT_TABLE)
class AppendOnlyPoliciesPlugin(Plugin):
    """Says what a policy of the resource is on its tables."""

    is_internal = True

    def run(self, ctx: FactoryContext) -> None:
        """Register it."""
        register_row_rules(ctx.metadata, ctx.schemaname, ctx.tablename, _Rules.of(ctx).translate)


@dataclass(frozen=True)
class _Rules:
    """Writes the policies.

    Attributes:
        root: name of the root.
        log: name of the log.
        conditions: what conditions over the view are over the log.
        is_there: the condition that the entity of a version has a row in the root.
        is_deleted: the condition that a version ends since its entity goes.
        current: the version that a row of the root points to, up to the condition on it.
    """

    root: str
    log: str
    conditions: ViewConditions
    is_there: str
    is_deleted: str
    current: str

    @classmethod
    def of(cls, ctx: FactoryContext) -> "_Rules":
        root, log, key = ctx[ROOT_TABLE], ctx[LOG_TABLE], quote_name(get_single_key(ctx).name)
        entity = f"{quote_name(log.name)}.{ENTITY_ID}"
        start = f"{quote_name(log.name)}.{CREATED_AT}"
        of_entity = f"FROM {qualify(root)} AS r WHERE r.{key} = {entity}"
        columns = {
            get_single_key(ctx).name: entity,
            CREATED_AT: f"coalesce((SELECT r.{CREATED_AT} {of_entity}), {start})",
            UPDATED_AT: start,
            **{column.name: quote_name(column.name) for column in get_value_columns(ctx)},
        }
        pointer = f"{quote_name(root.name)}.{ATTRIBUTES_ID}"
        version = f"{qualify(log)} AS {quote_name(log.name)}"
        return cls(
            root=root.name,
            log=log.name,
            conditions=ViewConditions(ctx.tablename, columns),
            is_there=f"EXISTS (SELECT {of_entity})",
            is_deleted=read_condition(ctx.fullname, DELETION),
            current=f"SELECT FROM {version} WHERE {quote_name(log.name)}.{LOG_ID} = {pointer}",
        )

    def translate(self, policy: PolicyDefinition) -> tuple[PolicyDefinition, ...]:
        using = self.conditions.write(policy.using)
        check = self.conditions.write(policy.using if policy.check is None else policy.check)
        found = [*self._open_root(policy)]
        if using is not None:
            found += self._place_using(policy, using)
        if check is not None and covers(policy, "insert", "update"):
            found.append(place_policy(policy, self.log, "insert", check=self._limit_check(policy, check)))
        if all(placed.table == self.root for placed in found):  # one without conditions lets nobody see the log
            found.append(place_policy(policy, self.log, "select"))
        return tuple(found)

    def _open_root(self, policy: PolicyDefinition) -> tuple[PolicyDefinition, ...]:
        """Show the keys, and take new ones: to whom and whose is the log's to say."""
        everyone = partial(PolicyDefinition, schema=policy.schema, table=self.root)
        return (
            everyone(name=name_policy(self.root, "select"), command="select", using=TRUE),
            everyone(name=name_policy(self.root, "insert"), command="insert", check=TRUE),
        )

    def _place_using(self, policy: PolicyDefinition, using: str) -> list[PolicyDefinition]:
        found = []
        if covers(policy, "select"):
            found.append(place_policy(policy, self.log, "select", using=using))
        if covers(policy, "update", "delete"):
            ends = self._limit_end(policy, using)
            found.append(place_policy(policy, self.log, "update", using=ends, check=TRUE))
        of_current = f"EXISTS ({self.current} AND ({using}))"
        if covers(policy, "update"):
            found.append(place_policy(policy, self.root, "update", using=of_current, check=TRUE))
        if covers(policy, "delete"):
            found.append(place_policy(policy, self.root, "delete", using=of_current))
        return found

    def _limit_end(self, policy: PolicyDefinition, using: str) -> str:
        match policy.command.lower():
            case "update":
                return limit_to(policy, f"NOT ({self.is_deleted})", using)
            case "delete":
                return limit_to(policy, f"({self.is_deleted})", using)
            case _:
                return using

    def _limit_check(self, policy: PolicyDefinition, check: str) -> str:
        match policy.command.lower():
            case "insert":
                return limit_to(policy, f"NOT {self.is_there}", check)
            case "update":
                return limit_to(policy, self.is_there, check)
            case _:
                return check
