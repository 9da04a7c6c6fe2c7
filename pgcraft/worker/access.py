"""Answers `VerifyAccess`, `ReadRows` and `TryApi`, on a fresh development database with everything in it."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager

from pgcraft.catalog.objects import Catalog, ObjectId, make_catalog
from pgcraft.configure import check_server
from pgcraft.devdb.rows.samples import sample_rows
from pgcraft.devdb.trying.requests import exchange_all
from pgcraft.devdb.trying.verify import verify_access
from pgcraft.extensions.postgrest.extension import NAME, PostgRESTExtension
from pgcraft.resource import get_api_resources
from pgcraft.service.api_types import ApiTrial
from pgcraft.service.requests import DevServer, ReadRows, Rows, TryApi, VerifyAccess
from pgcraft.service.types import Progress, Project, ProofStep, Stage, VerifyAnswer
from pgcraft.worker.autogenerate import autogenerate
from pgcraft.worker.importing import Imported, Report, import_models
from pgcraft.worker.load import collect_models
from pgcraft.worker.migrations import Migrations
from pgcraft.worker.revision import replayed
from pgcraft.worker.rights import look_at_rights
from pgcraft.worker.scratch import apply_catalog, as_superuser, connect, fresh_database, server_major


def verify(request: VerifyAccess, report: Report) -> VerifyAnswer:
    """Apply the migrations, or the models where there are none, and try every operation as each role.

    They are applied as the role that deploys, so that what they make is owned by it.

    Raises:
        PGCraftError: the models, the migrations or the server failed.
    """
    began = time.perf_counter()
    with _applied(request.project, request.server, report) as applied:
        url, catalog, steps, api_schemas = applied
        with connect(as_superuser(request.server, url)) as connection:
            version = server_major(connection)
            report(Progress(Stage.VERIFY))
            found = verify_access(
                connection,
                catalog,
                identities=request.project.identities,
                api_schemas=api_schemas,
                on_progress=lambda count, total: report(Progress(Stage.VERIFY, count, total)),
            )
        return VerifyAnswer(
            server=f"PostgreSQL {version}",
            checks=found.checks,
            steps=(*steps, *look_at_rights(url, catalog)),
            seconds=time.perf_counter() - began,
            not_tried=found.not_tried,
            notes=found.notes,
        )


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
        apply_catalog(connection, _part(catalog, request.view))
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
) -> Iterator[tuple[str, Catalog, tuple[ProofStep, ...], frozenset[str]]]:
    """Return the URL of a database with everything in it, what was declared, what was done, and PostgREST's schemas."""
    if project.alembic_ini is not None and Migrations(project, None).count():
        began = time.perf_counter()
        with replayed(project, server, report) as migrations:
            done = ProofStep(f"{_count(migrations.count())} applied", True, time.perf_counter() - began)
            report(Progress(Stage.COMPARE))
            compared = _compare(migrations)
            imported = import_models(project, report)
            catalog = collect_models(imported.metadata, project)
            yield migrations.url, catalog, (done, compared), _find_api_schemas(imported)
        return
    imported = import_models(project, report)
    catalog = collect_models(imported.metadata, project)
    report(Progress(Stage.SERVER))
    with fresh_database(server, "verify", project.deploy_as) as url:
        began = time.perf_counter()
        with connect(url) as connection:
            check_server(imported.metadata, server_major(connection))
            apply_catalog(connection, catalog)
        applied = ProofStep("the models applied", True, time.perf_counter() - began)
        yield url, catalog, (applied,), _find_api_schemas(imported)


def _find_api_schemas(imported: Imported) -> frozenset[str]:
    """Return the schemas of what the models expose, and the one where it goes by default."""
    extensions = (config.find_extension(NAME) for config in imported.configs)
    defaults = (extension.schema for extension in extensions if isinstance(extension, PostgRESTExtension))
    return frozenset((*defaults, *(resource.schema for resource in get_api_resources(imported.metadata))))


def _count(revisions: int) -> str:
    return "1 revision" if revisions == 1 else f"{revisions} revisions"


def _compare(migrations: Migrations) -> ProofStep:
    began = time.perf_counter()
    left = autogenerate(migrations).operations
    message = "\n".join(operation.title for operation in left)
    return ProofStep("the models and the migrations agree", not left, time.perf_counter() - began, message)


def _part(catalog: Catalog, wanted: ObjectId) -> Catalog:
    """Return an object with all that it needs, and their parts."""
    found: set[ObjectId] = set()
    waiting = [wanted]
    while waiting:
        item = catalog.find(waiting.pop())
        if item is not None and item.id not in found:
            found.add(item.id)
            waiting += [*item.depends_on, *item.parts]
    return make_catalog(catalog.by_id[each] for each in found)
