"""What a role can reach as text."""

from collections.abc import Iterable, Iterator
from difflib import ndiff

from pgcraft.catalog.objects import escape_name
from pgcraft.cli.output import hide_controls
from pgcraft.service.access.types import AccessAnswer, AccessDiff, Reached
from pgcraft.service.access.words import describe_reached, describe_role


def describe_access(answer: AccessAnswer) -> str:
    """Return the role with all that it can reach, and then what is out of reach all the same."""
    return hide_controls("\n".join(_describe(answer)) + "\n")


def describe_access_diff(found: AccessDiff) -> str:
    """Return what a role gained (+), lost (-), and reaches otherwise."""
    return hide_controls("\n".join(_describe_diff(found)) + "\n")


def _describe(answer: AccessAnswer) -> Iterator[str]:
    yield f"{escape_name(answer.role)}, by {answer.source}"
    yield from (f"  {line}" for line in describe_role(answer))
    reachable = [each for each in answer.reached if not each.blocked]
    blocked = [each for each in answer.reached if each.blocked]
    for item in (*reachable, *blocked):
        yield ""
        yield from describe_reached(item, answer.role)
    yield ""
    count = f"{len(reachable)} objects in reach" if len(reachable) != 1 else "1 object in reach"
    yield count + (f", {len(blocked)} out of reach" if blocked else "")


def _describe_diff(found: AccessDiff) -> Iterator[str]:
    role = found.after.role
    yield f"{escape_name(role)}, from {found.before.source} to {found.after.source}"
    yield from _mark(describe_role(found.before), describe_role(found.after))
    for sign, items in (("+", found.gained), ("-", found.lost)):
        for item in items:
            yield ""
            yield from (f"{sign} {line}" for line in describe_reached(item, role))
    for change in found.changed:
        yield ""
        yield from _mark(_list(change.before, role), _list(change.after, role), is_whole=True)
    yield ""
    counts = f"{len(found.gained)} gained, {len(found.lost)} lost, {len(found.changed)} changed"
    yield f"{'nothing changed: ' if found.is_same else ''}{counts}"


def _list(item: Reached, role: str) -> list[str]:
    return list(describe_reached(item, role))


def _mark(before: Iterable[str], after: Iterable[str], *, is_whole: bool = False) -> Iterator[str]:
    """Return the lines that differ, each with its sign; those that are equal, too, where they say what it is about."""
    for line in ndiff(list(before), list(after)):
        if line[0] in "+-" or (is_whole and line[0] == " "):
            yield line
