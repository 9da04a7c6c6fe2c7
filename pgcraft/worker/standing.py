"""Where a database stands in the history of a project."""

from collections.abc import Iterable
from typing import Any

from pgcraft.service.drift_types import Stamp, Standing
from pgcraft.service.types import Project
from pgcraft.worker.environment import look_offline
from pgcraft.worker.migrations import Migrations

DEFAULT_TABLE = "alembic_version"
DEFAULT_SCHEMA = "public"


def find_version_table(project: Project) -> tuple[str | None, str]:
    """Return schema and name of Alembic's table as ``env.py`` says them; no schema where it says none.

    Raises:
        PGCraftError: what the models raised; where ``env.py`` does not run offline, Alembic's own name is taken.
    """
    if project.alembic_ini is None:
        return None, DEFAULT_TABLE
    context = look_offline(project).context
    if context is None:
        return None, DEFAULT_TABLE
    return context.version_table_schema, context.version_table


def find_stamp(stamps: Iterable[Stamp], schema: str | None, table: str) -> Stamp | None:
    """Return what Alembic's table says; of several, the one of the default schema."""
    named = [stamp for stamp in stamps if stamp.table == table and schema in (None, stamp.schema)]
    named.sort(key=lambda stamp: (stamp.schema != DEFAULT_SCHEMA, stamp.schema))
    return named[0] if named else None


def describe_standing(project: Project, stamp: Stamp | None, name: tuple[str | None, str]) -> Standing | None:
    """Return where a database stands, and what is still to be applied; None where the project has no migrations.

    Raises:
        PGCraftPlanError: PGC412, a revision cannot be read, or the history is broken.
    """
    if project.alembic_ini is None:
        return None
    table = ".".join(part for part in name if part)
    if stamp is not None and stamp.refusal:
        return Standing(table, refusal=stamp.refusal)
    current = stamp.revisions if stamp else ()
    migrations = Migrations(project, None)
    with migrations.mapped():
        script = migrations.script
        titles = {revision.revision: revision.doc for revision in script.walk_revisions()}
        known = tuple(revision for revision in current if revision in titles)
        start: Any = known  # which Alembic takes, though it says a string
        is_known = known or not current
        steps = script._upgrade_revs("heads", start) if titles and is_known else ()  # noqa: SLF001  as upgrade does
        pending = tuple(step.revision.revision for step in steps)
    return Standing(
        table,
        revisions=tuple((revision, titles.get(revision, "")) for revision in current),
        unknown=tuple(revision for revision in current if revision not in titles),
        pending=tuple((revision, titles[revision]) for revision in pending),
        has_table=stamp is not None,
    )
