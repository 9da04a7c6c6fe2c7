from dataclasses import dataclass

from pgcraft.extension import PGCraftExtension
from pgcraft.plugin import Plugin


class NanoIDPKPlugin(Plugin):
    """Replace serial PK with a NanoID column."""

    # ... plugin implementation ...


@dataclass
class NanoIDExtension(PGCraftExtension):
    name: str = "nanoid"

    def plugins(self) -> list[Plugin]:
        return [NanoIDPKPlugin()]
