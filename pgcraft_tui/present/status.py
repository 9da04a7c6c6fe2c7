"""The lines at the top: what is open, against which server, at which revision, what there is to do, what is stale."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from rich.cells import cell_len

from pgcraft.errors import PGCraftError
from pgcraft.service.types import DiffAnswer, Finding, Project
from pgcraft_tui.present.page import Span, Tone

Form = tuple[Span, ...]

_SHORT_NAME = 10
_REVISION = 8
_NEEDED = 2
"""The last rank for which others are shortened."""


@dataclass(frozen=True)
class Fact:
    """One fact of the header.

    Attributes:
        rank: the lower, the longer it stays where there is little room.
        forms: ways to say it, the longest first.
    """

    rank: int
    forms: tuple[Form, ...]


def present_status(
    project: Project,
    comparison: DiffAnswer | PGCraftError | None,
    findings: Sequence[Finding],
    error: PGCraftError | None,
    served_at: str,
) -> tuple[Fact, ...]:
    """Return the facts of the header, in the order in which they stand.

    Args:
        project: what is open.
        comparison: of the models with the migrations, or why there is none; None while it is not known.
        findings: what looks odd about the schema.
        error: why the models could not be loaded.
        served_at: where PostgREST answers; empty while none runs.
    """
    name = project.name if len(project.name) <= _SHORT_NAME else f"{project.name[: _SHORT_NAME - 1]}…"
    facts = [
        Fact(1, ((Span(project.name, Tone.STRONG),), (Span(name, Tone.STRONG),))),
        Fact(5, ((Span(project.models),),)),
        Fact(4, ((Span("dev: ", Tone.DIM), Span(describe_server(project))),)),
        Fact(0, _present_comparison(project, comparison)),
    ]
    if served_at:
        facts.append(Fact(3, ((Span("API ", Tone.DIM), Span(served_at.removeprefix("http://"), Tone.GOOD)),)))
    listed = (*findings, *(comparison.history if isinstance(comparison, DiffAnswer) else ()))
    problems = sum(finding.level == "problem" for finding in listed) + (error is not None)
    notes = sum(finding.level == "note" for finding in listed)
    if problems:
        facts.append(Fact(2, ((Span(_count(problems, "problem"), Tone.BAD),),)))
    if notes:
        facts.append(Fact(6, ((Span(_count(notes, "note"), Tone.WARNING),),)))
    return tuple(facts)


def present_banner(stale_since: datetime | None, error: PGCraftError | None) -> tuple[Span, ...]:
    """Say since when what is shown is older than the files, and why; empty while it is current."""
    if stale_since is None:
        return ()
    since = Span(f"stale since {stale_since:%H:%M:%S}", Tone.BAD)
    if error is None:
        return (since, Span("  the load was stopped; R loads again", Tone.DIM))
    return (since, Span("  ! shows why: ", Tone.DIM), Span(f"{error.code} {error.what}"))


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


def _present_comparison(project: Project, comparison: DiffAnswer | PGCraftError | None) -> tuple[Form, ...]:
    """Say what was compared with what, and what came of it: never a database of the user's, so none is named."""
    if project.alembic_ini is None:
        return ((Span("models only: no migrations", Tone.DIM),), (Span("no migrations", Tone.DIM),))
    if not isinstance(comparison, DiffAnswer):
        return _name_sides(Span("not compared", Tone.DIM if comparison is None else Tone.WARNING))
    count = len(comparison.intentions)
    heads = ", ".join(head.revision[:_REVISION] for head in comparison.heads)
    return _name_sides(Span(_count(count, "change"), Tone.CHANGED if count else Tone.GOOD), f" at {heads or 'none'}")


def _name_sides(outcome: Span, head: str = "") -> tuple[Form, ...]:
    sides = (f"models vs migrations{head}: ", "models vs migrations: ", "vs migrations: ")
    return tuple((Span(side, Tone.DIM), outcome) for side in dict.fromkeys(sides))


def _count(number: int, noun: str) -> str:
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"


def fit_facts(facts: Sequence[Fact], width: int, divider: str = " ─ ") -> tuple[Span, ...]:
    """Return as many of the facts as fit into a width, in their order; each as long as the needed ones let it be."""
    ranked = sorted(range(len(facts)), key=lambda at: facts[at].rank)
    gap, room = len(divider), width
    kept: dict[int, Form] = {}
    for place, at in enumerate(ranked):
        later = (facts[other] for other in ranked[place + 1 :])
        needed = sum(_measure(fact.forms[-1]) + gap for fact in later if fact.rank <= _NEEDED)
        form = _choose_form(facts[at], room, needed)
        if form is not None:
            kept[at] = form
            room -= _measure(form) + gap
    spans: list[Span] = []
    for at in sorted(kept):
        spans += [*([Span(divider, Tone.DIM)] if spans else []), *kept[at]]
    return tuple(spans)


def _choose_form(fact: Fact, room: int, needed: int) -> Form | None:
    """Return the longest form that leaves what is needed, or else the shortest; None when that does not fit either."""
    short = fact.forms[-1]
    longest = next((form for form in fact.forms if _measure(form) <= room - needed), short)
    return longest if _measure(longest) <= room else None


def _measure(form: Form) -> int:
    return sum(cell_len(span.text) for span in form)
