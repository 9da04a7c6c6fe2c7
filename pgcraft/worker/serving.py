"""Answers `ServeApi`: a PostgREST server over a fresh database with everything in it, for as long as it is wanted."""

import signal
import subprocess
from contextlib import suppress

from pgcraft.catalog.definitions import Role
from pgcraft.catalog.objects import Catalog, Kind, ObjectId
from pgcraft.configure import check_server
from pgcraft.devdb.rows.rows import RowMaker
from pgcraft.devdb.rows.shapes import Connection, read_shapes
from pgcraft.devdb.server.address import replace_user
from pgcraft.devdb.server.postgrest import serve
from pgcraft.errors import PGCraftConfigError, PGCraftDatabaseError
from pgcraft.service.api_types import ApiResource, ApiServed
from pgcraft.service.requests import ServeApi
from pgcraft.service.types import Progress, Stage
from pgcraft.worker.importing import Report, import_models
from pgcraft.worker.load import collect_models, list_resources
from pgcraft.worker.scratch import apply_catalog, connect, fresh_database, server_major

HEARTBEAT_S = 30.0
"""The parent takes a child for stuck that says nothing for long."""

ROWS = 2
AUTHENTICATOR = "authenticator"


class _StopError(BaseException):
    """The parent wants the end; nothing catches it on the way."""


def serve_api(request: ServeApi, report: Report) -> ApiServed:
    """Run the server until SIGTERM; its address is the detail of the reports.

    Raises:
        PGCraftConfigError: PGC005, the models expose nothing.
        PGCraftDatabaseError: the server did not start (PGC531), or ended by itself (PGC532).
        PGCraftError: the models or the development server failed.
    """
    signal.signal(signal.SIGTERM, _stop)
    with suppress(_StopError):
        imported = import_models(request.project, report)
        catalog = collect_models(imported.metadata, request.project)
        resources = tuple(list_resources(imported.metadata, catalog))
        if not resources:
            raise PGCraftConfigError(
                "PGC005", "the models expose nothing", remedy="PostgRESTView(source=…) exposes a view"
            )
        report(Progress(Stage.SERVER))
        with fresh_database(request.server, "serve") as url:
            with connect(url) as connection:
                check_server(imported.metadata, server_major(connection))
                apply_catalog(connection, catalog)
                _fill(connection, [resource.view for resource in resources])
            _serve(request, _choose_user(url, catalog, is_ours=request.server.is_ours), resources, report)
    return ApiServed()


def _serve(request: ServeApi, url: str, resources: tuple[ApiResource, ...], report: Report) -> None:
    schemas = tuple(dict.fromkeys(resource.view.schema or "" for resource in resources))
    report(Progress(Stage.SERVE))
    with serve(request.program, url, schemas=schemas, anon_role=resources[0].role) as running:
        while running.process.poll() is None:
            report(Progress(Stage.SERVE, detail=running.address))
            with suppress(subprocess.TimeoutExpired):
                running.process.wait(HEARTBEAT_S)
        raise PGCraftDatabaseError(
            "PGC532",
            f"PostgREST ended with status {running.process.returncode}",
            remedy="start it again; what it wrote last is in the detail",
            detail=running.printed,
        )


def _fill(connection: Connection, views: list[ObjectId]) -> None:
    """Make some rows, so that a GET has something to answer with; views for which none can be made stay empty."""
    maker = RowMaker(connection, read_shapes(connection))
    with connection.transaction():
        for view in views:
            shape = maker.shapes.by_name.get(view.qualified)
            for variant in range(ROWS if shape is not None else 0):
                if shape is not None:
                    maker.make(shape, variant)


def _choose_user(url: str, catalog: Catalog, *, is_ours: bool) -> str:
    """Log in as the authenticator, as in production; on a server that the user named as they do, with the password."""
    item = catalog.find(ObjectId(Kind.ROLE, None, AUTHENTICATOR))
    can_login = item is not None and isinstance(item.definition, Role) and item.definition.login
    return replace_user(url, AUTHENTICATOR) if is_ours and can_login else url


def _stop(*_: object) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise _StopError
