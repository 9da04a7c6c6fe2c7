"""Answers `ExportRevisions`: SQL as Alembic's offline mode writes it."""

import re
from collections.abc import Iterator

from alembic.script import Script

from pgcraft.errors import PGCraftPlanError
from pgcraft.service.requests import ExportedFiles, ExportRevisions
from pgcraft.service.types import ExportedFile, ExportRequest, Progress, Stage
from pgcraft.worker.importing import Report, import_models
from pgcraft.worker.migrations import Migrations

BASE = "base"


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
    if asked.is_split:
        return ExportedFiles(tuple(_split(migrations, asked)))
    if asked.direction == "up":
        text = migrations.write_upgrade(asked.start or BASE, asked.end or "heads")
        return ExportedFiles((ExportedFile("upgrade.sql", text),))
    text = migrations.write_downgrade(asked.start or "heads", asked.end or BASE)
    return ExportedFiles((ExportedFile("downgrade.sql", text),))


def _split(migrations: Migrations, asked: ExportRequest) -> Iterator[ExportedFile]:
    """Return one file a revision, numbered in the order in which they are run."""
    is_up = asked.direction == "up"
    start, end = (asked.start or BASE, asked.end or "heads") if is_up else (asked.start or "heads", asked.end or BASE)
    for number, (revision, text) in enumerate(migrations.write_steps(start, end, is_up=is_up), 1):
        yield ExportedFile(f"{number:04}_{revision.revision}_{_slug(revision)}.sql", text)


def _slug(revision: Script) -> str:
    return re.sub(r"\W+", "_", revision.doc.lower()).strip("_")[:40] or "revision"
