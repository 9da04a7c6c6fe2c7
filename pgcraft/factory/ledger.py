"""The ledger factory: rows that are written once."""

from typing import ClassVar

from pgcraft.factory.base import ResourceFactory
from pgcraft.plugin import Plugin
from pgcraft.plugins.checks import CheckPlugin
from pgcraft.plugins.created_at import CreatedAtPlugin
from pgcraft.plugins.entry_id import UUIDEntryIDPlugin
from pgcraft.plugins.fks import FKPlugin
from pgcraft.plugins.indexes import IndexPlugin
from pgcraft.plugins.ledger.immutable import ImmutablePlugin
from pgcraft.plugins.ledger.table import LedgerTablePlugin


class PGCraftLedger(ResourceFactory):
    """One table ``schemaname.tablename`` of amounts by dimension, to which rows are added and never changed.

    Its columns are the key, ``entry_id``, which rows written together share, ``created_at``, ``value``, and the
    dimensions that the user declares. For numeric values hand over ``LedgerTablePlugin("numeric")``. Further plugins
    keep a minimum balance and double entries; views show balances and the latest rows.
    """

    kind: ClassVar[str] = "ledger"
    writes: ClassVar[tuple[str, ...]] = ("insert",)
    fallback_plugins: ClassVar[tuple[Plugin, ...]] = (UUIDEntryIDPlugin(), CreatedAtPlugin(), LedgerTablePlugin())
    internal_plugins: ClassVar[tuple[Plugin, ...]] = (CheckPlugin(), IndexPlugin(), FKPlugin(), ImmutablePlugin())
