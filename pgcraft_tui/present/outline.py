"""The tree of objects as plain data: groups, objects and their parts, under one of three groupings."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pgcraft.catalog.kinds import RELATIONS
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId
from pgcraft.catalog.origins import Layer, Origin
from pgcraft.service.grouping import Grouping
from pgcraft_tui.present.names import PLURALS, format_detail, format_label, is_part

Key = tuple[str, ...]
"""Names a node over reloads and groupings: ``("object", "view", "api", "products", …)``, ``("schema", "api")``."""


@dataclass(slots=True, eq=False)
class Node:
    """One node of the tree.

    Attributes:
        object_id: None on a group.
        kind: of the object, or of those that a group of one kind holds.
        detail: shown dimmed behind the label.
        is_gone: the object is no longer declared; it stays until the next reload to be seen.
        folded: what a filter looks at, in lower case; empty on a group of one kind.
    """

    key: Key
    label: str
    object_id: ObjectId | None = None
    kind: Kind | None = None
    detail: str = ""
    is_gone: bool = False
    folded: str = ""
    parent: "Node | None" = None
    children: "list[Node]" = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many objects stand directly under it, those in groups of one kind too."""
        return sum(1 if child.object_id is not None else len(child.children) for child in self.children)

    def ancestors(self) -> "Iterator[Node]":
        """Return the parent, its parent, and so on."""
        above = self.parent
        while above is not None:
            yield above
            above = above.parent

    def walk(self) -> "Iterator[Node]":
        """Return the node and everything under it, in the order of the screen."""
        pending = [self]
        while pending:
            node = pending.pop()
            yield node
            pending.extend(reversed(node.children))

    def object_ids(self) -> tuple[ObjectId, ...]:
        """Return the ids of the declared objects here and below, in the order of the screen."""
        return tuple(node.object_id for node in self.walk() if node.object_id is not None and not node.is_gone)


@dataclass(frozen=True)
class Outline:
    """A whole tree.

    Attributes:
        by_key: every node.
    """

    grouping: Grouping
    roots: tuple[Node, ...]
    by_key: dict[Key, Node]

    def find_object(self, object_id: ObjectId) -> Node | None:
        """Return the node of an object, or None."""
        return self.by_key.get(make_object_key(object_id))

    def dismantle(self) -> None:
        """Take the nodes apart, so that they are freed at once and not by the collector; nothing may use them after."""
        for node in self.by_key.values():
            node.parent = None
            node.children = []

    def walk(self) -> Iterator[Node]:
        """Return every node, in the order of the screen."""
        for root in self.roots:
            yield from root.walk()


def make_object_key(object_id: ObjectId) -> Key:
    """Return the key of an object's node; None and the empty string differ."""
    scoped = (object_id.schema, object_id.name, object_id.parent, object_id.signature)
    return ("object", object_id.kind.value, *("" if name is None else f"={name}" for name in scoped))


def read_object_key(key: Key) -> ObjectId | None:
    """Return the object that :func:`make_object_key` named, or None for a group's key or a broken one."""
    if len(key) != 6 or key[0] != "object" or key[1] not in _KINDS or not key[3]:
        return None
    schema, name, parent, signature = (text[1:] if text else None for text in key[2:])
    return ObjectId(Kind(key[1]), schema, name or "", parent, signature)


def build_outline(catalog: Catalog, grouping: Grouping, gone: Iterable[ObjectId] = ()) -> Outline:
    """Build the tree.

    Args:
        catalog: what is declared.
        grouping: what stands at the top.
        gone: objects that are declared no more but are still to be seen.
    """
    builder = _Builder(catalog, grouping)
    for item in catalog.objects:
        builder.add(item.id, item)
    for object_id in sorted(set(gone)):
        if catalog.find(object_id) is None:
            builder.add(object_id, None)
    return builder.finish()


