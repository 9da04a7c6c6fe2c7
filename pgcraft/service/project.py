"""Finding a project: from the current folder upward, or from a folder or file that the user named."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pgcraft.devdb.server.address import check_url
from pgcraft.errors import PGCraftConfigError, Place
from pgcraft.installed.disabled import DISABLED_VARIABLE, split_names
from pgcraft.installed.project_file import ALEMBIC_INI, PROJECT_FILE, TABLE, is_root, walk_to_root
from pgcraft.service.project_settings import Settings, read_settings
from pgcraft.service.types import Project

MODELS_FILE = "models.py"


@dataclass(frozen=True)
class _Folder:
    """One folder on the way up, with what of a project stands in it."""

    path: Path
    settings: Settings

    @property
    def is_root(self) -> bool:
        return is_root(self.path)

    @property
    def models_file(self) -> Path | None:
        path = self.path / MODELS_FILE
        return path if path.is_file() else None


def find_project(
    path: Path | None = None, *, dev_url: str | None = None, disable: tuple[str, ...] | list[str] = ()
) -> Project:
    """Find the project around a folder or file.

    The root is the nearest folder upward with ``[tool.pgcraft]`` in its pyproject.toml or with an alembic.ini, no
    further than the repository's root; without one, the nearest with a models.py.

    Args:
        path: a folder, the models' ``.py`` file, a package folder of models, a pyproject.toml or an alembic.ini;
            the current folder when left out.
        dev_url: goes before the project's own ``dev_url``.
        disable: extensions to switch off beside those of the project and of PGCRAFT_DISABLED_EXTENSIONS.

    Raises:
        PGCraftConfigError: PGC001, no project; PGC002, the models it names are not there; PGC003 and PGC010, a wrong
            setting; PGC004, a path that is not there; PGC011, broken TOML.
    """
    start = _check_start(path)
    named_file = start if start.is_file() and start.suffix == ".py" else None
    folder = start if start.is_dir() else start.parent
    folders = list(_walk_up(folder))
    root = _choose_root(folders, start, named_file)
    models = _find_models(root, folders, start, named_file)
    from_variable = split_names(os.environ.get(DISABLED_VARIABLE, ""))
    settings = root.settings
    named_url = dev_url or settings.dev_url
    return Project(
        root=root.path,
        models=models,
        alembic_ini=_find_alembic_ini(root),
        pyproject=root.path / PROJECT_FILE if (root.path / PROJECT_FILE).is_file() else None,
        dev_url=check_url(named_url) if named_url else None,
        disabled=tuple(sorted({*settings.disabled, *from_variable, *disable})),
        name=settings.name or settings.project_name or root.path.name,
        metadata=settings.metadata,
        load_timeout_s=settings.load_timeout_s or Project.load_timeout_s,
        deploy_as="superuser" if settings.deploy_as == "superuser" else "owner",
        identities=settings.identities,
        databases=settings.databases,
        lint=settings.lint,
        writing=settings.writing,
    )


def _check_start(path: Path | None) -> Path:
    start = Path.cwd() if path is None else Path(path).absolute()
    if not start.exists():
        raise PGCraftConfigError(
            "PGC004", f"{path} is not there", remedy="name a project's folder, or the file of its models"
        )
    if start.is_file() and start.suffix != ".py" and start.name not in (PROJECT_FILE, ALEMBIC_INI):
        raise PGCraftConfigError(
            "PGC004",
            f"{path} is neither a folder, nor a .py file, nor a {PROJECT_FILE} or {ALEMBIC_INI}",
            remedy="name a project's folder, or the file of its models",
        )
    return start


def _walk_up(folder: Path) -> Iterator[_Folder]:
    for item in walk_to_root(folder):
        pyproject = item / PROJECT_FILE
        yield _Folder(item, read_settings(pyproject) if pyproject.is_file() else Settings())


def _choose_root(folders: list[_Folder], start: Path, named_file: Path | None) -> _Folder:
    nearest = next((item for item in folders if item.models_file), None)
    root = next((item for item in folders if item.is_root), None)
    models = named_file or (nearest.models_file if nearest else None)
    if root is not None and (models is None or _owns(root, models)):
        return root
    if named_file is not None or (nearest is None and (start / "__init__.py").is_file()):
        return folders[0]
    if nearest is not None:
        return nearest
    raise PGCraftConfigError(
        "PGC001",
        f"no project at or above {folders[0].path}: no {MODELS_FILE}, no {ALEMBIC_INI}, no {TABLE} in a {PROJECT_FILE}",
        remedy='make one with "pgcraft init", or name the models: pgcraft show --project path/to/models.py',
    )


def _owns(root: _Folder, models: Path) -> bool:
    """Whether a file of models found at or below the root is one that the root means."""
    if models.parent == root.path:
        return True
    if root.settings.models is None:
        return root.models_file is None
    packages = {candidate.parent for candidate in _candidates(root.path, root.settings.models)} - {root.path}
    return any(models.is_relative_to(package) for package in packages)


def _find_models(root: _Folder, folders: list[_Folder], start: Path, named_file: Path | None) -> str:
    """Return the module's name or the path of its file, relative to the root."""
    if named_file is not None:
        return _show(named_file, root.path)
    if root.settings.models is not None:
        return _check_models(root, root.settings.models)
    nearest = next((item.models_file for item in folders if item.models_file), None)
    if nearest is not None:
        return _show(nearest, root.path)
    if start.is_dir() and (start / "__init__.py").is_file():
        return _show(start, root.path)
    raise PGCraftConfigError(
        "PGC002",
        f"the project in {root.path} does not say where its models are, and has no {MODELS_FILE}",
        remedy=f'add models = "package.module" under {TABLE} in its {PROJECT_FILE}, or make one with "pgcraft init"',
    )


def _check_models(root: _Folder, models: str) -> str:
    """A path must be there; a module may also be an installed one, so the import decides."""
    is_path = models.endswith(".py") or "/" in models
    if is_path and not (root.path / models).exists():
        raise PGCraftConfigError(
            "PGC002",
            f"the models are to be in {models}, which is not in {root.path}",
            place=Place(str(root.path / PROJECT_FILE), 0, TABLE),
            remedy='name the file from the folder of pyproject.toml on, or the module: models = "myapp.models"',
        )
    return models


def _candidates(root: Path, models: str) -> tuple[Path, ...]:
    if models.endswith(".py") or "/" in models:
        return (root / models,)
    inner = Path(*models.split("."))
    return tuple(
        base / tail for base in (root, root / "src") for tail in (inner.with_suffix(".py"), inner / "__init__.py")
    )


def _find_alembic_ini(root: _Folder) -> Path | None:
    named = root.settings.alembic_ini
    path = root.path / (named or ALEMBIC_INI)
    if path.is_file():
        return path
    if named is not None:
        raise PGCraftConfigError(
            "PGC002",
            f"alembic_ini is to be {named}, which is not in {root.path}",
            place=Place(str(root.path / PROJECT_FILE), 0, TABLE),
            remedy="name the file from the folder of pyproject.toml on",
        )
    return None


def _show(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
