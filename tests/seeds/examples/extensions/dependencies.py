from dataclasses import dataclass
from typing import ClassVar

from pgcraft.extension import PGCraftExtension


@dataclass
class MyExtension(PGCraftExtension):
    name: str = "my-ext"
    depends_on: ClassVar[list[str]] = ["postgrest"]
