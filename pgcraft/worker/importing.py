"""Imports the user's models and finds what they made."""

import importlib
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import ModuleType

from sqlalchemy import MetaData

from pgcraft.config import PGCraftConfig, get_configs, record_config
from pgcraft.configure import pgcraft_configure_metadata
from pgcraft.errors import PGCraftLoadError, Place, find_nearest
from pgcraft.models.declarations import get_declarations
from pgcraft.service.types import Progress, Project, Stage
from pgcraft.worker.failures import map_failure
from pgcraft.worker.paths import extend_search_path, find_module_name, list_users_files

Report = Callable[[Progress], None]


@dataclass(frozen=True)
class Imported:
    """The user's models as they are in this process.

    Attributes:
        configs: those of the module, else those that the factories were called with.
        files: the project's files that the import read.
        seconds: that the import took.
    """

    module: ModuleType
    metadata: MetaData
    configs: tuple[PGCraftConfig, ...]
    files: tuple[str, ...]
    seconds: float


def import_models(project: Project, report: Report) -> Imported:
    """Import the models and configure their MetaData as ``env.py`` would.

    Raises:
        PGCraftLoadError: they could not be imported (PGC301), or make no MetaData (PGC305) or several (PGC306).
        PGCraftError: what a declaration in them raised.
    """
    report(Progress(Stage.IMPORT, detail=project.models))
    began = time.perf_counter()
    module = _import_module(project)
    metadata = _find_metadata(module, project)
    configs = _find_configs(module, metadata)
    try:
        for config in configs:
            record_config(metadata, config)
        pgcraft_configure_metadata(metadata)
    except Exception as error:
        raise map_failure(error, project.root, during="configuring the metadata") from error
    files = list_users_files(project.root)
    return Imported(module, metadata, configs, files, time.perf_counter() - began)


def _import_module(project: Project) -> ModuleType:
    extend_search_path(project)
    # Python takes bytecode for current by size and whole seconds: the second of two quick saves would not be seen.
    sys.dont_write_bytecode = True
    name = find_module_name(project)
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name and (name == error.name or name.startswith(error.name + ".")):
            raise _no_such_module(project, name) from error
        raise map_failure(error, project.root) from error
    except BaseException as error:  # SystemExit and KeyboardInterrupt are no more welcome here than others
        raise map_failure(error, project.root) from error


def _no_such_module(project: Project, name: str) -> PGCraftLoadError:
    folders = ", ".join(path for path in sys.path[:3] if path)
    return PGCraftLoadError(
        "PGC301",
        f"there is no module {name} in {project.root}",
        place=Place(str(project.pyproject), 0, "[tool.pgcraft]") if project.pyproject else None,
        remedy=f'correct models = "{project.models}"; it was looked for in {folders} and the installed packages',
    )


def _find_metadata(module: ModuleType, project: Project) -> MetaData:
    found = dict(_list_metadata(module))
    if project.metadata is not None:
        return _get_named(module, project, found)
    if len(set(map(id, found.values()))) > 1:
        found = {name: item for name, item in found.items() if _declares(item)} or found
    distinct = {id(item): item for item in found.values()}
    if len(distinct) == 1:
        return next(iter(distinct.values()))
    place = Place(project.models, 0)
    if not distinct:
        raise PGCraftLoadError(
            "PGC305",
            f"{module.__name__} makes no MetaData that can be reached from it",
            place=place,
            remedy="give it a name at the top of the module: metadata = MetaData(…), or import Base there",
        )
    raise PGCraftLoadError(
        "PGC306",
        f"{module.__name__} makes {len(distinct)} MetaData: {', '.join(sorted(found))}",
        place=place,
        remedy=f'say which: metadata = "{min(found)}" under [tool.pgcraft] in pyproject.toml',
    )


def _list_metadata(module: ModuleType) -> Iterator[tuple[str, MetaData]]:
    """Return every MetaData that a name of the module leads to, also ``Base.metadata`` and ``registry.metadata``."""
    for name, value in vars(module).items():
        if isinstance(value, MetaData):
            yield name, value
        elif not name.startswith("__") and _may_hold_metadata(value):
            inner = getattr(value, "metadata", None)
            if isinstance(inner, MetaData):
                yield f"{name}.metadata", inner


def _may_hold_metadata(value: object) -> bool:
    from sqlalchemy.orm import registry

    return isinstance(value, registry) or (isinstance(value, type) and "__table__" not in vars(value))


def _declares(metadata: MetaData) -> bool:
    return bool(metadata.tables) or any(registry.all() for registry in get_declarations(metadata).registries)


def _get_named(module: ModuleType, project: Project, found: dict[str, MetaData]) -> MetaData:
    value: object = module
    for part in (project.metadata or "").split("."):
        value = getattr(value, part, None)
    value = value if isinstance(value, MetaData) else getattr(value, "metadata", None)
    if isinstance(value, MetaData):
        return value
    near = find_nearest(project.metadata or "", found)
    raise PGCraftLoadError(
        "PGC306",
        f'{module.__name__} has no MetaData "{project.metadata}"',
        place=Place(str(project.pyproject), 0, "[tool.pgcraft]"),
        remedy=f'did you mean "{near}"?' if near else f"it has: {', '.join(sorted(found)) or 'none'}",
    )


def _find_configs(module: ModuleType, metadata: MetaData) -> tuple[PGCraftConfig, ...]:
    named = {id(value): value for value in vars(module).values() if isinstance(value, PGCraftConfig)}
    return tuple(named.values()) or tuple(get_configs(metadata))
