"""Where the user stood in a project when the workbench was last closed: a small JSON file in the state folder."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from pgcraft.errors import PGCraftError
from pgcraft.service.files import replace_file
from pgcraft.service.grouping import Grouping
from pgcraft_tui.present.outline import Key
from pgcraft_tui.present.tabs import Tab

VERSION = 1
_MAX_BYTES = 4_000_000
_MAX_OPENED = 5_000


@dataclass(frozen=True)
class SavedState:
    """What a session leaves for the next one.

    Attributes:
        opened: keys of the unfolded nodes; None when the tree was never seen.
        cursor: key of the node under the cursor.
        theme: name of the theme; empty for the one that a fresh workbench has.
    """

    opened: tuple[Key, ...] | None = None
    cursor: Key | None = None
    grouping: Grouping = Grouping.SCHEMA
    tab: Tab = Tab.DDL
    theme: str = ""


def find_state_path(root: Path) -> Path:
    """Return the file for a project: its folder's name for a reader, and a hash of its whole path."""
    import platformdirs

    folder = platformdirs.user_state_path("pgcraft", appauthor=False)
    digest = hashlib.sha256(str(root.resolve()).encode()).hexdigest()[:12]
    return folder / "workbench" / f"{root.name[:40]}-{digest}.json"


def read_state(path: Path) -> SavedState:
    """Read the state; a file that is missing, broken or of another version gives that of a fresh workbench."""
    try:
        if path.stat().st_size > _MAX_BYTES:
            return SavedState()
        fields = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return SavedState()
    if not isinstance(fields, dict) or fields.get("version") != VERSION:
        return SavedState()
    opened = fields.get("opened")
    keys = [_read_key(entry) for entry in opened] if isinstance(opened, list) else None
    return SavedState(
        opened=tuple(key for key in keys if key is not None) if keys is not None else None,
        cursor=_read_key(fields.get("cursor")),
        grouping=next((each for each in Grouping if each == fields.get("grouping")), Grouping.SCHEMA),
        tab=next((each for each in Tab if each == fields.get("tab")), Tab.DDL),
        theme=theme if isinstance(theme := fields.get("theme"), str) else "",
    )


def write_state(path: Path, state: SavedState) -> bool:
    """Write the state, whole or not at all; False when the disk refused, which costs nothing but the place."""
    fields = {
        "version": VERSION,
        "opened": sorted(state.opened)[:_MAX_OPENED] if state.opened is not None else None,
        "cursor": state.cursor,
        "grouping": state.grouping,
        "tab": state.tab,
        "theme": state.theme,
    }
    try:
        replace_file(path, json.dumps(fields, indent=1).encode())
    except PGCraftError:
        return False
    return True


def _read_key(value: object) -> Key | None:
    if isinstance(value, list) and value and all(isinstance(part, str) for part in value):
        return tuple(value)
    return None
