"""Answers `ExportRevisions`: SQL as Alembic's offline mode writes it."""

import re
from collections.abc import Iterator

from alembic.script import Script

from pgcraft.errors import PGCraftPlanError
from pgcraft.service.heads import BASE, Head, list_heads
from pgcraft.service.requests import ExportedFiles, ExportRevisions
from pgcraft.service.types import ExportedFile, Progress, Stage
from pgcraft.worker.importing import Report, import_models
from pgcraft.worker.migrations import Migrations
from pgcraft.worker.offline import write_downgrade, write_steps, write_upgrade


def export_revisions(request: ExportRevisions, report: Report) -> ExportedFiles:
    """Return the SQL of a range of revisions, up or down, in one file or one a revision.

    Raises:
        PGCraftPlanError: PGC412, Alembic does not know a revision; PGC414, there is none to export.
        PGCraftError: whatever ``env.py`` or a revision raised.
    """
    import_models(request.project, report)
    migrations = Migrations(request.project, None)
    if not migrations.count():
        raise PGCraftPlanError(
            "PGC414", "there is no revision to export", remedy='make one: pgcraft revision -m "…"; or export --schema'
        )
    asked = request.request
    report(Progress(Stage.RENDER))
    heads = migrations.list_heads()
    named = migrations.get_single_head(asked.head) if asked.head else None
    top, is_up = named.revision if named else "heads", asked.direction == "up"
    start, end = (asked.start or BASE, asked.end or top) if is_up else (asked.start or top, asked.end or BASE)
    note = _tell_heads(heads, named) if top in (start, end) else ""
    if asked.is_split:
        return ExportedFiles(tuple(_split(migrations, start, end, is_up=is_up, note=note)))
    if is_up:
        return ExportedFiles((ExportedFile("upgrade.sql", write_upgrade(migrations, start, end), note),))
    return ExportedFiles((ExportedFile("downgrade.sql", write_downgrade(migrations, start, end), note),))


def _split(migrations: Migrations, start: str, end: str, *, is_up: bool, note: str) -> Iterator[ExportedFile]:
    """Return one file a revision, numbered in the order in which they are run."""
    for number, (revision, text) in enumerate(write_steps(migrations, start, end, is_up=is_up), 1):
        yield ExportedFile(f"{number:04}_{revision.revision}_{_slug(revision)}.sql", text, note)


def _tell_heads(heads: tuple[Head, ...], named: Head | None) -> str:
    """Say which of several heads the SQL leads to, or comes from; nothing where there is one."""
    if len(heads) < 2:
        return ""
    done = f"this is {named} alone" if named else "this is all of them"
    return f"the history has {len(heads)} heads: {list_heads(heads)}; {done}"


def _slug(revision: Script) -> str:
    return re.sub(r"\W+", "_", revision.doc.lower()).strip("_")[:40] or "revision"
