"""Answers `VerifyAccess`, `ReadRows` and `TryApi`, on a fresh development database with everything in it."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager

from pgcraft.catalog.objects import Catalog, ObjectId
from pgcraft.configure import check_server
from pgcraft.devdb.requests import exchange_all
from pgcraft.devdb.rows import sample_rows
from pgcraft.devdb.verify import verify_access
from pgcraft.service.api_types import ApiTrial
from pgcraft.service.requests import DevServer, ReadRows, Rows, TryApi, VerifyAccess
from pgcraft.service.types import Progress, Project, ProofStep, Stage, VerifyAnswer
from pgcraft.worker.applying import apply_catalog
from pgcraft.worker.autogenerate import autogenerate
from pgcraft.worker.load import collect_models
from pgcraft.worker.loading import Report, import_models
from pgcraft.worker.migrations import Migrations
from pgcraft.worker.revision import replayed
from pgcraft.worker.scratch import as_superuser, connect, fresh_database, server_major


def verify(request: VerifyAccess, report: Report) -> VerifyAnswer:
    """Apply the migrations, or the models where there are none, and try every operation as each role.

    They are applied as the role that deploys, so that what they make is owned by it.

    Raises:
        PGCraftError: the models, the migrations or the server failed.
    """
    began = time.perf_counter()
    with _applied(request.project, request.server, report) as (url, catalog, steps):
        with connect(as_superuser(request.server, url)) as connection:
            version = server_major(connection)
            report(Progress(Stage.VERIFY))
            checks = verify_access(
                connection, catalog, on_progress=lambda count, total: report(Progress(Stage.VERIFY, count, total))
            )
        return VerifyAnswer(f"PostgreSQL {version}", checks, steps, time.perf_counter() - began)


def read_rows(request: ReadRows, report: Report) -> Rows:
    """Make what a view needs, fill it with made-up rows, and read it as PostgREST would; nothing stays.

    Raises:
        PGCraftError: the models or the server failed.
    """
    imported = import_models(request.project, report)
    catalog = collect_models(imported.metadata, request.project)
    report(Progress(Stage.SERVER))
    with fresh_database(request.server, "rows") as url, connect(url) as connection:
        check_server(imported.metadata, server_major(connection))
        apply_catalog(connection, catalog, _close(catalog, request.view))
        rows = sample_rows(connection, request.view)
    return Rows(json.dumps(rows, indent=2, ensure_ascii=False))


def try_api(request: TryApi, report: Report) -> ApiTrial:
    """Make everything that the models declare, and run requests to a view as each role.

    Raises:
        PGCraftError: the models or the server failed.
    """
    imported = import_models(request.project, report)
    catalog = collect_models(imported.metadata, request.project)
    report(Progress(Stage.SERVER))
    with fresh_database(request.server, "api") as url, connect(url) as connection:
        check_server(imported.metadata, server_major(connection))
        apply_catalog(connection, catalog)
        report(Progress(Stage.VERIFY))
        exchanges = (exchange_all(connection, request.view, role) for role in request.roles)
        return ApiTrial(request.view, tuple(each for answers in exchanges for each in answers))


@contextmanager
def _applied(
    project: Project, server: DevServer, report: Report
) -> Iterator[tuple[str, Catalog, tuple[ProofStep, ...]]]:
    """Give the URL of a database with everything in it, what was declared, and what was done."""
    imported = import_models(project, report)
    catalog = collect_models(imported.metadata, project)
    if project.alembic_ini is not None and Migrations(project, None).count():
        began = time.perf_counter()
        with replayed(project, server, report) as migrations:
            done = ProofStep(f"{_count(migrations.count())} applied", True, time.perf_counter() - began)
            report(Progress(Stage.COMPARE))
            yield migrations.url, catalog, (done, _compare(migrations))
        return
    report(Progress(Stage.SERVER))
    with fresh_database(server, "verify", project.deploy_as) as url:
        began = time.perf_counter()
        with connect(url) as connection:
            check_server(imported.metadata, server_major(connection))
            apply_catalog(connection, catalog)
        yield url, catalog, (ProofStep("the models applied", True, time.perf_counter() - began),)


def _count(revisions: int) -> str:
    return "1 revision" if revisions == 1 else f"{revisions} revisions"


def _compare(migrations: Migrations) -> ProofStep:
    began = time.perf_counter()
    left = autogenerate(migrations).operations
    message = "\n".join(operation.title for operation in left)
    return ProofStep("the models and the migrations agree", not left, time.perf_counter() - began, message)


def _close(catalog: Catalog, wanted: ObjectId) -> frozenset[ObjectId]:
    """Give an object with all that it needs, and their parts."""
    found: set[ObjectId] = set()
    waiting = [wanted]
    while waiting:
        item = catalog.find(waiting.pop())
        if item is not None and item.id not in found:
            found.add(item.id)
            waiting += [*item.depends_on, *item.parts]
    return frozenset(found)
