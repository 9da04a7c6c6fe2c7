"""The header line: what is open, against which server, at which revision, and what there is to do."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from rich.cells import cell_len

from pgcraft.service.types import Project
from pgcraft_tui.present.page import Span, Tone
from pgcraft_tui.session import Session

Item = tuple[Span, ...]


def present_status(session: Session) -> tuple[Item, ...]:
    """Give the facts of the header, the most important first."""
    project = session.project
    items: list[Item] = [(Span(project.name, Tone.STRONG),), (Span(project.models),)]
    items.append((Span("dev: ", Tone.DIM), Span(describe_server(project))))
    items.extend(_present_migrations(session))
    if session.served_at:
        items.append((Span("API ", Tone.DIM), Span(session.served_at.removeprefix("http://"), Tone.GOOD)))
    problems = sum(finding.level == "problem" for finding in session.findings) + (session.error is not None)
    notes = sum(finding.level == "note" for finding in session.findings)
    if problems:
        items.append((Span(_count(problems, "problem"), Tone.BAD),))
    if notes:
        items.append((Span(_count(notes, "note"), Tone.WARNING),))
    return tuple(items)


def describe_server(project: Project) -> str:
    """Name the development server: the embedded one, or host and database of a URL; never a password."""
    if project.dev_url is None:
        return "embedded PostgreSQL"
    try:
        parts = urlsplit(project.dev_url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "the server of dev_url"
    return f"{parts.hostname or 'local'}{port}{parts.path}"


def _present_migrations(session: Session) -> Iterable[Item]:
    if session.project.alembic_ini is None:
        yield (Span("no migrations", Tone.DIM),)
        return
    if session.diff_error is not None:
        yield (Span("migrations not compared", Tone.WARNING),)
        return
    if session.diff is None:
        return
    heads = session.diff.heads
    yield (Span("head ", Tone.DIM), Span(", ".join(head.revision[:8] for head in heads) or "none"))
    count = len(session.diff.operations)
    yield (Span(_count(count, "change"), Tone.CHANGED if count else Tone.GOOD),)


def _count(number: int, noun: str) -> str:
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"


def fit_items(items: Iterable[Item], width: int, divider: str = " ─ ") -> tuple[Span, ...]:
    """Give as many of the items as fit into a width, in their order, with dividers between them."""
    kept: list[Span] = []
    used = 0
    for item in items:
        size = sum(cell_len(span.text) for span in item) + (len(divider) if kept else 0)
        if used + size > width:
            continue
        if kept:
            kept.append(Span(divider, Tone.DIM))
        kept.extend(item)
        used += size
    return tuple(kept)
