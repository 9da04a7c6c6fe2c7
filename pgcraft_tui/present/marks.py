"""Signs of change: what the next revision would do to each object, and what the last reload did."""

from collections.abc import Iterable
from enum import StrEnum

from pgcraft.catalog.objects import Catalog, ObjectId
from pgcraft.service.types import Operation


class Mark(StrEnum):
    """What happens to an object, as it is signed in the tree."""

    ADDED = "+"
    CHANGED = "~"
    REMOVED = "-"


Marks = dict[ObjectId, Mark]


def compare_loads(before: Catalog | None, after: Catalog) -> Marks:
    """Say what a reload did: objects that came, went, or are defined differently; moved lines are no change."""
    if before is None:
        return {}
    marks: Marks = {}
    for item in after.objects:
        known = before.find(item.id)
        if known is None:
            marks[item.id] = Mark.ADDED
        elif known.definition != item.definition:
            marks[item.id] = Mark.CHANGED
    marks.update((item.id, Mark.REMOVED) for item in before.objects if after.find(item.id) is None)
    return marks


def mark_operations(operations: Iterable[Operation]) -> Marks:
    """Say what the next revision would do; an object that goes and comes again is changed."""
    marks: Marks = {}
    for operation in operations:
        match operation.verb:
            case "create":
                mark = Mark.ADDED
            case "drop":
                mark = Mark.REMOVED
            case _:
                mark = Mark.CHANGED
        known = marks.get(operation.target)
        marks[operation.target] = mark if known in (None, mark) else Mark.CHANGED
    return marks


def count_marks(marks: Marks) -> str:
    """Sum them up: ``3 added, 1 changed``; empty when there are none."""
    words = {Mark.ADDED: "added", Mark.CHANGED: "changed", Mark.REMOVED: "removed"}
    counts = {mark: sum(1 for found in marks.values() if found is mark) for mark in Mark}
    return ", ".join(f"{count} {words[mark]}" for mark, count in counts.items() if count)
