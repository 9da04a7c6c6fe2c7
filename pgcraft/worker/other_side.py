"""What a database is compared with, made on the development server, so that SQL text can be brought into one form."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import psycopg

from pgcraft.catalog.objects import Catalog, Kind, ObjectId
from pgcraft.configure import check_server
from pgcraft.devdb.deployer import DEPLOYER
from pgcraft.diff.narrowing import find_concerned_roles, find_other_roles, leave_out, name_creators
from pgcraft.diff.owners import find_usual_owner, leave_owners
from pgcraft.errors import PGCraftError
from pgcraft.introspect import list_unmodelled, read_catalog, read_owners
from pgcraft.render.catalog import render_catalog
from pgcraft.service.drift_types import DatabaseState
from pgcraft.service.requests import CompareDatabase
from pgcraft.service.types import Progress, Stage
from pgcraft.worker.guest import HARMLESS, admit_guest
from pgcraft.worker.importing import Report, import_models
from pgcraft.worker.load import collect_models
from pgcraft.worker.migrations import Migrations
from pgcraft.worker.scratch import apply_catalog, as_superuser, connect, fresh_database, server_major


@dataclass(frozen=True)
class OtherSide:
    """The other side, and a development database that has it.

    Attributes:
        url: SQLAlchemy URL of that database, for a role that may do nothing beyond it.
        catalog: read from there; of another database what was read from it.
        name: what it is, in words.
        declared: the models, where they are known.
        owners: who owns what, where that counts.
        unmodelled: what has no kind here, each in words.
    """

    url: str
    catalog: Catalog
    name: str
    declared: Catalog
    owners: Mapping[ObjectId, str] = field(default_factory=dict)
    unmodelled: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@contextmanager
def opened(request: CompareDatabase, report: Report) -> Iterator[OtherSide]:
    """Make the other side on the development server; it is gone at the end.

    Raises:
        PGCraftError: the models, the migrations or the server failed.
    """
    if request.there is not None:
        with _database(request, request.there, report) as other:
            yield other
    elif request.revision:
        with _revision(request, report) as other:
            yield other
    else:
        with _models(request, report) as other:
            yield other


@contextmanager
def _models(request: CompareDatabase, report: Report) -> Iterator[OtherSide]:
    imported = import_models(request.project, report)
    declared = collect_models(imported.metadata, request.project)
    report(Progress(Stage.SERVER))
    with fresh_database(request.server, "drift") as url:
        with connect(url) as connection:
            check_server(imported.metadata, server_major(connection))
            apply_catalog(connection, declared)
            found, unmodelled = _read(connection, declared), _list_unmodelled(connection)
        guest = admit_guest(request.server, url)
        yield OtherSide(guest, found, f"the models ({request.project.models})", declared, unmodelled=unmodelled)


@contextmanager
def _revision(request: CompareDatabase, report: Report) -> Iterator[OtherSide]:
    report(Progress(Stage.SERVER))
    with fresh_database(request.server, "drift", request.project.deploy_as) as own_url:
        migrations = Migrations(request.project, own_url)
        report(Progress(Stage.REPLAY))
        migrations.upgrade(
            request.revision, on_step=lambda number, name: report(Progress(Stage.REPLAY, number, detail=name))
        )
        url, declared = as_superuser(request.server, own_url), _try_models(request, report)
        with connect(url) as connection:
            found = _read_replayed(connection, declared, is_whole=request.server.is_ours)
            unmodelled = _list_unmodelled(connection)
        guest = admit_guest(request.server, url)
        yield OtherSide(guest, found, f"revision {request.revision}", declared, unmodelled=unmodelled)


@contextmanager
def _database(request: CompareDatabase, state: DatabaseState, report: Report) -> Iterator[OtherSide]:
    declared = _try_models(request, report)
    report(Progress(Stage.SERVER))
    with fresh_database(request.server, "drift") as url:
        guest = admit_guest(request.server, url)
        with connect(url) as connection, connect(guest) as as_guest:
            refused = _apply_what_can_be(connection, as_guest, _with_concerned_roles(state.catalog, declared))
        notes = (f"{refused} statements of it could not be run on the development server",) if refused else ()
        name = f"{state.address} (PostgreSQL {state.server})"
        usual = find_usual_owner(dict(state.owners)) or state.user
        catalog = name_creators(state.catalog, state.user, usual)
        yield OtherSide(guest, catalog, name, declared, dict(state.owners), state.unmodelled, notes)


def _try_models(request: CompareDatabase, report: Report) -> Catalog:
    """Return the models for whose an object is; two databases are compared without them, too."""
    with suppress(PGCraftError):
        return collect_models(import_models(request.project, report).metadata, request.project)
    return Catalog()


def _read(
    connection: "psycopg.Connection[tuple[object, ...]]", declared: Catalog, *, is_whole: bool = False
) -> Catalog:
    """Read what was made; of the server's roles those that are declared or have something there.

    Args:
        is_whole: nobody else has roles on the server, so that all of them count.
    """
    found = leave_owners(read_catalog(connection))
    if is_whole:
        return leave_out(found, {ObjectId(Kind.ROLE, None, DEPLOYER)})
    return _with_concerned_roles(found, declared)


def _read_replayed(
    connection: "psycopg.Connection[tuple[object, ...]]", declared: Catalog, *, is_whole: bool
) -> Catalog:
    """Read what was made by the role that deploys, who is not the one that reads it."""
    deployer = find_usual_owner(read_owners(connection)) or connection.info.user
    return name_creators(_read(connection, declared, is_whole=is_whole), connection.info.user, deployer)


def _list_unmodelled(connection: "psycopg.Connection[tuple[object, ...]]") -> tuple[str, ...]:
    return tuple(f"{what} {name}" for what, name in list_unmodelled(connection))


def _with_concerned_roles(catalog: Catalog, declared: Catalog) -> Catalog:
    known = {item.id.name for item in declared.of_kind(Kind.ROLE)}
    return leave_out(catalog, find_other_roles(catalog, known | find_concerned_roles(catalog)))


def _apply_what_can_be(
    connection: "psycopg.Connection[tuple[object, ...]]",
    guest: "psycopg.Connection[tuple[object, ...]]",
    catalog: Catalog,
) -> int:
    """Make what the development server can make, and count what it refuses: it may lack an extension.

    Args:
        connection: for what runs nothing of what a stranger wrote.
        guest: for all else.
    """
    refused = 0
    guest.execute("SET check_function_bodies = off")
    for statement in render_catalog(catalog):
        who = connection if statement.source.kind in HARMLESS else guest
        try:
            who.execute(statement.sql.encode())
        except psycopg.Error:
            refused += 1
    return refused
