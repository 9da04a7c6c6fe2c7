"""The tabs of the preview."""

from enum import StrEnum


class Tab(StrEnum):
    """What the preview shows of the node under the cursor; the value names its action, as ``show_ddl``."""

    DDL = "ddl"
    API = "api"
    GRANTS = "grants"
    RELATIONS = "relations"
    ORIGIN = "origin"
    CHANGE = "change"
    HISTORY = "history"

    @property
    def action_id(self) -> str:
        """The action that shows it."""
        return f"show_{self.value}"
