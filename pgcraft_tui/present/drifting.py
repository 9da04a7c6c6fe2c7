"""A real database beside the models: what differs, what one side has alone, where it stands."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pgcraft.catalog.objects import ObjectId
from pgcraft.catalog.origins import list_origins
from pgcraft.service.drift_types import Different, DriftAnswer, OneSided
from pgcraft.service.drift_words import describe_fact, describe_standing, summarize_drift
from pgcraft_tui.present.page import BLANK, Line, Page, Span, Tone, dim, line, strong

Row = tuple[Span, ...]


@dataclass(frozen=True)
class Found:
    """A row of the list, and the page that says more about it.

    Attributes:
        id: of the object that it is about; None for what is none.
    """

    row: Row
    page: Page
    id: ObjectId | None = None


def list_found(answer: DriftAnswer) -> tuple[Found, ...]:
    """Return a row for all that is not alike: what differs, what one side has alone, what is not modelled or seen."""
    return tuple(_list(answer))


def summarize(answer: DriftAnswer) -> str:
    """Say in one line how much is different, where the database stands, and which it is."""
    standing = [next(iter(describe_standing(answer.standing)))] if answer.standing else []
    return " · ".join((summarize_drift(answer), *standing, answer.here))


def present_equal(answer: DriftAnswer) -> Page:
    """Say that nothing is different, and what is still to be applied."""
    return (line(Span("nothing that could be seen is different", Tone.GOOD)), *_present_standing(answer))


def present_kept(answer: DriftAnswer) -> str:
    """Return comments that say what a script leaves alone."""
    return "".join(f"-- left alone: {object_id}; pgcraft drift --drop drops it\n" for object_id in answer.kept)


def _list(answer: DriftAnswer) -> Iterator[Found]:
    for item in answer.different:
        facts = ", ".join(fact.name for fact in item.facts)
        row = (Span("~ ", Tone.CHANGED), Span(str(item.id)), dim(f"  {facts}"))
        yield Found(row, tuple(_present_different(item)), item.id)
    yield from _list_one_sided(answer.only_here, "- ", Tone.REMOVED, "only in the database")
    yield from _list_one_sided(answer.only_there, "+ ", Tone.ADDED, "only in the models")
    for where, lines in (("the database", answer.unmodelled_here), ("the models", answer.unmodelled_there)):
        for text in lines:
            told = f"only in {where}; no model can say it"
            yield Found((Span("? ", Tone.WARNING), Span(text), dim(f"  {told}")), (line(strong(text)), line(told)))
    for unseen in answer.unseen:
        row = (Span("? ", Tone.WARNING), Span(unseen.what), dim("  not seen, so not compared"))
        yield Found(row, (line(strong(unseen.what)), line(unseen.reason)))


def _list_one_sided(items: Iterable[OneSided], sign: str, tone: Tone, told: str) -> Iterator[Found]:
    for item in items:
        more = [told] + ([f"with {item.parts} on it"] if item.parts else [])
        more += [f"owned by {item.owner}"] if item.owner else []
        origins = [line(dim(each)) for each in list_origins(item.origins)]
        row = (Span(sign, tone), Span(str(item.id)), dim(f"  {', '.join(more)}"))
        yield Found(row, (line(strong(str(item.id)), link=item.id), line(", ".join(more)), *origins), item.id)


def _present_different(item: Different) -> Iterator[Line]:
    yield line(strong(str(item.id)), link=item.id)
    yield from (line(dim(each)) for each in list_origins(item.origins))
    for fact in item.facts:
        for text in describe_fact(fact):
            tone = {"- ": Tone.REMOVED, "+ ": Tone.ADDED}.get(text.lstrip()[:1] + " ", Tone.PLAIN)
            is_inside = text.startswith("  ")
            yield line(Span(text, tone if is_inside else Tone.PLAIN), indent=4)


def _present_standing(answer: DriftAnswer) -> Iterator[Line]:
    if answer.standing is not None:
        yield BLANK
        yield from (line(text) for text in describe_standing(answer.standing))
