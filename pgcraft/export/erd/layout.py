"""Where the boxes of a diagram stand: in columns from what is pointed to, to what points; what has no line below them.

A layered layout, after Sugiyama: ranks along the lines, then the order within each by where the neighbours stand.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from pgcraft.catalog.objects import ObjectId
from pgcraft.export.erd.model import Box, Diagram

Size = tuple[float, float]
_SWEEPS = 4


@dataclass(frozen=True)
class Placed:
    """A box with its upper left corner and its size; boxes of one rank stand in one column."""

    box: Box
    rank: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Layout:
    """All boxes, and the size of the whole."""

    placed: tuple[Placed, ...]
    width: float
    height: float


def lay_out(diagram: Diagram, measure: Callable[[Box], Size], gap: Size) -> Layout:
    """Place the boxes of a diagram.

    Args:
        diagram: what is to be placed.
        measure: gives the width and height of a box.
        gap: between columns, and between the boxes of one.
    """
    ends, neighbours = _read_lines(diagram)
    joined = [box for box in diagram.boxes if neighbours[box.id]]
    columns = _order(_rank([box.id for box in joined], ends), neighbours)
    by_id = {box.id: box for box in diagram.boxes}
    placed, width, height = _stack([[by_id[each] for each in column] for column in columns], measure, gap)
    alone = [box for box in diagram.boxes if not neighbours[box.id]]
    grid, wide, high = _fill_rows(alone, measure, gap, top=height + gap[1] if placed else 0, room=max(width, 900.0))
    return Layout((*placed, *grid), max(width, wide), max(height, high))


def _read_lines(diagram: Diagram) -> tuple[dict[ObjectId, set[ObjectId]], dict[ObjectId, set[ObjectId]]]:
    """Return what each box points to, and all that it has a line with; one with itself is none."""
    ends: dict[ObjectId, set[ObjectId]] = {box.id: set() for box in diagram.boxes}
    neighbours: dict[ObjectId, set[ObjectId]] = {box.id: set() for box in diagram.boxes}
    for edge in diagram.edges:
        if edge.start != edge.end:
            ends[edge.start].add(edge.end)
            neighbours[edge.start].add(edge.end)
            neighbours[edge.end].add(edge.start)
    return ends, neighbours


def _rank(ids: list[ObjectId], ends: Mapping[ObjectId, set[ObjectId]]) -> dict[ObjectId, int]:
    """Return how many lines lead from each box to one that points nowhere; a ring is cut where the fewest are left."""
    ranks: dict[ObjectId, int] = {}
    waiting = {each: set(ends[each]) for each in ids}
    pointing: dict[ObjectId, set[ObjectId]] = {each: set() for each in ids}
    for start, found in waiting.items():
        for end in found:
            pointing[end].add(start)
    ready = sorted(each for each in ids if not waiting[each])
    while waiting:
        if not ready:
            ready = [min(waiting, key=lambda each: (len(waiting[each]), each.sort_key))]
        current = ready.pop(0)
        if current not in waiting:
            continue
        del waiting[current]
        ranks[current] = 1 + max((ranks[end] for end in ends[current] if end in ranks), default=-1)
        for start in sorted(pointing[current]):
            if start in waiting:
                waiting[start].discard(current)
                if not waiting[start]:
                    ready.append(start)
    return ranks


def _order(ranks: Mapping[ObjectId, int], neighbours: Mapping[ObjectId, set[ObjectId]]) -> list[list[ObjectId]]:
    """Return the boxes of each rank, ordered so that few lines cross."""
    columns: list[list[ObjectId]] = [[] for _ in range(max(ranks.values(), default=-1) + 1)]
    for each in sorted(ranks):
        columns[ranks[each]].append(each)
    for sweep in range(_SWEEPS):
        for column in columns if sweep % 2 == 0 else reversed(columns):
            places = {each: at / max(len(other), 1) for other in columns for at, each in enumerate(other)}
            means = {each: _mean(places[near] for near in neighbours[each]) for each in column}
            column.sort(key=lambda each: (means[each], each.sort_key))
    return columns


def _mean(values: Iterable[float]) -> float:
    listed = list(values)
    return sum(listed) / len(listed) if listed else 0.0


def _stack(columns: list[list[Box]], measure: Callable[[Box], Size], gap: Size) -> tuple[list[Placed], float, float]:
    """Stand the columns beside each other, each in the middle of the highest."""
    sizes = {box.id: measure(box) for column in columns for box in column}
    heights = [sum(sizes[box.id][1] for box in column) + gap[1] * (len(column) - 1) for column in columns]
    highest = max(heights, default=0.0)
    placed: list[Placed] = []
    x = 0.0
    for rank, (column, high) in enumerate(zip(columns, heights, strict=True)):
        y = (highest - high) / 2
        for box in column:
            width, height = sizes[box.id]
            placed.append(Placed(box, rank, x, y, width, height))
            y += height + gap[1]
        x += max(sizes[box.id][0] for box in column) + gap[0]
    return placed, max(x - gap[0], 0.0), highest


def _fill_rows(
    boxes: list[Box], measure: Callable[[Box], Size], gap: Size, *, top: float, room: float
) -> tuple[list[Placed], float, float]:
    """Stand boxes in rows that are no wider than there is room."""
    placed: list[Placed] = []
    x, y, high, widest = 0.0, top, 0.0, 0.0
    for box in boxes:
        width, height = measure(box)
        if x and x + width > room:
            x, y, high = 0.0, y + high + gap[1], 0.0
        placed.append(Placed(box, 0, x, y, width, height))
        widest = max(widest, x + width)
        x, high = x + width + gap[1], max(high, height)
    return placed, widest, y + high if boxes else 0.0
