"""Views over anything that can be selected."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pgcraft.views.declaration import Declaration
    from pgcraft.views.ledger import BalanceView, LatestView
    from pgcraft.views.ledger_actions import LedgerActions
    from pgcraft.views.materialized import PGCraftMaterializedView
    from pgcraft.views.view import PGCraftView

__all__ = ["BalanceView", "Declaration", "LatestView", "LedgerActions", "PGCraftMaterializedView", "PGCraftView"]

_MODULES = {
    "BalanceView": "ledger",
    "Declaration": "declaration",
    "LatestView": "ledger",
    "LedgerActions": "ledger_actions",
    "PGCraftMaterializedView": "materialized",
    "PGCraftView": "view",
}


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"pgcraft.views.{_MODULES[name]}"), name)
