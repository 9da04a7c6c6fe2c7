"""The command line that does what the preview shows, from the action registry."""

import shlex

from pgcraft.service.actions import get_action
from pgcraft_tui.present.names import format_qualified
from pgcraft_tui.present.outline import Node
from pgcraft_tui.present.tabs import Tab


def format_command(tab: Tab, node: Node | None) -> str:
    """Give the command line for the node under the cursor, quoted for a shell; of a group that of its object."""
    named = find_named(node)
    if named is None:
        return ""
    return get_action(tab.action_id).format_command({"object": shlex.quote(named)})


def find_named(node: Node | None) -> str | None:
    """Give the qualified name of the node's object, or of the nearest one above it that is an object."""
    while node is not None and node.object_id is None:
        node = node.parent
    return format_qualified(node.object_id) if node is not None and node.object_id is not None else None
