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


_SIGNS = {"problem": Span("✗ ", Tone.BAD), "note": Span("! ", Tone.WARNING), "advice": Span("· ", Tone.DIM)}


def present_findings(findings: Iterable[Finding], *, with_advice: bool = False) -> Page:
    """List what is wrong or looks odd, each with its remedy and its line; what is in order is left out.

    Args:
        findings: in their order.
        with_advice: whether that is shown, too; else a line says how much there is, where there is anything else.
    """
    page: list[Line] = []
    listed = tuple(findings)
    for finding in listed:
        if finding.level in ("note", "problem") or (with_advice and finding.level == "advice"):
            code = dim(f"{finding.code} ") if finding.code else ""
            page.append(line(_SIGNS[finding.level], code, finding.message, link=finding.target, indent=2))
            if finding.remedy:
                page.append(line(dim(f"  {finding.remedy}"), indent=2))
            if finding.place is not None:
                page.append(line("  ", Span(str(finding.place), Tone.LINK), link=finding.place, indent=2))
    if page and not with_advice and (advice := count_advice(listed)):
        page.append(line(dim(f"a shows {advice}")))
    return tuple(page)


def count_advice(findings: Iterable[Finding]) -> str:
    """Return ``3 pieces of advice``; empty where there is none."""
    count = sum(finding.level == "advice" for finding in findings)
    return f"{count} piece{'' if count == 1 else 's'} of advice" if count else ""


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
