from dataclasses import dataclass

from pgcraft.extension import PGCraftExtension
from pgcraft.plugin import Plugin


@dataclass
class AuditExtension(PGCraftExtension):
    name: str = "audit"

    def plugins(self) -> list[Plugin]:
        return [
            ShadowTablePlugin(),
            ShadowTriggerPlugin(),
        ]
