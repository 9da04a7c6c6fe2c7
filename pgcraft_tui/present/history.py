"""The History tab: what the revisions did to an object, oldest first, each as a link to its line."""

from collections.abc import Iterable
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from pgcraft.errors import Place
from pgcraft.service.types import HistoryEntry
from pgcraft_tui.present.page import BLANK, Line, Page, Span, Tone, dim, line, link_rows, note, strong, table

NO_HISTORY = "no revision has touched this"
NO_OBJECT = "a group has no history of its own; choose an object"


def present_history(entries: Iterable[HistoryEntry], root: Path) -> Page:
    """Show each revision with its message and its file, and under it what it did."""
    listed = tuple(entries)
    if not listed:
        return note(NO_HISTORY)
    page: list[Line] = []
    for revision, group in groupby(listed, key=attrgetter("revision")):
        done = tuple(group)
        path = _relative(done[0].path, root)
        page += [BLANK] if page else []
        page += [
            line(Span(revision, Tone.HEADING), "  ", strong(done[0].message), indent=2),
            line("  ", dim(path), indent=2),
        ]
        rows = table([_row(entry) for entry in done], lead=2)
        page += link_rows(rows, [Place(path, entry.line, revision) for entry in done])
    return tuple(page)


def _row(entry: HistoryEntry) -> tuple[Span, ...]:
    return (Span(entry.action), Span(f"line {entry.line}", Tone.LINK) if entry.line else dim(""))


def _relative(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
