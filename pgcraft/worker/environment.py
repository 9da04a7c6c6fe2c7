"""What the user's ``env.py`` says to Alembic, beside what it should say for the models."""

import ast
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alembic.runtime.migration import MigrationContext
from sqlalchemy import MetaData

from pgcraft.alembic.hooks.directives import COMPARED, DIRECTED
from pgcraft.catalog.objects import Catalog, make_catalog
from pgcraft.collect import collect
from pgcraft.config import get_configs
from pgcraft.errors import PGCraftError
from pgcraft.models.declarations import get_declarations
from pgcraft.service.types import Finding, Operation, Project
from pgcraft.worker.autogenerate import FILTERS, Found, autogenerate
from pgcraft.worker.migrations import Migrations
from pgcraft.worker.paths import extend_search_path, find_module_name, show_file

ENV = "env.py"
HOOK = "pgcraft_alembic_hook"
NO_CONNECTION = "PGC015"
_SHARED = {"version_table": "alembic_version", "version_table_schema": None}
"""Options that online and offline must have alike, with Alembic's defaults."""


@dataclass(frozen=True)
class OfflineLook:
    """How ``env.py`` runs offline.

    Attributes:
        context: None where it does not.
        failure: why not.
    """

    context: MigrationContext | None = None
    failure: str = "it runs no migrations there"


def look_offline(project: Project) -> OfflineLook:
    """Run ``env.py`` as ``alembic … --sql`` would, which imports the models and reaches no database.

    Raises:
        PGCraftError: what the models raised; what ``env.py`` itself does, stands in the answer.
    """
    extend_search_path(project)
    migrations = Migrations(project, None)
    try:
        return OfflineLook(migrations.look())
    except PGCraftError as error:
        env = show_file(migrations.script.env_py_location, project.root)
        if error.code == NO_CONNECTION or (error.place is not None and error.place.file == env):
            return OfflineLook(failure=f"{error.code}: {error.what}")
        raise


def collect_target(context: MigrationContext) -> Catalog | None:
    """Return what ``target_metadata`` declares; None where that cannot be told."""
    with suppress(PGCraftError):
        catalogs = [collect(each) for each in list_targets(context)]
        return make_catalog(item for catalog in catalogs for item in catalog.objects)
    return None


def find_faults(migrations: Migrations, found: Found, offline: OfflineLook) -> tuple[Finding, ...]:
    """Say how the comparison of Alembic differs from what the models mean, and SQL offline from what runs online."""
    context = found.context
    return (
        *_look_at_hook(context, migrations),
        *_look_at_targets(context),
        *_look_at_directives(context, offline),
        *_look_at_filters(migrations, found),
        *_look_at_both(context, offline),
    )


def _look_at_hook(context: MigrationContext, migrations: Migrations) -> Iterator[Finding]:
    if context.opts.get(COMPARED):
        if _imports_models_first(migrations):
            yield _note(
                f"{HOOK}() comes after the models: what extensions do to Alembic comes too late for them",
                f"call {HOOK}() before the models are imported",
            )
    else:
        yield _problem(
            "Alembic compares tables alone: views, functions, triggers, roles and grants are left out",
            f"call {HOOK}() before the models are imported; autogenerate_plugins must match it",
        )


def _imports_models_first(migrations: Migrations) -> bool:
    """Whether ``env.py`` imports the models on a line before that of the hook."""
    tree = ast.parse(Path(migrations.script.env_py_location).read_bytes())
    models, hooks = [], []
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                imported = [alias.name for alias in names]
            case ast.ImportFrom(module=str(module)):
                imported = [module]
            case ast.Call(func=ast.Name(id=called) | ast.Attribute(attr=called)):
                hooks += [node.lineno] if called == HOOK else []
                continue
            case _:
                continue
        models += [node.lineno for name in imported if name == find_module_name(migrations.project)]
    return bool(models and hooks) and min(models) < min(hooks)


