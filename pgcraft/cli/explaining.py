"""Why an object is there, as text."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from pgcraft.catalog.objects import escape_text
from pgcraft.cli.output import hide_controls
from pgcraft.service.types import HistoryEntry
from pgcraft.service.why.types import WhyAnswer
from pgcraft.service.why.words import describe_holder, describe_origin, describe_origins, describe_reason


def describe_why(answer: WhyAnswer, root: Path) -> str:
    """Return the whole answer, a section each; what there is nothing of is left out.

    Args:
        answer: what is known.
        root: the project's folder, from which files are named.
    """
    return hide_controls("\n".join(_describe(answer, root)) + "\n")


def _describe(answer: WhyAnswer, root: Path) -> Iterator[str]:
    yield str(answer.id) + (f", {escape_text(answer.role)}" if answer.role else "")
    yield from (f"note: {note}" for note in answer.notes)
    yield from _section("made by", (_at(describe_origin(each), each.declared_at) for each in answer.origins))
    reasons = (_at(describe_reason(each), describe_origins(each.origins)) for each in answer.reasons)
    yield from _section("because", reasons)
    yield from _section("depends on", map(str, answer.depends_on))
    yield from _section("used by", map(str, answer.used_by))
    on = "" if answer.holds in (None, answer.id) else f" on {answer.holds}"
    yield from _section(f"rights{on}", (line for each in answer.holders for line in describe_holder(each)))
    yield from _section("revisions", (_say_entry(each, root) for each in answer.history))


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    listed = list(lines)
    if listed:
        yield ""
        yield title
        yield from (f"  {line}" for line in listed)


def _at(text: str, place: str) -> str:
    return f"{text}  {place}" if place else text


def _say_entry(entry: HistoryEntry, root: Path) -> str:
    path = entry.path.relative_to(root) if entry.path.is_relative_to(root) else entry.path
    return f'{entry.revision} "{escape_text(entry.message)}"  {entry.action}  {path}:{entry.line}'
