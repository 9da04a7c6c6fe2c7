"""Which operations of a revision are taken, and what follows when one is left out."""

from dataclasses import dataclass, replace
from functools import cached_property

from pgcraft.service.leaving_out import find_needing, name_left_out
from pgcraft.service.types import Intention, Operation
from pgcraft_tui.present.names import format_qualified


@dataclass(frozen=True)
class Choice:
    """The operations found, and those that are left out; what is left out never has a taken one that needs it.

    Attributes:
        intentions: what they are for.
        left_out: keys.
        followed: pairs of a key that is left out and the one that it followed.
    """

    operations: tuple[Operation, ...]
    intentions: tuple[Intention, ...] = ()
    left_out: frozenset[str] = frozenset()
    followed: frozenset[tuple[str, str]] = frozenset()

    @property
    def taken(self) -> tuple[Operation, ...]:
        """The operations of the revision, in run order."""
        return tuple(each for each in self.operations if each.key not in self.left_out)

    @property
    def taken_intentions(self) -> tuple[Intention, ...]:
        """What the revision is for: each change of which a step is taken."""
        return tuple(each for each in self.intentions if not self.left_out.issuperset(each.steps))

    @property
    def left_out_keys(self) -> tuple[str, ...]:
        """The keys that are left out, in run order."""
        return tuple(each.key for each in self.operations if each.key in self.left_out)

    @property
    def left_out_names(self) -> tuple[str, ...]:
        """What is left out as it is typed on the command line: the names of objects where these say all of it."""
        return name_left_out(self.operations, self.intentions, self.left_out)

    @property
    def destructive(self) -> tuple[Operation, ...]:
        """The taken operations that lose data."""
        return tuple(each for each in self.taken if each.loses_data)

    def list_steps(self, intention: Intention) -> tuple[Operation, ...]:
        """Return the operations of a change, in run order."""
        return tuple(self._by_key[key] for key in intention.steps)

    @cached_property
    def _by_key(self) -> dict[str, Operation]:
        return {each.key: each for each in self.operations}

    def toggle_all(self, intention: Intention) -> "Choice":
        """Leave a change out with all of its steps, or take them all in where all are left out."""
        is_out = self.left_out.issuperset(intention.steps)
        choice = self
        for key in intention.steps:
            if (key in choice.left_out) is is_out:
                choice = choice.toggle(key)
        return choice

    def toggle(self, key: str) -> "Choice":
        """Leave an operation out together with all that need it, or take it in together with all that it needs.

        What had followed it out comes back with it.
        """
        if key in self.left_out:
            return self._take_in(key)
        out = find_needing(self.operations, (key,)) - {key} - self.left_out
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

    def carry_over(self, operations: tuple[Operation, ...], intentions: tuple[Intention, ...] = ()) -> "Choice":
        """Return the same choice over operations that were found again; keys that are gone are forgotten."""
        known = {each.key for each in operations}
        carried = Choice(operations, intentions)
        for key in self.left_out & known:
            if key not in carried.left_out:
                carried = carried.toggle(key)
        return carried

    def _find_needed(self, key: str) -> frozenset[str]:
        by_key = self._by_key
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


def suggest_message(intentions: tuple[Intention, ...]) -> str:
    """Suggest a message: ``inventory.products gains note``, ``app.a gains b, app.c loses d and 3 more``."""
    about = [each.about for each in intentions]
    if len(about) <= 2:
        return " and ".join(about)
    return f"{about[0]}, {about[1]} and {len(about) - 2} more"
