"""What the workbench does with the revisions of a project: compare, draft, prove, write, join."""

from dataclasses import replace
from pathlib import Path

from pgcraft.catalog.objects import ObjectId
from pgcraft.service import revision
from pgcraft.service.heads import Position
from pgcraft.service.merging import Merge
from pgcraft.service.proving_types import HistoryProof
from pgcraft.service.session import Session
from pgcraft.service.types import DiffAnswer, HistoryEntry, LikelyRename, OnProgress, Project, Proof, RevisionDraft

HERE = Position()
"""Behind the only head."""


class RevisionWork:
    """The part of the workbench that is about revisions."""

    def __init__(self, project: Project) -> None:
        self._session = Session(project)

    def write_online(self, is_online: bool) -> None:
        """Write revisions from now on in steps that let others use the tables meanwhile, or plainly."""
        project = self._session.project
        self._session.project = replace(project, writing=replace(project.writing, online=is_online))

    def diff(
        self, on_progress: OnProgress | None = None, *, head: str = "", renames: tuple[LikelyRename, ...] = ()
    ) -> DiffAnswer:
        """Compare the models with what the migrations make, or what one of their branches makes.

        Args:
            on_progress: told of every stage.
            head: that branch.
            renames: what has got another name, of which the models say nothing.
        """
        return revision.compare(self._session, head, renames, on_progress)

    def draft_revision(
        self,
        message: str,
        *,
        leave_out: tuple[str, ...] = (),
        position: Position = HERE,
        renames: tuple[LikelyRename, ...] = (),
        on_progress: OnProgress | None = None,
    ) -> RevisionDraft:
        """Make the whole text of a revision; nothing is written.

        Args:
            message: its title, which its file is named for.
            leave_out: keys of operations that are not to be in it.
            position: where it stands in the history; all heads are replayed before.
            renames: what has got another name, of which the models say nothing.
        """
        return revision.draft(self._session, message, leave_out, position, renames, on_progress)

    def prove_revision(self, draft: RevisionDraft, on_progress: OnProgress | None = None) -> Proof:
        """Try a draft on the development database: up, nothing left to do, down, up."""
        return revision.prove(self._session, draft, on_progress)

    def prove_history(self, start: str = "", on_progress: OnProgress | None = None) -> HistoryProof:
        """Try every revision on the development database with rows, and the whole history against the models.

        Args:
            start: the revision after which the trying begins; empty for all of them.
            on_progress: told of every step.

        Raises:
            PGCraftPlanError: PGC412, there is no such revision, or the history is broken.
        """
        return revision.prove_history(self._session, start, on_progress)

    def write_revision(self, draft: RevisionDraft) -> Path:
        """Write a draft into the project's migrations, whole or not at all, never over another file."""
        return revision.write(draft)

    def merge_heads(
        self, message: str = "merge", heads: tuple[str, ...] = (), on_progress: OnProgress | None = None
    ) -> Merge:
        """Make a revision that joins heads, all of them where none is named; nothing is written."""
        return revision.merge(self._session, message, heads, on_progress)

    def history(self, target: ObjectId, on_progress: OnProgress | None = None) -> tuple[HistoryEntry, ...]:
        """Return what the revisions did to an object, oldest first."""
        return revision.list_history(self._session, target, on_progress)
