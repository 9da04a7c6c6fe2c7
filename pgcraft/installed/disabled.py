"""Which extensions are switched off, by the project's ``pyproject.toml`` and by the environment."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from pgcraft.installed.project_file import find_project_file, find_table, read_disabled, read_toml

DISABLED_VARIABLE = "PGCRAFT_DISABLED_EXTENSIONS"
"""A list of names divided by commas; they add to those of the project."""

_override: ContextVar[frozenset[str] | None] = ContextVar("pgcraft_disabled_extensions", default=None)
_projects: dict[str, str] = {}
_read_files: dict[str, tuple[int, frozenset[str]]] = {}


def disabled_extensions() -> frozenset[str]:
    """Return the names of the extensions that are switched off here and now.

    Raises:
        PGCraftConfigError: PGC010, the project's list is not a list of names; PGC011 and PGC003, its file or its table
            is none.
    """
    override = _override.get()
    if override is not None:
        return override
    project = _read_project(os.getcwd())  # noqa: PTH109  asked for at every declaration, and Path.cwd() is slow
    variable = os.environ.get(DISABLED_VARIABLE)
    return project | split_names(variable) if variable else project


@contextmanager
def override_disabled(names: Iterable[str]) -> Iterator[None]:
    """Inside, exactly these extensions are switched off, whatever project and environment say."""
    token = _override.set(frozenset(names))
    try:
        yield
    finally:
        _override.reset(token)


@contextmanager
def as_a_shell_has_it(names: Iterable[str]) -> Iterator[None]:
    """Inside, the project and the environment say what is switched off, as for any program that a shell starts.

    Args:
        names: what is switched off now; what the project does not say of it, the environment says.
    """
    token = _override.set(None)
    os.environ[DISABLED_VARIABLE] = ",".join(sorted({*names, *split_names(os.environ.get(DISABLED_VARIABLE, ""))}))
    try:
        yield
    finally:
        _override.reset(token)


def split_names(names: str) -> frozenset[str]:
    """Return the names that commas divide."""
    return frozenset(name.strip() for name in names.split(",") if name.strip())


def _read_project(folder: str) -> frozenset[str]:
    path = _projects.get(folder)
    if path is None:
        found = find_project_file(Path(folder))
        if found is None:
            return frozenset()
        path = _projects[folder] = str(found)
    try:
        changed = os.stat(path).st_mtime_ns  # noqa: PTH116  as above
    except FileNotFoundError:
        del _projects[folder]
        return _read_project(folder)
    known = _read_files.get(path)
    if known is None or known[0] != changed:
        known = _read_files[path] = (changed, _read_file(Path(path)))
    return known[1]


def _read_file(path: Path) -> frozenset[str]:
    table = find_table(read_toml(path), path)
    return frozenset(read_disabled(table, path) if table is not None else ())
