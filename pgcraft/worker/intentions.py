"""The operations of a revision as the changes that they are for."""

from collections.abc import Iterable

from pgcraft.catalog.objects import Catalog, ObjectId
from pgcraft.diff.compare import Diff
from pgcraft.diff.intentions.deeds import Deed
from pgcraft.diff.intentions.grouping import Group, Planned, group_steps
from pgcraft.diff.intentions.sentences import say_clauses
from pgcraft.service.operations import Intention, Operation

_NOTHING = Planned(Catalog(), Catalog(), Diff(), ())


def find_intentions(planned: Planned | None, operations: Iterable[Operation]) -> tuple[Intention, ...]:
    """Return them in the order in which they begin.

    Args:
        planned: what the comparison found; None where somebody else made all of the operations.
        operations: of the revision, in run order.
    """
    by_target: dict[ObjectId, list[tuple[int, Operation]]] = {}
    listed = tuple(operations)
    for at, item in enumerate(listed):
        by_target.setdefault(item.target, []).append((at, item))
    groups = group_steps(planned or _NOTHING, ((item.verb, item.target) for item in listed))
    return tuple(_make_intention(group, by_target) for group in groups)


def _make_intention(group: Group, by_target: dict[ObjectId, list[tuple[int, Operation]]]) -> Intention:
    found = sorted((each for target in group.deeds for each in by_target[target]), key=lambda each: each[0])
    is_known = any(deed is not Deed.OTHER for deed in group.deeds.values())
    about, follows = say_clauses(group) if is_known else (found[0][1].title, ())
    return Intention("; ".join((about, *follows)), about, group.heads, tuple(item.key for _, item in found), follows)
