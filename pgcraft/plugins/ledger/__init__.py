"""The plugins of ledgers."""

from pgcraft.plugins.ledger.balance_check import LedgerBalanceCheckPlugin
from pgcraft.plugins.ledger.double_entry import DoubleEntryPlugin, DoubleEntryTriggerPlugin
from pgcraft.plugins.ledger.immutable import ImmutablePlugin
from pgcraft.plugins.ledger.table import LedgerTablePlugin

__all__ = [
    "DoubleEntryPlugin",
    "DoubleEntryTriggerPlugin",
    "ImmutablePlugin",
    "LedgerBalanceCheckPlugin",
    "LedgerTablePlugin",
]
