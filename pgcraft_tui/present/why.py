"""Why an object is there: what it is for, who holds what on it by which declaration, and what revisions did."""

from collections.abc import Iterator
from pathlib import Path

from pgcraft.catalog.origins import Origins
from pgcraft.errors import Place
from pgcraft.service.why.types import Holder, WhyAnswer
from pgcraft.service.why.words import describe_holder, describe_origins, describe_reason
from pgcraft_tui.present.history import present_history
from pgcraft_tui.present.page import BLANK, Code, Line, Page, Span, Tone, dim, heading, line, strong


def present_why(answer: WhyAnswer, root: Path) -> Page:
    """Show what stands below the layers that made an object; a section that nothing is known of is left out."""
    page: list[Line | Code] = []
    if answer.reasons:
        page += [BLANK, heading("Why it is there")]
        for reason in answer.reasons:
            page.append(line(describe_reason(reason), link=reason.id, indent=2))
            page += _show_whose(reason.origins)
    if answer.holders:
        on = "" if answer.holds in (None, answer.id) else f" {answer.holds}"
        page += [BLANK, heading(f"Who may use{on or ' it'}, and by which declaration")]
        page += (each for holder in answer.holders for each in _show_holder(holder))
    if answer.history:
        page += [BLANK, heading("Revisions"), *present_history(answer.history, root)]
    return tuple(page)


def _show_holder(holder: Holder) -> Iterator[Line]:
    name, *others = describe_holder(holder)
    places = iter(holder.declared)
    yield line(strong(name))
    for text in others:
        is_declared = text.startswith("  by ")
        yield line(Span(text, Tone.PLAIN), link=_find_place(next(places).origins) if is_declared else None, indent=4)


def _show_whose(origins: Origins) -> Iterator[Line]:
    whose = describe_origins(origins)
    if whose:
        yield line(dim(f"  {whose}"), link=_find_place(origins), indent=4)


def _find_place(origins: Origins) -> Place | None:
    return next((Place(each.file, each.line, each.name) for each in origins if each.file), None)
