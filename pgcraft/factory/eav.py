"""The entity-attribute-value factory: attributes come and go without a table being rewritten."""

from typing import ClassVar

from pgcraft.factory.base import ResourceFactory
from pgcraft.plugin import Plugin
from pgcraft.plugins.eav.indexes import EAVIndexPlugin
from pgcraft.plugins.eav.log import EAVLogPlugin
from pgcraft.plugins.eav.policies import EAVPoliciesPlugin
from pgcraft.plugins.eav.tables import ATTRIBUTE_TABLE, ENTITY_TABLE, EAVTablesPlugin
from pgcraft.plugins.eav.triggers import EAVTriggersPlugin
from pgcraft.plugins.eav.views import EAVHistoryPlugin, EAVViewPlugin
from pgcraft.plugins.fks import FKPlugin
from pgcraft.plugins.protect import ProtectPlugin


class PGCraftEAV(ResourceFactory):
    """Entities whose values are attributes, written and read through the view ``schemaname.tablename``.

    Makes ``T_entity`` with one row an entity, to which foreign keys of others point, the log ``T_attribute`` with one
    row for each value that an attribute had, the view ``T`` with one column an attribute, and the view ``T_history``.
    Only values that change are logged. NOT NULL and checks hold, and their messages name the attribute. The two tables
    refuse to be written directly.
    """

    kind: ClassVar[str] = "eav"
    internal_plugins: ClassVar[tuple[Plugin, ...]] = (
        EAVTablesPlugin(),
        EAVIndexPlugin(),
        FKPlugin(ENTITY_TABLE),
        EAVViewPlugin(),
        EAVHistoryPlugin(),
        EAVTriggersPlugin(),
        EAVLogPlugin(),
        EAVPoliciesPlugin(),
        ProtectPlugin(ENTITY_TABLE),
        ProtectPlugin(ATTRIBUTE_TABLE),
    )
