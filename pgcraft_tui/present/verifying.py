"""What a verification found: every operation of every role, what did not hold first."""

from collections.abc import Iterable

from pgcraft.service.types import AccessCheck, ProofStep, VerifyAnswer
from pgcraft_tui.present.page import BLANK, Line, Page, Span, Tone, dim, heading, line, table
from pgcraft_tui.present.stages import format_seconds

Row = tuple[Span, ...]
_PHRASES = {
    "select": "select from",
    "insert": "insert into",
    "update": "update",
    "delete": "delete from",
    "execute": "execute",
}


def order_checks(checks: Iterable[AccessCheck]) -> tuple[AccessCheck, ...]:
    """Put what did not hold first, then by role, relation and operation."""
    return tuple(sorted(checks, key=lambda each: (each.held, each.role, each.relation.sort_key, each.operation)))


def make_check_rows(checks: Iterable[AccessCheck]) -> tuple[Row, ...]:
    """Return a row for each check: sign, role, relation, operation, expected and seen."""
    rows = table((_make_check_row(each) for each in checks), gap=1)
    return tuple(row.spans for row in rows)


def _make_check_row(check: AccessCheck) -> Row:
    relation = check.relation
    return (
        Span("✓" if check.held else "✗", Tone.GOOD if check.held else Tone.BAD),
        Span(check.role),
        Span(f"{relation.schema}.{relation.name}" if relation.schema else relation.name),
        Span(check.operation),
        _compare(check),
    )


def summarize_answer(answer: VerifyAnswer) -> str:
    """Say in one line how it went: ``2 not as declared of 48 tried · PostgreSQL 18.6 · 1.2 s``."""
    count, failed = len(answer.checks), answer.failed
    if not count:
        held = "nothing was tried, so nothing is verified: no role was granted anything"
    else:
        held = f"{failed} not as declared, {count} tried" if failed else f"all {count} held"
    left = [f"{len(answer.not_tried)} not tried, see pgcraft verify"] if answer.not_tried else []
    return " · ".join((held, *left, answer.server, format_seconds(answer.seconds)))


def make_step_row(step: ProofStep) -> Row:
    """Return a row for a step that did not hold."""
    return (Span("✗ ", Tone.BAD), Span(step.name), Span("  did not hold", Tone.BAD))


def present_check(check: AccessCheck) -> Page:
    """Show one check in words, with what the server said."""
    relation = str(check.relation)
    verb = {"allowed": "may", "refused": "must not"}[check.expected]
    what = _PHRASES.get(check.operation, f"{check.operation} on")
    by = "policies" if check.other else "grants"
    sentence = line(Span(f"{check.role} {verb} {what} {relation}, by the declared {by}."))
    if check.held:
        seen = line(Span(f"So it was: the server {_describe_seen(check)}.", Tone.GOOD))
    else:
        seen = line(Span(f"It was not so: the server {_describe_seen(check)}.", Tone.BAD))
    said = (
        (BLANK, heading("The server said"), *(line(each) for each in check.message.splitlines()))
        if check.message
        else ()
    )
    return (sentence, seen, *said)


def present_steps(steps: Iterable[ProofStep]) -> Page:
    """Show the steps of a proof, each with whether it held and its seconds."""
    page: list[Line] = []
    for step in steps:
        sign = Span("✓ " if step.held else "✗ ", Tone.GOOD if step.held else Tone.BAD)
        page.append(line(sign, step.name, dim(f"  {format_seconds(step.seconds)}")))
        page += [line(each, indent=2) for each in step.message.splitlines()]
    return tuple(page)


def _compare(check: AccessCheck) -> Span:
    if check.held:
        return Span(check.outcome, Tone.DIM)
    return Span(f"expected {check.expected}, seen {check.outcome}", Tone.BAD)


def _describe_seen(check: AccessCheck) -> str:
    return {"allowed": "allowed it", "refused": "refused it", "failed": "failed on it"}[check.seen]
