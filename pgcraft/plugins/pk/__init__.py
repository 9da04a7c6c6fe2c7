"""Plugins that make the primary key; a factory takes one of them."""

from pgcraft.plugins.pk.identity import IdentityPKPlugin
from pgcraft.plugins.pk.serial import SerialPKPlugin
from pgcraft.plugins.pk.uuid4 import UUIDV4PKPlugin
from pgcraft.plugins.pk.uuid7 import UUIDV7PKPlugin

__all__ = ["IdentityPKPlugin", "SerialPKPlugin", "UUIDV4PKPlugin", "UUIDV7PKPlugin"]
