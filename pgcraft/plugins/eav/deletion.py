"""The end of an entity's history: whatever deletes the entity, a client or a foreign key's cascade."""

from typing import TYPE_CHECKING

from pgcraft.factory.context import FactoryContext
from pgcraft.identifiers import quote_name
from pgcraft.models.definitions import FunctionDefinition, TriggerDefinition
from pgcraft.models.register import register_function, register_trigger
from pgcraft.naming import build_name
from pgcraft.plpgsql import write_block
from pgcraft.plugin import Plugin, requires
from pgcraft.plugins.eav.tables import ATTRIBUTE_TABLE, ENTITY_TABLE
from pgcraft.plugins.entity import CREATED_AT, ENTITY_ID, VALID_TO, get_single_key, qualify
from pgcraft.plugins.protect import WRITER_VARIABLES, write_protected

if TYPE_CHECKING:
    from sqlalchemy import Table


@requires(ENTITY_TABLE, ATTRIBUTE_TABLE)
class EAVDeletionPlugin(Plugin):
    """Closes the current values of an entity in the log when the entity goes."""

    is_internal = True

    def run(self, ctx: FactoryContext) -> None:
        """Register the function and its trigger."""
        entity: Table = ctx[ENTITY_TABLE]
        log: Table = ctx[ATTRIBUTE_TABLE]
        names = {"schema": ctx.schemaname, "table_name": entity.name, "op": "close"}
        function = build_name(ctx.metadata, "eav_function", **names)
        close = [
            f"UPDATE {qualify(log)} AS a",
            f"SET {VALID_TO} = greatest(now(), a.{CREATED_AT} + interval '1 microsecond')",
            f"WHERE a.{ENTITY_ID} = OLD.{quote_name(get_single_key(ctx).name)}",
            f"AND a.{VALID_TO} IS NULL;",
        ]
        register_function(
            ctx.metadata,
            FunctionDefinition(
                schema=ctx.schemaname,
                name=function,
                returns="trigger",
                body=write_block([*write_protected(ctx.fullname, close), "RETURN NULL;"], variables=WRITER_VARIABLES),
                security_definer=True,
                settings=(("search_path", ""),),
                revoke_public=True,
                depends_on=((ctx.schemaname, log.name),),
            ),
        )
        register_trigger(
            ctx.metadata,
            TriggerDefinition(
                schema=ctx.schemaname,
                relation=entity.name,
                name=build_name(ctx.metadata, "eav_trigger", **names),
                timing="after",
                events=("delete",),
                function=(ctx.schemaname, function),
            ),
        )
