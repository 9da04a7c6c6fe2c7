"""What a role can reach, asked of the models, of a database, or of two revisions of git."""

from dataclasses import replace

from pgcraft.catalog.objects import Catalog
from pgcraft.diff.narrowing import name_creators
from pgcraft.errors import PGCraftConfigError
from pgcraft.service.access.compare import compare_reach
from pgcraft.service.access.reach import find_reach
from pgcraft.service.access.types import AccessAnswer, AccessDiff
from pgcraft.service.checkout import checked_out, find_commit
from pgcraft.service.drift import find_database
from pgcraft.service.drift_types import DatabaseState
from pgcraft.service.requests import Load, ReadDatabase
from pgcraft.service.session import Session
from pgcraft.service.types import LoadedModels, OnProgress, Project

NO_ROLE = "PGC005"


def ask_models(project: Project, catalog: Catalog, role: str) -> AccessAnswer:
    """Return what a role can reach by what the models declare."""
    return find_reach(catalog, role, f"the models ({project.models})")


def ask_database(session: Session, role: str, database: str, on_progress: OnProgress | None) -> AccessAnswer:
    """Return what a role can reach in a real database, which is read and not written to."""
    url = find_database(session.project, database)
    state, _ = session.ask(ReadDatabase(session.project, url), DatabaseState, on_progress)
    source = f"{state.address} (PostgreSQL {state.server})"
    unseen = tuple(f"not seen: {each}" for each in state.unseen)
    catalog = name_creators(state.catalog, state.user)
    answer = find_reach(catalog, role, source, facts=state.roles, owners=dict(state.owners))
    return replace(answer, notes=(*answer.notes, *unseen))


def compare(
    session: Session, role: str, start: str, end: str, models: Catalog | None, on_progress: OnProgress | None
) -> AccessDiff:
    """Return what a role gains and loses between two revisions of git.

    Args:
        end: the second revision; empty for the models as they are.
        models: these.
    """
    before = _ask_revision(session, role, start, on_progress)
    if models is not None:
        after = _find(models, role, f"the models ({session.project.models})")
    else:
        after = _ask_revision(session, role, end, on_progress)
    if before is None and after is None:
        raise PGCraftConfigError(
            NO_ROLE, f'there is no role "{role}", neither before nor after', remedy='"pgcraft show" lists them'
        )
    nothing = AccessAnswer(role, f"{start}: there is no role {role}"), AccessAnswer(role, f"there is no role {role}")
    return compare_reach(before or nothing[0], after or nothing[1])


def _ask_revision(session: Session, role: str, revision: str, on_progress: OnProgress | None) -> AccessAnswer | None:
    commit = find_commit(session.project, revision)
    with checked_out(session.project, commit) as project:
        loaded = session.ask_of(project, Load(project), LoadedModels, on_progress)
    return _find(loaded.catalog, role, str(commit))


def _find(catalog: Catalog, role: str, source: str) -> AccessAnswer | None:
    """Return what a role can reach; None where there is none of its name."""
    try:
        return find_reach(catalog, role, source)
    except PGCraftConfigError as error:
        if error.code != NO_ROLE:
            raise
        return None


def check_sources(database: str | None, start: str, end: str) -> None:
    """Raise PGC027 where it is not clear what is asked."""
    if (database is not None and (start or end)) or (end and not start):
        raise PGCraftConfigError(
            "PGC027",
            "--to is given without --from" if database is None else "a database has no revisions of git",
            remedy="give --db, or --from with or without --to, or neither for the models",
        )
