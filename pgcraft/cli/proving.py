"""The proof of a history as text."""

from collections.abc import Iterator
from itertools import groupby

from pgcraft.catalog.objects import escape_text
from pgcraft.cli.output import hide_controls
from pgcraft.service.proving_types import HistoryProof, HistoryStep
from pgcraft.service.proving_words import describe_step, summarize_proof


def describe_proof(proof: HistoryProof) -> str:
    """Return a line for each revision and for each step with all of them; where it failed, why and the remedy."""
    return hide_controls("\n".join(_describe(proof)) + "\n")


def _describe(proof: HistoryProof) -> Iterator[str]:
    for revision, group in groupby(proof.steps, key=lambda step: step.revision):
        steps = tuple(group)
        if revision:
            yield from _describe_revision(steps)
        else:
            for step in steps:
                yield f"{_sign(step)}  {step.name}  {step.seconds:.2f} s"
                yield from (f"      {line}" for line in describe_step(step))
    yield summarize_proof(proof)


def _describe_revision(steps: tuple[HistoryStep, ...]) -> Iterator[str]:
    """Return what a revision did, the ways that held on one line."""
    last = steps[-1]
    ways = ", ".join(step.way for step in steps)
    seconds = sum(step.seconds for step in steps)
    yield f'{_sign(last)}  {last.revision} "{escape_text(last.title)}"  {ways}  {seconds:.2f} s'
    for step in steps:
        lines = list(describe_step(step))
        yield from (f"      {f'{step.way}: ' if at == 0 else '  '}{line}" for at, line in enumerate(lines))


def _sign(step: HistoryStep) -> str:
    return "ok  " if step.held else "FAIL"
