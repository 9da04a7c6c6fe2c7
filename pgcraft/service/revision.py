"""Revisions: what one would do, its text, its proof, its file."""

import ast
import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from pgcraft.catalog.objects import Catalog, ObjectId
from pgcraft.diff.likely import LikelyRename
from pgcraft.errors import PGCraftConfigError, PGCraftPlanError, Place
from pgcraft.service.files import write_new_file
from pgcraft.service.heads import Position
from pgcraft.service.merging import Merge
from pgcraft.service.proving_types import HistoryProof
from pgcraft.service.requests import (
    CompareModels,
    DraftRevision,
    History,
    MergeHeads,
    ProveHistory,
    ProveRevision,
    ReadHistory,
)
from pgcraft.service.session import Session
from pgcraft.service.types import DiffAnswer, HistoryEntry, OnProgress, Project, Proof, RevisionDraft
from pgcraft.service.wiring import compare_wiring


def compare(
    session: Session, head: str, renames: tuple[LikelyRename, ...], on_progress: OnProgress | None
) -> DiffAnswer:
    """Replay the migrations on the development server and compare the models with the outcome.

    Args:
        session: asks the child.
        head: the branch that is replayed; all of them when empty.
        renames: what has got another name, of which the models say nothing.
        on_progress: told of every stage.
    """
    check_migrations(session.project)
    return session.ask_with_server(
        lambda server: CompareModels(session.project, server, head=head, renames=renames), DiffAnswer, on_progress
    )


def check(session: Session, models: Catalog, head: str, on_progress: OnProgress | None) -> DiffAnswer:
    """Compare as :func:`compare` does, and what ``env.py`` gives Alembic with the models as they are without it."""
    check_migrations(session.project)
    answer = session.ask_with_server(
        lambda server: CompareModels(session.project, server, with_target=True, head=head), DiffAnswer, on_progress
    )
    return compare_wiring(answer, models)


def draft(
    session: Session,
    message: str,
    leave_out: tuple[str, ...],
    position: Position,
    renames: tuple[LikelyRename, ...],
    on_progress: OnProgress | None,
) -> RevisionDraft:
    """Make the text of a revision.

    Raises:
        PGCraftConfigError: PGC009, the message is empty; PGC019, no file can be named for it.
    """
    check_migrations(session.project)
    message = _read_message(message)
    return session.ask_with_server(
        lambda server: DraftRevision(session.project, server, message, leave_out, position=position, renames=renames),
        RevisionDraft,
        on_progress,
    )


def prove(session: Session, revision: RevisionDraft, on_progress: OnProgress | None) -> Proof:
    """Try a draft: up, nothing left, down, up."""
    check_migrations(session.project)
    return session.ask_with_server(lambda server: ProveRevision(session.project, server, revision), Proof, on_progress)


def prove_history(session: Session, start: str, on_progress: OnProgress | None) -> HistoryProof:
    """Try every revision after one; after none when ``start`` is empty."""
    check_migrations(session.project)
    return session.ask_with_server(
        lambda server: ProveHistory(session.project, server, start), HistoryProof, on_progress
    )


def merge(session: Session, message: str, heads: tuple[str, ...], on_progress: OnProgress | None) -> Merge:
    """Make a revision that joins heads, and run their branches in each order.

    Raises:
        PGCraftConfigError: PGC005, there is no head of a name; PGC009, PGC019, see :func:`draft`.
        PGCraftPlanError: PGC417, there are no two heads.
    """
    check_migrations(session.project)
    message = _read_message(message)
    return session.ask_with_server(
        lambda server: MergeHeads(session.project, server, message, heads), Merge, on_progress
    )


def write(revision: RevisionDraft) -> Path:
    """Write a draft's file.

    Raises:
        PGCraftPlanError: PGC410, the history has moved on since the draft was made, also by writing it.
        PGCraftConfigError: PGC020, the file is there already; PGC021, it could not be written.
    """
    heads = {head.revision for head in revision.heads}
    for path, revision_id, parents in _read_history(revision.path.parent):
        follows_the_same = bool(parents & heads) or (not heads and not parents)
        if revision_id == revision.revision or (follows_the_same and revision_id not in revision.siblings):
            raise PGCraftPlanError(
                "PGC410",
                f"the history has moved on since this revision was drafted: {path.name} follows the same head",
                place=Place(str(path), 0),
                remedy="nothing was written; make the revision again",
            )
    write_new_file(revision.path, revision.text.encode("utf-8"))
    return revision.path


def list_history(session: Session, target: ObjectId, on_progress: OnProgress | None) -> tuple[HistoryEntry, ...]:
    """Return what the revisions did to an object, oldest first."""
    check_migrations(session.project)
    return session.ask(ReadHistory(session.project, target), History, on_progress)[0].entries


def check_migrations(project: Project) -> None:
    """Raise PGC013 unless the project has an alembic.ini."""
    if project.alembic_ini is None:
        raise PGCraftConfigError(
            "PGC013", f"the project in {project.root} has no migrations yet", remedy='make them with "pgcraft init"'
        )


def _read_message(message: str) -> str:
    # Where the locale's encoding is ASCII, Python keeps the other bytes of an argument as surrogates.
    text = message.encode("utf-8", "surrogateescape").decode("utf-8", "replace").strip()
    if not text:
        raise PGCraftConfigError("PGC009", "a revision needs a message", remedy='say what it does: -m "add products"')
    try:
        os.fsencode(text)
    except UnicodeEncodeError as error:
        raise PGCraftConfigError(
            "PGC019",
            f'no file can be named for "{text}": names of files are {sys.getfilesystemencoding()} here',
            remedy="set LC_ALL=C.UTF-8, or leave PYTHONUTF8 to Python; or keep to ASCII in the message",
        ) from error
    return text


def _read_history(folder: Path) -> Iterator[tuple[Path, str, set[str]]]:
    """Return each revision file with its id and its parents, without running it."""
    for path in sorted(folder.glob("*.py")):
        try:
            tree = ast.parse(path.read_bytes())
        except (SyntaxError, ValueError, OSError):
            continue  # Alembic will say so
        values = dict(_constants(tree))
        parents = values.get("down_revision")
        listed = parents if isinstance(parents, list | tuple) else (parents,) if parents else ()
        yield path, str(values.get("revision")), {str(parent) for parent in listed}


def _constants(tree: ast.Module) -> Iterator[tuple[str, object]]:
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                pass
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                pass
            case _:
                continue
        if name in ("revision", "down_revision"):
            with contextlib.suppress(ValueError):
                yield name, ast.literal_eval(value)
