"""From the operations that are wanted to a file: drafted, proven and written, each step once."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pgcraft.service.heads import Position
from pgcraft.service.merging import Merge
from pgcraft.service.types import LikelyRename, OnProgress, Operation, Proof, RevisionDraft
from pgcraft_tui.screens.work import WorkScreen

WORK = "revision"


@dataclass(frozen=True)
class Wanted:
    """What a draft is made from; the draft of other wishes is out of date."""

    message: str
    left_out: tuple[str, ...]
    operations: tuple[Operation, ...]
    renames: tuple[LikelyRename, ...] = ()
    head: str = ""


class Drafting:
    """Keeps the last draft and its proof, so that a step that was done is not done again.

    Args:
        screen: shows the progress; its workbench does the work.
    """

    def __init__(self, screen: WorkScreen) -> None:
        self._screen = screen
        self._draft: tuple[Wanted, RevisionDraft] | None = None
        self._proof: tuple[RevisionDraft, Proof] | None = None

    def make(self, wanted: Wanted, then: Callable[[RevisionDraft], object]) -> None:
        """Go on with the draft of what is wanted."""
        if self._draft is not None and self._draft[0] == wanted:
            then(self._draft[1])
            return
        workbench = self._screen.workbench

        def work(report: OnProgress) -> RevisionDraft:
            return workbench.draft_revision(
                wanted.message,
                leave_out=wanted.left_out,
                position=Position(wanted.head),
                renames=wanted.renames,
                on_progress=report,
            )

        def done(draft: RevisionDraft) -> None:
            self._draft = (wanted, draft)
            then(draft)

        self._screen.start_work(WORK, "drafting the revision", work, done)

    def prove(self, draft: RevisionDraft, then: Callable[[Proof], object]) -> None:
        """Go on with the proof of a draft."""
        if self._proof is not None and self._proof[0] == draft:
            then(self._proof[1])
            return
        workbench = self._screen.workbench

        def work(report: OnProgress) -> Proof:
            return workbench.prove_revision(draft, on_progress=report)

        def done(proof: Proof) -> None:
            self._proof = (draft, proof)
            then(proof)

        self._screen.start_work(WORK, "proving the revision", work, done)

    def write(self, draft: RevisionDraft, then: Callable[[Path], object]) -> None:
        """Write a draft, and go on with its path."""
        workbench = self._screen.workbench

        def work(report: OnProgress) -> Path:
            del report
            return workbench.write_revision(draft)

        self._screen.start_work(WORK, "writing the revision", work, then)

    def join(self, then: Callable[[Merge, Path | None], object]) -> None:
        """Join all heads of the history, and go on with what was found and the path; None where nothing was written."""
        workbench = self._screen.workbench

        def work(report: OnProgress) -> tuple[Merge, Path | None]:
            merge = workbench.merge_heads(on_progress=report)
            return merge, workbench.write_revision(merge.draft) if merge.held else None

        self._screen.start_work(WORK, "joining the heads", work, lambda answer: then(*answer))

    def forget(self) -> None:
        """Forget draft and proof: the migrations are others now."""
        self._draft = self._proof = None
