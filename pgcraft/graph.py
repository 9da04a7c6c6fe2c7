"""Putting things in order by what each of them needs; ties go by a key, so the order is the same on every run."""

import heapq
from collections import deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

Node = TypeVar("Node", bound=Hashable)

Needs = Mapping[Node, Iterable[Node]]
"""For each node those that must come before it; nodes that are not to be ordered are passed over."""

SortKey = Callable[[Node], Any]
"""Gives what ties are broken by; it must differ from node to node, else the order of arrival decides."""


class RingError(Exception):
    """Nodes that need each other: none of them can come first.

    Args:
        ring: each node needs the one after it, and the last one needs the first.
    """

    def __init__(self, ring: tuple[Hashable, ...]) -> None:
        super().__init__(ring)
        self.ring = ring

    def __str__(self) -> str:
        return " needs ".join(str(node) for node in (*self.ring, self.ring[0]))


def order(nodes: Iterable[Node], needs: Needs[Node], *, key: SortKey[Node]) -> tuple[Node, ...]:
    """Put each node after those it needs; of several that could come next, the one with the least key does.

    Raises:
        RingError: some nodes need each other; it holds one shortest ring.
    """
    groups = order_groups(nodes, needs, key=key)
    known = {node for group in groups for node in group}
    for group in groups:
        first = group[0]
        if len(group) > 1 or first in _known_needs(first, needs, known):
            ring: tuple[Node, ...] = find_ring(group, needs, key=key)
            raise RingError(ring)
    return tuple(node for group in groups for node in group)


def order_groups(nodes: Iterable[Node], needs: Needs[Node], *, key: SortKey[Node]) -> tuple[tuple[Node, ...], ...]:
    """Order like :func:`order`, but keep nodes that need each other together instead of failing.

    Returns:
        Groups in order, most of them of one node; a group of several is a ring or several interlocked ones, and its
        nodes stand in the order of their keys. Break it by leaving out an edge and ordering its nodes again.
    """
    ranked = sorted(dict.fromkeys(nodes), key=key)
    known = set(ranked)
    edges = {node: _known_needs(node, needs, known) for node in ranked}
    rank = {node: index for index, node in enumerate(ranked)}
    done = _order_acyclic([[node] for node in ranked], edges, rank)
    if len(done) < len(ranked):  # what is missing stands in rings, or behind some
        groups = _strongly_connected(ranked, edges)
        for group in groups:
            group.sort(key=rank.__getitem__)
        done = _order_acyclic(groups, edges, rank)
    return tuple(map(tuple, done))


def find_ring(nodes: Iterable[Node], needs: Needs[Node], *, key: SortKey[Node]) -> tuple[Node, ...]:
    """Return a shortest ring through the least node that is in one; empty when there is none."""
    ranked = sorted(dict.fromkeys(nodes), key=key)
    known = set(ranked)
    for start in ranked:
        ring = _shortest_way_back(start, needs, known, key)
        if ring:
            return ring
    return ()


def reach(starts: Iterable[Node], edges: Needs[Node]) -> frozenset[Node]:
    """Return every node that can be reached along the edges, the starts among them."""
    seen = set(starts)
    waiting = list(seen)
    while waiting:
        for node in edges.get(waiting.pop(), ()):
            if node not in seen:
                seen.add(node)
                waiting.append(node)
    return frozenset(seen)


def _known_needs(node: Node, needs: Needs[Node], known: set[Node]) -> list[Node]:
    return [needed for needed in dict.fromkeys(needs.get(node, ())) if needed in known]


def _shortest_way_back(start: Node, needs: Needs[Node], known: set[Node], key: SortKey[Node]) -> tuple[Node, ...]:
    came_from: dict[Node, Node] = {}
    waiting = deque([start])
    while waiting:
        node = waiting.popleft()
        for needed in sorted(_known_needs(node, needs, known), key=key):
            if needed == start:
                return _walk_back(start, node, came_from)
            if needed not in came_from:
                came_from[needed] = node
                waiting.append(needed)
    return ()


def _walk_back(start: Node, node: Node, came_from: Mapping[Node, Node]) -> tuple[Node, ...]:
    way = [node]
    while way[-1] != start:
        way.append(came_from[way[-1]])
    return tuple(reversed(way))


def _order_acyclic(
    groups: list[list[Node]], edges: Mapping[Node, list[Node]], rank: Mapping[Node, int]
) -> list[list[Node]]:
    """Order groups that do not need each other; those that do, and what needs them, are left out."""
    group_of = {node: index for index, group in enumerate(groups) for node in group}
    needed_by: list[set[int]] = [set() for _ in groups]
    missing = [0] * len(groups)
    for index, group in enumerate(groups):
        wanted = {group_of[needed] for node in group for needed in edges[node]} - {index}
        missing[index] = len(wanted)
        for other in wanted:
            needed_by[other].add(index)
    ready = [(rank[group[0]], index) for index, group in enumerate(groups) if not missing[index]]
    heapq.heapify(ready)
    done = []
    while ready:
        _, index = heapq.heappop(ready)
        done.append(groups[index])
        for other in needed_by[index]:
            missing[other] -= 1
            if not missing[other]:
                heapq.heappush(ready, (rank[groups[other][0]], other))
    return done


def _strongly_connected(nodes: list[Node], edges: Mapping[Node, list[Node]]) -> list[list[Node]]:
    """Kosaraju's algorithm: walk the edges backwards, from the node that was finished last to the first."""
    needed_by: dict[Node, list[Node]] = {node: [] for node in nodes}
    for node in nodes:
        for needed in edges[node]:
            needed_by[needed].append(node)
    seen: set[Node] = set()
    return [group for node in reversed(_finish_order(nodes, edges)) if (group := list(_walk(node, needed_by, seen)))]


def _finish_order(nodes: list[Node], edges: Mapping[Node, list[Node]]) -> list[Node]:
    seen: set[Node] = set()
    return [node for start in nodes for node in _walk(start, edges, seen)]


def _walk(start: Node, edges: Mapping[Node, list[Node]], seen: set[Node]) -> Iterator[Node]:
    """Return what can be reached and was not seen yet, each node after those it leads to.

    It keeps a stack of its own: chains of views may be deeper than Python's recursion limit.
    """
    if start in seen:
        return
    seen.add(start)
    work = [(start, iter(edges[start]))]
    while work:
        node, remaining = work[-1]
        fresh = next((needed for needed in remaining if needed not in seen), None)
        if fresh is None:
            work.pop()
            yield node
        else:
            seen.add(fresh)
            work.append((fresh, iter(edges[fresh])))
