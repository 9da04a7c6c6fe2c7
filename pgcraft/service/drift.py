"""A real database against the models, a revision, or another database."""

import os
from dataclasses import dataclass
from itertools import groupby

from pgcraft.devdb.server.address import check_url
from pgcraft.diff.autocommit import runs_alone
from pgcraft.errors import PGCraftConfigError, find_nearest
from pgcraft.render.statement import Statement
from pgcraft.service.drift_types import DatabaseState, DriftAnswer, Side
from pgcraft.service.requests import CompareDatabase, ReadDatabase
from pgcraft.service.revision import check_migrations
from pgcraft.service.session import Session
from pgcraft.service.types import OnProgress, Project


@dataclass(frozen=True)
class DriftRequest:
    """What is to be compared.

    Attributes:
        database: address, or a name of ``[tool.pgcraft] databases``; empty for the only one there.
        against: another database, likewise; None for a revision or the models.
        revision: empty for the models.
        mend: the side that statements are wanted for.
        drops: whether they drop what holds rows, or may be somebody else's.
    """

    database: str = ""
    against: str | None = None
    revision: str = ""
    mend: Side | None = None
    drops: bool = False


def compare(session: Session, request: DriftRequest, on_progress: OnProgress | None) -> DriftAnswer:
    """Read the databases in a child that runs no code of the user's, and compare in another.

    Raises:
        PGCraftConfigError: PGC026, the database is not known; PGC027, both a database and a revision are named;
            PGC013, a revision is named and there are no migrations.
        PGCraftError: a database, the models, the migrations or the development server failed.
    """
    if request.against is not None and request.revision:
        raise PGCraftConfigError(
            "PGC027",
            f"the database is to be compared with {request.against} and with revision {request.revision}",
            remedy="give --against or --revision, or neither for the models",
        )
    if request.revision:
        check_migrations(session.project)
    urls = [find_database(session.project, request.database)]
    urls += [find_database(session.project, request.against)] if request.against is not None else []
    states = [session.ask(ReadDatabase(session.project, url), DatabaseState, on_progress)[0] for url in urls]
    here, there = states[0], states[1] if len(states) > 1 else None
    return session.ask_with_server(
        lambda server: CompareDatabase(
            session.project, server, here, there, request.revision, request.mend, request.drops
        ),
        DriftAnswer,
        on_progress,
        major=here.catalog.server_version,
    )


def find_database(project: Project, name: str) -> str:
    """Return the SQLAlchemy URL of a database that was named, or given by its address.

    Raises:
        PGCraftConfigError: PGC026, nobody knows the name, or its variable is not set; PGC016, that is no address.
    """
    known = dict(project.databases)
    if "://" in name:
        return check_url(name)
    if not name and len(known) == 1:
        name = next(iter(known))
    if name not in known:
        near = find_nearest(name, known)
        listed = ", ".join(known) or "none"
        raise PGCraftConfigError(
            "PGC026",
            f'there is no database "{name}"' if name else "no database is named",
            remedy=f'did you mean "{near}"?'
            if near
            else "name one by its address, as postgresql://user@host/database, "
            f"or by its name in [tool.pgcraft] databases, which has {listed}",
        )
    address = known[name]
    if not address.startswith("$"):
        return check_url(address)
    value = os.environ.get(address.strip("${}"), "")
    if not value:
        raise PGCraftConfigError(
            "PGC026",
            f'the address of the database "{name}" is to be in {address}, which is not set',
            remedy=f"export {address.strip('${}')}=postgresql://user@host:5432/database",
        )
    return check_url(value)


def format_mending(statements: tuple[Statement, ...]) -> str:
    """Return statements as a script for psql: in one transaction, but for what must be committed by itself."""
    if not statements:
        return "-- nothing to do\n"
    blocks, is_open = ["SET check_function_bodies = off;"], False
    for comment, group in groupby(statements, key=lambda statement: statement.comment):
        done = tuple(group)
        is_alone = any(runs_alone(statement.sql) for statement in done)
        if is_alone is is_open:
            blocks.append("COMMIT;" if is_open else "BEGIN;")
            is_open = not is_open
        hazards = (f"-- ! {hazard}" for statement in done for hazard in statement.hazards)
        blocks.append("\n".join([f"-- {comment}", *hazards, *(f"{statement.sql};" for statement in done)]))
    return "\n\n".join([*blocks, *(["COMMIT;"] if is_open else [])]) + "\n"
