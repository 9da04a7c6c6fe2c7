"""Errors as pages: what is wrong, where with the lines around it, how to mend it, and the rest on demand."""

from collections.abc import Callable, Iterable

from pgcraft.errors import PGCraftError, Place
from pgcraft.service.types import Finding, Operation
from pgcraft_tui.present.page import BLANK, Code, Line, Page, Span, Tone, dim, heading, line

_AROUND = 3

ReadSource = Callable[[Place], str | None]
"""Returns the text of the file that a place names, or None when it cannot be read."""


def present_error(error: PGCraftError, read_source: ReadSource | None = None, *, with_detail: bool = False) -> Page:
    """Show an error.

    Args:
        error: what happened.
        read_source: gives the source for the excerpt; without it there is none.
        with_detail: whether the longer material, as the traceback, is shown.
    """
    page: list[Line | Code] = [line(Span(error.code, Tone.BAD), "  ", Span(error.what, Tone.STRONG), indent=8)]
    if error.place is not None:
        page += [BLANK, line(dim("at "), Span(str(error.place), Tone.LINK), link=error.place)]
        source = read_source(error.place) if read_source is not None else None
        if source is not None:
            page.extend(excerpt(source, error.place.line))
    if error.remedy:
        page += [BLANK, heading("What to do"), *(line(each) for each in error.remedy.splitlines())]
    if error.detail:
        page.append(BLANK)
        if with_detail:
            page += [heading("Everything that is known"), Code(error.detail.rstrip("\n"), "text")]
        else:
            page.append(line(dim("t shows everything that is known")))
    return tuple(page)


def present_findings(findings: Iterable[Finding]) -> Page:
    """List what is wrong or looks odd, each with its remedy; what is in order is left out."""
    page: list[Line] = []
    for finding in findings:
        if finding.level == "ok":
            continue
        sign = Span("✗ ", Tone.BAD) if finding.level == "problem" else Span("! ", Tone.WARNING)
        page.append(line(sign, finding.message, link=finding.target, indent=2))
        if finding.remedy:
            page.append(line(dim(f"  {finding.remedy}"), indent=2))
    return tuple(page)


def present_hazards(operations: Iterable[Operation]) -> Page:
    """List what the next revision endangers."""
    return tuple(
        line(
            Span(f"! {hazard.type}: ", Tone.WARNING),
            f"{operation.title}: {hazard.message}",
            link=operation.target,
            indent=2,
        )
        for operation in operations
        for hazard in operation.hazards
    )


def excerpt(source: str, number: int) -> Iterable[Line]:
    """Return the lines around one, with their numbers and a mark at the one that is meant."""
    lines = source.splitlines()
    if not 1 <= number <= len(lines):
        return
    for at in range(max(1, number - _AROUND), min(len(lines), number + _AROUND) + 1):
        is_meant = at == number
        yield line(
            Span("▸ " if is_meant else "  ", Tone.BAD),
            dim(f"{at:>4} │ "),
            Span(lines[at - 1], Tone.STRONG if is_meant else Tone.PLAIN),
            indent=9,
        )
