"""Answers `CompareModels`, `DraftRevision` and `ProveRevision`."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from alembic.util import rev_id

from pgcraft.service.heads import BASE, Position, find_several
from pgcraft.service.requests import CompareModels, DevServer, DraftRevision
from pgcraft.service.types import DiffAnswer, Head, Progress, Project, RevisionDraft, Stage
from pgcraft.worker.autogenerate import Place, autogenerate, write
from pgcraft.worker.changed import read_changed
from pgcraft.worker.environment import collect_target, find_faults, look_offline, name_env
from pgcraft.worker.importing import Report
from pgcraft.worker.migrations import Migrations, check_present
from pgcraft.worker.scratch import connect, fresh_database, server_major
from pgcraft.worker.squawk import add_findings
from pgcraft.worker.unmodelled import list_unmodelled


def compare_models(request: CompareModels, report: Report) -> DiffAnswer:
    """Replay the migrations and compare the models with the outcome.

    Raises:
        PGCraftError: the models, the migrations or the server failed.
    """
    with replayed(request.project, request.server, report, head=request.head) as migrations:
        report(Progress(Stage.COMPARE))
        found = autogenerate(migrations, renames=request.renames)
        operations, said = add_findings(found.operations, request.project, migrations.url)
        wiring = find_faults(migrations, found, look_offline(request.project))
        unmodelled = list_unmodelled(migrations.url, found.context)
        heads = migrations.list_heads()
        return DiffAnswer(
            heads=heads,
            operations=operations,
            intentions=found.explain(operations),
            likely=found.find_likely(operations),
            notes=(*list_notes(migrations), *unmodelled, *map(str, wiring), *said),
            changed=read_changed(migrations.url, operations),
            compared=_describe_comparison(migrations, request.head),
            wiring=wiring,
            target=collect_target(found.context) if request.with_target else None,
            history=find_several(heads, migrations.get_single_head(request.head) if request.head else None),
        )


def draft_revision(request: DraftRevision, report: Report) -> RevisionDraft:
    """Make the text of a revision; the project's folder is not written to.

    Raises:
        PGCraftError: the models, the migrations or the server failed; PGC413, the history has several heads;
            PGC018, a part of the migrations is not there.
    """
    server = request.server
    check = partial(_check_ready, position=request.position)
    with extra_folder() as folder, replayed(request.project, server, report, folder, check) as migrations:
        head = migrations.find_followed(request.position)
        beside = tuple(each for each in migrations.list_heads() if each != head)
        # Before the draft is written and becomes the newest revision itself.
        target, compared = _find_folder(migrations, head), _describe_comparison(migrations)
        siblings = migrations.list_followers(head)
        report(Progress(Stage.COMPARE))
        revision = request.revision or rev_id()
        place = Place(folder, revision, replace(request.position, head=head.revision if head else BASE))
        found = autogenerate(migrations, request.message, place=place, renames=request.renames)
        found.leave_out(request.leave_out)
        report(Progress(Stage.RENDER, total=len(found.operations)))
        name, text = write(migrations, found, folder)
        operations, said = add_findings(found.operations, request.project, migrations.url)
        return RevisionDraft(
            message=request.message,
            revision=revision,
            path=target / name,
            text=text,
            operations=operations,
            intentions=found.explain(operations),
            likely=found.find_likely(operations),
            left_out=request.leave_out,
            heads=(head,) if head else (),
            beside=beside,
            siblings=siblings,
            compared=compared,
            notes=(*list_unmodelled(migrations.url, found.context), *said),
        )


@contextmanager
def replayed(
    project: Project,
    server: DevServer,
    report: Report,
    extra_folder: Path | None = None,
    check: Callable[[Migrations], object] = lambda _: None,
    head: str = "",
) -> Iterator[Migrations]:
    """Replay the migrations on a fresh database, and give them; the database is dropped at the end.

    The user's ``env.py`` imports and configures the models, and nobody does it before: what it forgets, Alembic does
    not see either. The migrations run as the role that the project says deploys.

    Args:
        project: with an alembic.ini.
        server: the development server.
        report: told of each stage.
        extra_folder: for revisions that are not the project's yet.
        check: looks at the migrations before they run.
        head: the branch that is replayed; all of them when empty.
    """
    report(Progress(Stage.IMPORT, detail=project.models))
    look_offline(project)
    report(Progress(Stage.SERVER))
    with fresh_database(server, "replay", project.deploy_as) as url:
        migrations = Migrations(project, url, extra_folder=extra_folder)
        check(migrations)
        named = migrations.get_single_head(head) if head else None
        count = migrations.count(named.revision if named else "")
        report(Progress(Stage.REPLAY, 0, count))
        if count:
            migrations.upgrade(
                named.revision if named else "heads",
                on_step=lambda number, name: report(Progress(Stage.REPLAY, number, count, detail=name)),
            )
        yield migrations


def _check_ready(migrations: Migrations, position: Position) -> None:
    """Raise what would keep a revision from being made, before the history is replayed for it."""
    check_present(migrations.template)
    migrations.find_followed(position)


def list_notes(migrations: Migrations) -> Iterator[str]:
    """Say what about the project's ``env.py`` is worth knowing."""
    if migrations.redirection.is_used:
        yield "env.py takes its address from elsewhere than sqlalchemy.url; it was given the development database"


def _describe_comparison(migrations: Migrations, head: str = "") -> str:
    """Say what was compared with what: the user's own database is not read."""
    heads = migrations.list_heads()
    named = migrations.get_single_head(head) if head else None
    count = migrations.count(named.revision if named else "")
    up_to = str(named) if named and len(heads) > 1 else ", ".join(each.revision for each in heads)
    beside = f", one of {len(heads)} heads" if named and len(heads) > 1 else ""
    history = f"{count} revision{'s' if count > 1 else ''} up to {up_to}{beside}" if count else "no revision"
    with connect(migrations.url) as connection:
        server = f"PostgreSQL {server_major(connection)}"
    where = f"the server named, {server}" if migrations.project.dev_url else server
    return (
        f"{migrations.project.models} by way of {name_env(migrations)}, and {history}, replayed on a fresh database of "
        f"{where}"
    )


def _find_folder(migrations: Migrations, head: Head | None) -> Path:
    """Return the folder for a new revision: where the one that it follows is, else the first of the project."""
    if head is not None:
        return Path(migrations.script.get_revision(head.revision).path).parent
    return migrations.folders[0]


@contextmanager
def extra_folder() -> Iterator[Path]:
    """Return a folder for revisions that are not the project's yet; it goes at the end."""
    with tempfile.TemporaryDirectory(prefix="pgcraft-") as folder:
        yield Path(folder)
