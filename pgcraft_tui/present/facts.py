"""What actions need to know of a node."""

from dataclasses import dataclass

from pgcraft.catalog.objects import ObjectId
from pgcraft.errors import Place
from pgcraft.service.types import LoadedModels
from pgcraft_tui.present.api import find_views
from pgcraft_tui.present.origins import find_node_place
from pgcraft_tui.present.outline import Node


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
