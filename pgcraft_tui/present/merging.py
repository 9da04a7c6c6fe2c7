"""Joined heads as a page: what more than one of them touches, and where the orders of their branches lead."""

from pgcraft.service.merging import Merge, Shared
from pgcraft_tui.present.page import BLANK, Code, Line, Page, Span, Tone, dim, heading, line, strong
from pgcraft_tui.present.verifying import present_steps


def present_merge(merge: Merge, path: str | None) -> Page:
    """Show what was found, and where the revision stands that joins them.

    Args:
        merge: the revision and what was found.
        path: None where nothing was written.
    """
    if path is not None:
        verdict = line(Span("✓ ", Tone.GOOD), strong("Written: "), path, indent=2)
    else:
        verdict = line(Span("The heads cannot be joined as they are; nothing was written.", Tone.BAD))
    page: list[Line | Code] = [verdict, BLANK, heading("Each of the branches first"), *present_steps(merge.steps)]
    for shared in merge.shared:
        page += [BLANK, *_present_shared(shared)]
    return (*page, BLANK)


def _present_shared(shared: Shared) -> Page:
    head = line(strong(str(shared.target)), dim(" is touched by more than one head"), link=shared.target)
    return (head, *(line(f"  {name}  ", dim(said), indent=4) for name, said in shared.changes))
