"""All that a role can reach, object by object, each a link."""

from collections.abc import Iterator

from pgcraft.service.access.types import AccessAnswer, Reached
from pgcraft.service.access.words import describe_reached, describe_role
from pgcraft_tui.present.page import BLANK, Line, Page, Span, Tone, dim, heading, line, strong


def present_reach(answer: AccessAnswer) -> Page:
    """Show what the role is, all that it can reach, and then what is out of reach all the same."""
    return tuple(_present(answer))


def _present(answer: AccessAnswer) -> Iterator[Line]:
    yield heading(f"What {answer.role} can reach")
    yield from (line(dim(text)) for text in describe_role(answer))
    for item in sorted(answer.reached, key=lambda each: bool(each.blocked)):
        yield BLANK
        yield from _present_item(item, answer.role)
    if not answer.reached:
        yield line(dim("nothing: it was granted nothing, and neither were its groups"))


def _present_item(item: Reached, role: str) -> Iterator[Line]:
    name, *others = describe_reached(item, role)
    yield line(strong(name), link=item.id)
    for text in others:
        is_bad = text.lstrip().startswith("out of reach")
        yield line(Span(text, Tone.BAD if is_bad else Tone.PLAIN), indent=4)
