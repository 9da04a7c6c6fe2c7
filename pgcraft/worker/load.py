"""Answers `Load`: imports the models and brings back everything that they declare."""

import time
from collections.abc import Iterator

from sqlalchemy import MetaData

from pgcraft.catalog.definitions import View
from pgcraft.catalog.kinds import RELATIONS
from pgcraft.catalog.objects import Catalog, ObjectId
from pgcraft.collect import collect
from pgcraft.models.declarations import get_declarations
from pgcraft.resource import APIResource, get_api_resources
from pgcraft.service.api_types import ApiColumn, ApiResource
from pgcraft.service.requests import Load
from pgcraft.service.types import LoadedModels, Progress, Project, Stage
from pgcraft.worker.extensions import list_extensions
from pgcraft.worker.failures import map_failure
from pgcraft.worker.importing import Report, import_models

ANONYMOUS = "anon"


def load(request: Load, report: Report) -> LoadedModels:
    """Import the models of a project and collect their catalog.

    Raises:
        PGCraftError: the models could not be imported or collected.
    """
    began = time.perf_counter()
    imported = import_models(request.project, report)
    report(Progress(Stage.COLLECT, total=len(imported.metadata.tables)))
    catalog = collect_models(imported.metadata, request.project)
    extensions = list_extensions(imported.configs, catalog, request.project)
    return LoadedModels(
        catalog=catalog,
        extensions=extensions,
        resources=tuple(list_resources(imported.metadata, catalog)),
        files=imported.files,
        notes=(*_note_unknown(request.project, {item.name for item in extensions}), *catalog.notes),
        import_seconds=imported.seconds,
        seconds=time.perf_counter() - began,
        server_need=_describe_need(imported.metadata),
    )


def collect_models(metadata: MetaData, project: Project) -> Catalog:
    """Collect the catalog; what a column type or an expression of the user's raises is placed in their code."""
    try:
        return collect(metadata)
    except Exception as error:
        raise map_failure(error, project.root, during="collecting what the models declare") from error


def _describe_need(metadata: MetaData) -> str:
    needs = (declared.definition for declared in get_declarations(metadata).server_needs.all())
    newest = max(needs, key=lambda need: need.version, default=None)
    return f"PostgreSQL {newest.version} or newer ({newest.plugin} in {newest.factory})" if newest else ""


def list_resources(metadata: MetaData, catalog: Catalog) -> Iterator[ApiResource]:
    """Return what PostgREST will expose, as far as the catalog has it."""
    for resource in get_api_resources(metadata):
        view = _find_view(catalog, resource)
        if view is not None:
            source = _find_source(catalog, view)
            yield ApiResource(view, source, resource.grants, ANONYMOUS, _describe_columns(catalog, view, resource))


def _describe_columns(catalog: Catalog, view: ObjectId, resource: APIResource) -> tuple[ApiColumn, ...]:
    definition = catalog.by_id[view].definition
    if resource.describe is None or not isinstance(definition, View):
        return ()
    types = dict(zip(definition.columns, definition.column_types, strict=False))
    return tuple(
        ApiColumn(
            name=column.name,
            type=types.get(column.name, ""),
            is_writable=not column.reason,
            reason=column.reason,
            nullable=column.is_nullable,
            default=column.default,
        )
        for column in resource.describe()
    )


def _find_view(catalog: Catalog, resource: APIResource) -> ObjectId | None:
    ids = (ObjectId(kind, resource.schema, resource.name) for kind in RELATIONS)
    return next((object_id for object_id in ids if catalog.find(object_id)), None)


def _find_source(catalog: Catalog, view: ObjectId) -> ObjectId | None:
    """Return the relation that the view stands for: the one of its name, else the only one that it reads."""
    item = catalog.by_id[view]
    relations = [needed for needed in item.depends_on if needed.kind in RELATIONS]
    named = [needed for needed in relations if needed.name == view.name]
    found = named or relations
    return found[0] if len(found) == 1 else None


def _note_unknown(project: Project, known: set[str]) -> Iterator[str]:
    for name in project.disabled:
        if name not in known:
            yield f'the project switches off an extension "{name}" that nobody brings'