def _look_at_targets(context: MigrationContext) -> Iterator[Finding]:
    for metadata in list_targets(context):
        declared = get_declarations(metadata)
        is_ours = get_configs(metadata) or any(registry.all() for registry in declared.registries)
        if is_ours and not declared.is_configured:
            yield _problem(
                "target_metadata is not configured: what extensions declare, as roles and grants, is left out",
                "call pgcraft_configure_metadata(metadata, config) when the models are imported",
            )


def _look_at_directives(context: MigrationContext, offline: OfflineLook) -> Iterator[Finding]:
    missing = [] if context.opts.get(DIRECTED) else ["online"]
    missing += [] if offline.context is None or _calls_directives(offline.context) else ["offline"]
    for mode in missing:
        yield _note(
            f"context.configure lacks our process_revision_directives where it runs {mode}",
            "pass process_revision_directives=pgcraft_process_revision_directives in both calls",
        )


def _calls_directives(context: MigrationContext) -> bool:
    """Whether what ``env.py`` passed leads to ours, as a chain of rewriters may."""
    directives: Any = context.opts.get("process_revision_directives")
    if callable(directives):
        with suppress(Exception):  # anyone's code, called with nothing to do
            directives(context, (), [])
    return bool(context.opts.get(DIRECTED))


def _look_at_filters(migrations: Migrations, found: Found) -> Iterator[Finding]:
    names = [name for name, nothing in FILTERS.items() if found.context.opts.get(name, nothing) != nothing]
    if not names:
        return
    seen = {operation.key for operation in found.operations}
    target = collect_target(found.context) or Catalog()
    everything = autogenerate(migrations, is_filtered=False).operations
    hidden = [item for item in everything if item.key not in seen and _is_declared(item, target)]
    if hidden:
        titles = ", ".join(operation.title for operation in hidden)
        yield _note(
            f"its {' and '.join(names)} keep{'s' if len(names) == 1 else ''} Alembic from seeing: {titles}",
            "that is what Alembic does as well; let them through, if it is not meant",
        )


def _is_declared(operation: Operation, target: Catalog) -> bool:
    """Whether it is about something that the models declare, or a part of it."""
    named = {(item.id.schema, item.id.name) for item in target.objects}
    about = operation.target
    return (about.schema, about.name) in named or (about.schema, about.parent) in named


def _look_at_both(context: MigrationContext, offline: OfflineLook) -> Iterator[Finding]:
    if offline.context is None:
        yield _note(f"it does not run offline, so that no SQL can be exported: {offline.failure}", "")
        return
    for name, default in _SHARED.items():
        online, other = (each.opts.get(name) or default for each in (context, offline.context))
        if online != other:
            yield _problem(
                f"{name} is {online!r} online and {other!r} offline", "say the same in both calls of context.configure"
            )
    if _list_tables(context) != _list_tables(offline.context):
        yield _problem("target_metadata is another one online than offline", "pass the same in both calls")


def _list_tables(context: MigrationContext) -> list[list[str]]:
    """Return the tables of each target: a MetaData that ``env.py`` makes itself is another one on each run."""
    return [sorted(metadata.tables) for metadata in list_targets(context)]


def list_targets(context: MigrationContext) -> list[MetaData]:
    """Return the MetaData objects of ``target_metadata``."""
    target = context.opts.get("target_metadata")
    found: Iterable[object] = [target] if isinstance(target, MetaData) else target or ()
    return [each for each in found if isinstance(each, MetaData)]


def _problem(message: str, remedy: str) -> Finding:
    return Finding(ENV, "problem", message, remedy)


def _note(message: str, remedy: str) -> Finding:
    return Finding(ENV, "note", message, remedy)


def name_env(migrations: Migrations) -> str:
    """Return the path of ``env.py`` as the user knows it."""
    return show_file(str(Path(migrations.script.env_py_location)), migrations.project.root)
