"""The simple factory: one table, directly writable."""

from typing import ClassVar

from pgcraft.factory.base import ResourceFactory
from pgcraft.plugin import Plugin
from pgcraft.plugins.checks import CheckPlugin
from pgcraft.plugins.fks import FKPlugin
from pgcraft.plugins.indexes import IndexPlugin
from pgcraft.plugins.table import TablePlugin


class PGCraftSimple(ResourceFactory):
    """One table ``schemaname.tablename`` with the key, the plugins' columns and the user's."""

    internal_plugins: ClassVar[tuple[Plugin, ...]] = (TablePlugin(), CheckPlugin(), IndexPlugin(), FKPlugin())
