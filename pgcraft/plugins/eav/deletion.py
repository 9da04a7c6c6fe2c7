"""The end of an entity's history: whatever deletes the entity, a client or a foreign key's cascade."""

from typing import TYPE_CHECKING

from pgcraft.factory.context import FactoryContext
from pgcraft.identifiers import quote_name
from pgcraft.plpgsql import write_block
from pgcraft.plugin import Plugin, requires
from pgcraft.plugins.eav.tables import ATTRIBUTE_TABLE, ENTITY_TABLE
from pgcraft.plugins.entity import CREATED_AT, ENTITY_ID, VALID_TO, get_single_key, qualify
from pgcraft.plugins.protect import WRITER_VARIABLES, write_protected
from pgcraft.plugins.trigger_function import Firing, declare_trigger

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
        close = [
            f"UPDATE {qualify(log)} AS a",
            f"SET {VALID_TO} = greatest(pg_catalog.now(), a.{CREATED_AT} + interval '1 microsecond')",
            f"WHERE a.{ENTITY_ID} = OLD.{quote_name(get_single_key(ctx).name)}",
            f"AND a.{VALID_TO} IS NULL;",
        ]
        body = write_block([*write_protected(ctx.fullname, close), "RETURN NULL;"], variables=WRITER_VARIABLES)
        firing = Firing(relation=entity.name, timing="after", events=("delete",))
        reaches = [(ctx.schemaname, log.name)]
        declare_trigger(ctx, "eav", "close", body, firing, table_name=entity.name, reaches=reaches)
