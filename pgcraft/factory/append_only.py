"""The append-only factory: every version of every entity is kept."""

from typing import ClassVar

from pgcraft.factory.base import ResourceFactory
from pgcraft.plugin import Plugin
from pgcraft.plugins.append_only.current import CurrentIndexPlugin
from pgcraft.plugins.append_only.names import LOG_TABLE, ROOT_TABLE
from pgcraft.plugins.append_only.policies import AppendOnlyPoliciesPlugin
from pgcraft.plugins.append_only.tables import AppendOnlyTablesPlugin
from pgcraft.plugins.append_only.triggers import AppendOnlyTriggersPlugin
from pgcraft.plugins.append_only.views import AppendOnlyViewPlugin, HistoryViewPlugin
from pgcraft.plugins.checks import CheckPlugin
from pgcraft.plugins.fks import FKPlugin
from pgcraft.plugins.indexes import IndexPlugin
from pgcraft.plugins.protect import ProtectPlugin


class PGCraftAppendOnly(ResourceFactory):
    """A slowly changing dimension of type 2, written and read through the view ``schemaname.tablename``.

    Makes the log ``T_attributes`` with every version, the root ``T_root`` with one row an entity, to which foreign keys
    of others point, the view ``T`` with the key, ``created_at``, ``updated_at`` and the current values, and the view
    ``T_history``. Checks, indexes and foreign keys of the declaration stand on the log; what is unique there is unique
    among current versions. The two tables refuse to be written directly.
    """

    kind: ClassVar[str] = "append_only"
    internal_plugins: ClassVar[tuple[Plugin, ...]] = (
        AppendOnlyTablesPlugin(),
        CheckPlugin(LOG_TABLE),
        IndexPlugin(LOG_TABLE),
        CurrentIndexPlugin(),
        FKPlugin(LOG_TABLE),
        AppendOnlyViewPlugin(),
        HistoryViewPlugin(),
        AppendOnlyTriggersPlugin(),
        AppendOnlyPoliciesPlugin(),
        ProtectPlugin(ROOT_TABLE),
        ProtectPlugin(LOG_TABLE),
    )
