"""What actions need to know of a node: its line, its API view, its name on a command line."""

import shlex
from dataclasses import dataclass

from pgcraft.catalog.objects import Kind, ObjectId
from pgcraft.errors import Place
from pgcraft.service.actions import get_action
from pgcraft.service.types import LoadedModels
from pgcraft_tui.present.api import find_views
from pgcraft_tui.present.names import format_qualified
from pgcraft_tui.present.origins import find_node_place
from pgcraft_tui.present.outline import Node
from pgcraft_tui.present.tabs import Tab


@dataclass(frozen=True)
class NodeFacts:
    """Facts of one node.

    Attributes:
        place: the line that declares it; None when nobody knows, or for a group of several declarations.
        api_view: the one view through which PostgREST exposes it; None when there is none, or more than one.
    """

    place: Place | None = None
    api_view: ObjectId | None = None


def find_facts(loaded: LoadedModels, node: Node) -> NodeFacts:
    """Find them."""
    views = find_views(loaded.resources, node)
    return NodeFacts(find_node_place(loaded.catalog, node), views[0] if len(views) == 1 else None)


def format_command(tab: Tab, node: Node | None) -> str:
    """Return the command line for the node under the cursor, quoted for a shell; of a group that of its object."""
    named = find_named(node)
    if named is None:
        return ""
    action = "access" if tab is Tab.GRANTS and is_role(node) else tab.action_id
    return get_action(action).format_command({"object": shlex.quote(named)})


def is_role(node: Node | None) -> bool:
    """Whether a node is a role."""
    return node is not None and node.object_id is not None and node.object_id.kind is Kind.ROLE


def find_named(node: Node | None) -> str | None:
    """Return the qualified name of the node's object, or of the nearest one above it that is an object."""
    while node is not None and node.object_id is None:
        node = node.parent
    return format_qualified(node.object_id) if node is not None and node.object_id is not None else None
