"""Factories: one call declares a resource with its tables, constraints, indexes and keys.

Names are looked up when they are used, so that a project loads the factories that it calls and no others.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pgcraft.declare.context import FactoryContext
    from pgcraft.factory.append_only import PGCraftAppendOnly
    from pgcraft.factory.base import ResourceFactory
    from pgcraft.factory.eav import PGCraftEAV
    from pgcraft.factory.ledger import PGCraftLedger
    from pgcraft.factory.simple import PGCraftSimple

__all__ = ["FactoryContext", "PGCraftAppendOnly", "PGCraftEAV", "PGCraftLedger", "PGCraftSimple", "ResourceFactory"]

_MODULES = {
    "FactoryContext": "pgcraft.declare.context",
    "PGCraftAppendOnly": "pgcraft.factory.append_only",
    "PGCraftEAV": "pgcraft.factory.eav",
    "PGCraftLedger": "pgcraft.factory.ledger",
    "PGCraftSimple": "pgcraft.factory.simple",
    "ResourceFactory": "pgcraft.factory.base",
}


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), name)
