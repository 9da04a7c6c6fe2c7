"""Where the user's modules are looked for, and which files are the user's own."""

import os
import sys
import sysconfig
from functools import cache
from pathlib import Path

from pgcraft.service.types import Project

_OWN_CODE = Path(__file__).resolve().parents[1]
_LIBRARIES = tuple(
    {Path(sysconfig.get_path(name)).resolve() for name in ("stdlib", "platstdlib", "purelib", "platlib")}
)


def extend_search_path(project: Project) -> None:
    """Put the folders first in which Alembic, run from the project's root, would find the models."""
    folders = [project.root, *_read_prepended(project)]
    for folder in reversed(folders):
        text = str(folder)
        if text in sys.path:
            sys.path.remove(text)
        sys.path.insert(0, text)


def find_module_name(project: Project) -> str:
    """Return the dotted name under which the models are imported, so that ``env.py`` gets the same module.

    A path inside of packages is named from the folder above them; any other from the innermost search folder that
    holds it, else from its own. The folder is added to the search path where it is missing.
    """
    if not (project.models.endswith(".py") or "/" in project.models):
        return project.models
    path = (project.root / project.models).resolve()
    if path.name == "__init__.py":
        path = path.parent
    inner = path.with_suffix("") if path.suffix == ".py" else path
    folder = _find_base(project, inner)
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    return ".".join(inner.relative_to(folder).parts)


def _find_base(project: Project, inner: Path) -> Path:
    """Return the folder that a module's dotted name begins in."""
    if (inner.parent / "__init__.py").is_file():
        return next(folder for folder in inner.parents if not (folder / "__init__.py").is_file())
    holding = [folder for folder in _search_folders(project) if inner.is_relative_to(folder)]
    named = [folder for folder in holding if all(part.isidentifier() for part in inner.relative_to(folder).parts)]
    return max(named, key=lambda folder: len(folder.parts), default=inner.parent)


def is_users(name: str, root: Path) -> bool:
    """Whether a source file is the user's own: in the project or anywhere else but in libraries and pgcraft."""
    if not name or name.startswith("<"):
        return False
    path = Path(name).resolve()
    if any(path.is_relative_to(library) for library in (*_LIBRARIES, _OWN_CODE)):
        return False
    inner = path.relative_to(root).parts if path.is_relative_to(root) else ()
    return not any(part in ("site-packages", "dist-packages") for part in inner)


def is_pgcrafts(name: str) -> bool:
    """Whether a source file is one of pgcraft's own."""
    return Path(name).is_relative_to(_OWN_CODE)


def list_users_files(root: Path) -> tuple[str, ...]:
    """Return the files of the project that are imported by now, sorted."""
    base = root.resolve()

    @cache  # a thousand modules stand in a hundred folders
    def is_inside(folder: str) -> bool:
        return Path(folder).resolve().is_relative_to(base)

    def stands_inside(name: str) -> bool:  # without a Path a module, which takes ten times as long
        if os.path.islink(name):  # noqa: PTH114
            return Path(name).resolve().is_relative_to(base)
        return is_inside(os.path.dirname(name))  # noqa: PTH120

    found = {getattr(module, "__file__", None) for module in tuple(sys.modules.values())}
    inside = (name for name in found if isinstance(name, str) and stands_inside(name))
    return tuple(sorted(name for name in inside if is_users(name, base)))


def show_file(name: str, root: Path) -> str:
    """Return a path as the user knows it: relative to the project when inside it."""
    path = Path(name).resolve()
    return path.relative_to(root.resolve()).as_posix() if path.is_relative_to(root.resolve()) else name


def _search_folders(project: Project) -> list[Path]:
    return [project.root.resolve(), *(folder.resolve() for folder in _read_prepended(project))]


def _read_prepended(project: Project) -> list[Path]:
    """Return the folders of ``prepend_sys_path``; without an alembic.ini nobody needs Alembic."""
    if project.alembic_ini is None:
        return []
    from pgcraft.worker.alembic_ini import read_search_folders

    return read_search_folders(project)
