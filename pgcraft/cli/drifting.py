"""A database's drift as text."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from pgcraft.catalog.objects import ObjectId, escape_text
from pgcraft.catalog.origins import Origins, list_origins
from pgcraft.cli.diagnostics import write
from pgcraft.cli.output import hide_controls
from pgcraft.service.drift_types import Different, DriftAnswer, OneSided
from pgcraft.service.drift_words import describe_fact, describe_standing, summarize_drift


def narrow(answer: DriftAnswer, text: str | None) -> DriftAnswer:
    """Return an answer about objects alone whose names hold a text."""
    if not text:
        return answer
    return replace(
        answer,
        different=tuple(each for each in answer.different if text in str(each.id)),
        only_here=tuple(each for each in answer.only_here if text in str(each.id)),
        only_there=tuple(each for each in answer.only_there if text in str(each.id)),
        unmodelled_here=tuple(each for each in answer.unmodelled_here if text in each),
        unmodelled_there=tuple(each for each in answer.unmodelled_there if text in each),
        mend=tuple(each for each in answer.mend if text in str(each.source)),
        kept=tuple(each for each in answer.kept if text in str(each)),
    )


def write_notes(answer: DriftAnswer) -> None:
    """Write to stderr what the statements do not say."""
    for note in (*answer.notes, *(f"not seen: {each}" for each in answer.unseen)):
        write(f"note: {note}")
    for object_id in answer.kept:
        write(f"note: left alone: {object_id}; --drop drops it")
    for line in (*answer.unmodelled_here, *answer.unmodelled_there):
        write(f"note: {line}")


def describe_drift(answer: DriftAnswer) -> str:
    """Return the whole answer, a section each for what is different and for what one side has alone."""
    return hide_controls("\n".join(_describe(answer)) + "\n")


def _describe(answer: DriftAnswer) -> Iterator[str]:
    yield f"here   {answer.here}"
    yield f"there  {answer.there}"
    if answer.standing is not None:
        yield from describe_standing(answer.standing)
    for note in answer.notes:
        yield f"note: {note}"
    yield from _section("different", map(_describe_different, answer.different))
    yield from _section("only here", map(_describe_one_sided, answer.only_here))
    yield from _section("only there", map(_describe_one_sided, answer.only_there))
    yield from _section("not modelled, only here", ([line] for line in answer.unmodelled_here))
    yield from _section("not modelled, only there", ([line] for line in answer.unmodelled_there))
    yield from _section("not seen, so not compared", ([str(each)] for each in answer.unseen))
    yield ""
    yield summarize_drift(answer)


def _section(title: str, entries: Iterable[Iterable[str]]) -> Iterator[str]:
    lines = [line for entry in entries for line in entry]
    if lines:
        yield ""
        yield title
        yield from (f"  {line}" for line in lines)


def _describe_different(item: Different) -> Iterator[str]:
    yield _head(item.id, item.origins)
    for fact in item.facts:
        yield from (f"  {line}" for line in describe_fact(fact))


def _describe_one_sided(item: OneSided) -> Iterator[str]:
    more = [f"with {item.parts} on it"] if item.parts else []
    more += [f"owned by {escape_text(item.owner)}"] if item.owner else []
    yield _head(item.id, item.origins) + (f"  ({', '.join(more)})" if more else "")


def _head(object_id: ObjectId, origins: Origins) -> str:
    whose = " · ".join(list_origins(origins))
    return f"{object_id}  {whose}" if whose else str(object_id)
