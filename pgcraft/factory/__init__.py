"""Factories: one call declares a resource with its tables, constraints, indexes and keys.

Names are looked up when they are used: plugins import from this package, and the factories import the plugins.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pgcraft.factory.append_only import PGCraftAppendOnly
    from pgcraft.factory.base import ResourceFactory
    from pgcraft.factory.context import FactoryContext
    from pgcraft.factory.eav import PGCraftEAV
    from pgcraft.factory.ledger import PGCraftLedger
    from pgcraft.factory.simple import PGCraftSimple

__all__ = ["FactoryContext", "PGCraftAppendOnly", "PGCraftEAV", "PGCraftLedger", "PGCraftSimple", "ResourceFactory"]

_MODULES = {
    "FactoryContext": "context",
    "PGCraftAppendOnly": "append_only",
    "PGCraftEAV": "eav",
    "PGCraftLedger": "ledger",
    "PGCraftSimple": "simple",
    "ResourceFactory": "base",
}


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"pgcraft.factory.{_MODULES[name]}"), name)
