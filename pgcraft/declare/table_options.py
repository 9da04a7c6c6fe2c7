"""What a table has beside its items: comment, prefixes, storage parameters."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class PGCraftTableOptions:
    """Keyword arguments for ``sqlalchemy.Table``, as one of the ``schema_items``.

    Attributes:
        values: ``{"comment": "what we sell", "postgresql_tablespace": "fast"}``.
    """

    values: Mapping[str, Any] = field(default_factory=dict)

    def __hash__(self) -> int:
        return hash(tuple(self.values))