class _Builder:
    """Hangs each object under its parent, making the groups between them on the way."""

    def __init__(self, catalog: Catalog, grouping: Grouping) -> None:
        self._catalog = catalog
        self._grouping = grouping
        self._nodes: dict[Key, Node] = {}
        self._roots: list[Node] = []
        self._relations = {item.id.qualified: item.id for item in catalog.of_kind(*RELATIONS)}

    @property
    def _keeps_parts(self) -> bool:
        """Whether a part stands under its owner whoever made it."""
        return self._grouping is Grouping.SCHEMA

    def add(self, object_id: ObjectId, item: CatalogObject | None) -> Node:
        key = make_object_key(object_id)
        if (known := self._nodes.get(key)) is not None:
            return known
        node = Node(key, format_label(object_id), object_id, object_id.kind, is_gone=item is None)
        if item is not None:
            node.detail = format_detail(item)
        self._hang(node, self._find_parent(object_id, item))
        return node

    def finish(self) -> Outline:
        for node in self._nodes.values():
            node.children.sort(key=self._order)
            node.folded = _fold(node)
        self._roots.sort(key=self._order)
        return Outline(self._grouping, tuple(self._roots), self._nodes)

    def _find_parent(self, object_id: ObjectId, item: CatalogObject | None) -> Node | None:
        owner_id = self._find_owner(object_id)
        owner = self._catalog.find(owner_id) if owner_id is not None else None
        top = self._find_top(object_id, item)
        if owner is not None and (self._keeps_parts or item is None or self._find_top(owner.id, owner) == top):
            return self._folder(self.add(owner.id, owner), object_id.kind)
        if self._keeps_parts and object_id.kind is Kind.SCHEMA:
            return None
        group = self._group(top)
        return group if self._grouping is Grouping.FACTORY else self._folder(group, object_id.kind)

    def _find_owner(self, object_id: ObjectId) -> ObjectId | None:
        """Return the object under which this one stands, whatever the grouping."""
        if is_part(object_id):
            return self._relations.get(object_id.relation)
        if object_id.kind is not Kind.GRANT:
            return None
        target = object_id.granted_on
        is_relation = target.kind in RELATIONS
        return self._relations.get(target.qualified) if is_relation else target

    def _find_top(self, object_id: ObjectId, item: CatalogObject | None) -> tuple[Key, str, str]:
        """Return key, label and detail of the group at the top under which this object stands."""
        if self._grouping is Grouping.SCHEMA:
            return self._find_schema(object_id)
        if item is None:
            return ("gone",), "no longer declared", ""
        if self._grouping is Grouping.FACTORY:
            return _name_maker(item.origins[0] if item.origins else None)
        found = next((origin.name for origin in item.origins if origin.layer is Layer.EXTENSION), None)
        return (("extension", found), found, "") if found else (("none",), "no extension", "")

    def _find_schema(self, object_id: ObjectId) -> tuple[Key, str, str]:
        schema = object_id.name if object_id.kind is Kind.SCHEMA else object_id.schema
        if schema is None:
            return ("cluster",), "", ""
        schema_id = ObjectId(Kind.SCHEMA, None, schema)
        if self._catalog.find(schema_id) is not None:
            return make_object_key(schema_id), schema, ""
        return ("schema", schema), schema, ""

    def _group(self, top: tuple[Key, str, str]) -> Node | None:
        key, label, detail = top
        if key == ("cluster",):
            return None
        if (known := self._nodes.get(key)) is not None:
            return known
        declared = read_object_key(key)
        if declared is not None:
            return self.add(declared, self._catalog.find(declared))
        return self._hang(Node(key, label, detail=detail), None)

    def _folder(self, parent: Node | None, kind: Kind) -> Node:
        key = (*(parent.key if parent else ()), "kind", kind.value)
        if (known := self._nodes.get(key)) is not None:
            return known
        return self._hang(Node(key, PLURALS[kind], kind=kind), parent)

    def _hang(self, node: Node, parent: Node | None) -> Node:
        node.parent = parent
        self._nodes[node.key] = node
        (parent.children if parent is not None else self._roots).append(node)
        return node

    def _order(self, node: Node) -> tuple[int, int, tuple[str, ...]]:
        """Schemas first, kinds in their order, factories by place, columns as they stand in their table."""
        if node.object_id is None:
            place = _KIND_ORDER[node.kind] if node.kind is not None else -1
            if node.key[0] in _LEFTOVERS:
                return (len(_KIND_ORDER), 0, node.key)
            file, _, line = node.key[-1].rpartition(":")
            return (place, 0, (file, line.zfill(9), node.label.casefold(), *node.key))
        item = self._catalog.find(node.object_id)
        position = getattr(item.definition, "position", 0) if item is not None else 0
        place = -1 if node.object_id.kind is Kind.SCHEMA else _KIND_ORDER[node.object_id.kind]
        return (place, position, (node.label.casefold(), *node.key))


_KINDS = frozenset(kind.value for kind in Kind)
_LEFTOVERS = ("none", "gone")
_KIND_ORDER: dict[Kind, int] = {kind: place for place, kind in enumerate(PLURALS)}


def _fold(node: Node) -> str:
    if node.object_id is not None:
        return node.label.casefold()
    return "" if node.kind is not None else f"{node.detail} {node.label}".casefold()


def _name_maker(origin: Origin | None) -> tuple[Key, str, str]:
    if origin is None:
        return ("none",), "unknown", ""
    key = ("factory", origin.layer.value, origin.name, origin.declared_at)
    maker, _, named = origin.name.partition('("')
    if origin.layer is Layer.EXTENSION:
        return key, origin.name, "extension"
    if not named.endswith('")'):
        return key, origin.name, origin.declared_at
    return key, named.removesuffix('")'), f"{maker} {origin.declared_at}".rstrip()
