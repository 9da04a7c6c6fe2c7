"""Row security of an entity-attribute-value resource: its policies stand on the entities.

The entity table has every current value, so a condition over the view is one over its row. The log shows the history of
the entities that the reader sees, and no values of one that had the same key before; it is written by the entities'
triggers alone, and nobody else may.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

from pgcraft.declare.context import FactoryContext
from pgcraft.identifiers import quote_name
from pgcraft.models.definitions import PolicyDefinition
from pgcraft.models.register import register_row_rules
from pgcraft.plugin import Plugin, requires
from pgcraft.plugins.eav.tables import ATTRIBUTE_TABLE, ATTRIBUTES, ENTITY_TABLE
from pgcraft.plugins.entity import CREATED_AT, ENTITY_ID, UPDATED_AT, get_single_key, qualify
from pgcraft.plugins.row_policies import ViewConditions, name_policy

if TYPE_CHECKING:
    from pgcraft.plugins.eav.attributes import Attribute


@requires(ENTITY_TABLE, ATTRIBUTE_TABLE, ATTRIBUTES)
class EAVPoliciesPlugin(Plugin):
    """Says what a policy of the resource is on its tables."""

    is_internal = True

    def run(self, ctx: FactoryContext) -> None:
        """Register it."""
        entity, conditions, of_log = ctx[ENTITY_TABLE], _read_conditions(ctx), _show_log(ctx)

        def translate(policy: PolicyDefinition) -> tuple[PolicyDefinition, ...]:
            using, check = conditions.write(policy.using), conditions.write(policy.check)
            return replace(policy, table=entity.name, using=using, check=check), of_log

        register_row_rules(ctx.metadata, ctx.schemaname, ctx.tablename, translate)


def _read_conditions(ctx: FactoryContext) -> ViewConditions:
    attributes: tuple[Attribute, ...] = ctx[ATTRIBUTES]
    own = (get_single_key(ctx).name, CREATED_AT, UPDATED_AT)
    row = quote_name(ctx[ENTITY_TABLE].name)
    kept = [attribute for attribute in attributes if not attribute.is_computed]
    columns = {name: quote_name(name) for name in own}
    columns |= {item.column.name: item.name if item.is_real else item.read(row) for item in kept}
    scope = ", ".join(f"{item.read(row)} AS {item.name}" for item in kept)
    for item in attributes:
        if item.is_computed:
            columns[item.column.name] = f"(SELECT ({item.expression})::{item.sql_type} FROM (SELECT {scope}) AS v)"
    return ViewConditions(ctx.tablename, columns)


def _show_log(ctx: FactoryContext) -> PolicyDefinition:
    entity, log = ctx[ENTITY_TABLE], ctx[ATTRIBUTE_TABLE]
    row = quote_name(log.name)
    is_own = f"e.{quote_name(get_single_key(ctx).name)} = {row}.{ENTITY_ID}"
    using = f"EXISTS (SELECT FROM {qualify(entity)} AS e WHERE {is_own} AND e.{CREATED_AT} <= {row}.{CREATED_AT})"
    name = name_policy(log.name, "select")
    return PolicyDefinition(schema=ctx.schemaname, table=log.name, name=name, command="select", using=using)
