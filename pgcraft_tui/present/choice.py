"""Which operations of a revision are taken, and what follows when one is left out."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from pgcraft.catalog.kinds import OF_DATABASE, RELATIONS
from pgcraft.catalog.objects import Kind, ObjectId
from pgcraft.service.types import Operation
from pgcraft_tui.present.names import format_qualified, is_part

Group = tuple[str, tuple[Operation, ...]]


@dataclass(frozen=True)
class Choice:
    """The operations found, and those that are left out; what is left out never has a taken one that needs it.

    Attributes:
        left_out: keys.
        followed: pairs of a key that is left out and the one that it followed.
    """

    operations: tuple[Operation, ...]
    left_out: frozenset[str] = frozenset()
    followed: frozenset[tuple[str, str]] = frozenset()

    @property
    def taken(self) -> tuple[Operation, ...]:
        """The operations of the revision, in run order."""
        return tuple(each for each in self.operations if each.key not in self.left_out)

    @property
    def left_out_keys(self) -> tuple[str, ...]:
        """The keys that are left out, in run order."""
        return tuple(each.key for each in self.operations if each.key in self.left_out)

    @property
    def destructive(self) -> tuple[Operation, ...]:
        """The taken operations that lose data."""
        return tuple(each for each in self.taken if each.loses_data)

    def toggle(self, key: str) -> "Choice":
        """Leave an operation out together with all that need it, or take it in together with all that it needs.

        What had followed it out comes back with it.
        """
        if key in self.left_out:
            return self._take_in(key)
        out = self._find_needing(key) - self.left_out
        pairs = {(each, key) for each in out}
        return replace(self, left_out=self.left_out | {key} | out, followed=self.followed | pairs)

    def _take_in(self, key: str) -> "Choice":
        left_out = self.left_out - {key} - self._find_needed(key)
        back = {each for each, cause in self.followed if cause == key}
        for operation in self.operations:
            if operation.key in back and not left_out & self._find_needed(operation.key):
                left_out -= {operation.key}
        kept = {pair for pair in self.followed if pair[0] in left_out and pair[1] in left_out}
        return replace(self, left_out=left_out, followed=frozenset(kept))

    def carry_over(self, operations: tuple[Operation, ...]) -> "Choice":
        """Return the same choice over operations that were found again; keys that are gone are forgotten."""
        known = {each.key for each in operations}
        carried = Choice(operations)
        for key in self.left_out & known:
            if key not in carried.left_out:
                carried = carried.toggle(key)
        return carried

    def _find_needing(self, key: str) -> frozenset[str]:
        found = {key}
        while more := {each.key for each in self.operations if found & set(each.needs)} - found:
            found |= more
        return frozenset(found - {key})

    def _find_needed(self, key: str) -> frozenset[str]:
        by_key = {each.key: each for each in self.operations}
        found: set[str] = set()
        pending = [key]
        while pending:
            for needed in by_key[pending.pop()].needs:
                if needed in by_key and needed not in found:
                    found.add(needed)
                    pending.append(needed)
        return frozenset(found)


def name_target(operation: Operation) -> str:
    """Return the name that must be typed to allow an operation that loses data; ``--allow-drop`` takes the same."""
    return format_qualified(operation.target)


def group_operations(operations: tuple[Operation, ...]) -> tuple[Group, ...]:
    """Group operations by the object they are about, a part under its table; in the order of their first."""
    order: dict[str, int] = {}
    for each in operations:
        order.setdefault(name_owner(each.target), len(order))
    by_owner = sorted(operations, key=lambda each: order[name_owner(each.target)])
    return tuple((owner, tuple(group)) for owner, group in groupby(by_owner, key=lambda each: name_owner(each.target)))


def name_owner(target: ObjectId) -> str:
    """Return the name of the object under which an operation is listed."""
    if is_part(target):
        return f"{target.schema}.{target.parent}" if target.schema else str(target.parent)
    if target.kind is Kind.GRANT:
        target = target.granted_on
    if target.kind is Kind.FUNCTION:
        return f"{target.schema}.{target.name}()"
    if target.kind in OF_DATABASE:
        return str(target)
    return f"{target.schema}.{target.name}" if target.schema else target.name


def suggest_message(operations: tuple[Operation, ...]) -> str:
    """Suggest a message: ``add column note to inventory.products``, ``inventory.products, api.products and 3 more``."""
    if not operations:
        return ""
    if len(operations) == 1:
        return operations[0].title
    owners = list(dict.fromkeys(_find_named_owners(operations)))
    if len(owners) <= 2:
        return "change " + " and ".join(owners)
    return f"change {owners[0]}, {owners[1]} and {len(owners) - 2} more"


def _find_named_owners(operations: tuple[Operation, ...]) -> Iterator[str]:
    """Tables and views name a revision; only where there are none, other things do."""
    named = [each for each in operations if each.target.kind in RELATIONS or is_part(each.target)]
    return (name_owner(each.target) for each in named or operations)
