"""What came of proving a history, in lines of text: for the command, and for the workbench."""

from collections.abc import Iterator

from pgcraft.service.proving_types import HistoryProof, HistoryStep


def describe_step(step: HistoryStep) -> Iterator[str]:
    """Return what is worth knowing of a step; where it did not hold, why, where, and the remedy."""
    yield from step.what.splitlines()
    if step.place is not None:
        yield f"at {step.place}"
    yield from step.remedy.splitlines()


def summarize_proof(proof: HistoryProof) -> str:
    """Return ``12 revisions hold on PostgreSQL 18``, or which one does not."""
    count = f"{proof.revisions} revision{'' if proof.revisions == 1 else 's'}"
    failed = proof.failed
    if failed is None:
        return f"{count} {'holds' if proof.revisions == 1 else 'hold'} on {proof.server}"
    subject = f"{failed.revision}, {failed.way}" if failed.revision else failed.name
    return f"does not hold on {proof.server}: {subject}"
