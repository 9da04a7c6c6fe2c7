"""What a database's drift is, in lines of text: for the command, and for the workbench."""

from collections.abc import Iterator
from difflib import unified_diff

from pgcraft.catalog.objects import escape_text
from pgcraft.service.drift_types import DriftAnswer, FactChange, Standing

CONTEXT = 1
"""Equal lines around each difference in a text of several lines."""


def summarize_drift(answer: DriftAnswer) -> str:
    """Say in one line how many objects are the same, and how many are not."""
    counts = (
        (answer.same, "same"),
        (len(answer.different), "different"),
        (len(answer.only_here), "only here"),
        (len(answer.only_there), "only there"),
        (len(answer.unmodelled_here) + len(answer.unmodelled_there), "not modelled"),
    )
    listed = ", ".join(f"{count} {what}" for count, what in counts if count or what != "not modelled")
    return f"{listed}{'; not all could be seen' if answer.unseen else ''}"


def describe_standing(standing: Standing) -> Iterator[str]:
    """Say which revision a database stands at, and then what is still to be applied."""
    if standing.refusal:
        yield f"where it stands is not known: {standing.refusal}"
        return
    unknown = {*standing.unknown}
    named = [
        f"{revision} (which the project does not have)" if revision in unknown else _name(revision, title)
        for revision, title in standing.revisions
    ]
    at = " and ".join(named) or ("no revision" if standing.has_table else f"no revision: there is no {standing.table}")
    count = len(standing.pending)
    behind = f"{count} revision{'s' if count > 1 else ''} behind" if count else "at the head"
    yield f"stands at {at}" + ("" if unknown and not count else f", {behind}")
    for revision, title in standing.pending:
        yield f"  to apply: {_name(revision, title)}"


def _name(revision: str, title: str) -> str:
    return f'{revision} "{escape_text(title)}"' if title else revision


def describe_fact(fact: FactChange) -> Iterator[str]:
    """Say what a fact is on both sides; of texts with several lines the lines that differ."""
    here, there = fact.here.splitlines(), fact.there.splitlines()
    if len(here) <= 1 and len(there) <= 1:
        yield f"{fact.name}: {_say(fact.here)} here, {_say(fact.there)} there"
        return
    yield f"{fact.name}: - here, + there"
    lines = list(unified_diff(here, there, n=CONTEXT, lineterm=""))[2:]
    yield from (f"  {line}" for line in lines or ("only the ends of lines differ",))


def _say(value: str) -> str:
    return escape_text(value) if value.strip() else "none" if not value else repr(value)
