"""Which extensions are switched off, by the project's ``pyproject.toml`` and by the environment."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from pgcraft.installed.project_file import find_table, list_project_files, read_disabled, read_toml

DISABLED_VARIABLE = "PGCRAFT_DISABLED_EXTENSIONS"
"""A list of names divided by commas; they add to those of the project."""

_override: ContextVar[frozenset[str] | None] = ContextVar("pgcraft_disabled_extensions", default=None)
_read_folders: dict[str, tuple[tuple[str, ...], tuple[int, ...], frozenset[str]]] = {}
"""By folder: the files that may say it, when each was changed, and what they say."""


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
    """Read what the project around a folder says, again only when a file that could say it changed, came or went."""
    known = _read_folders.get(folder)
    if known is None or known[1] != _look_at(known[0]):
        files = tuple(map(str, list_project_files(Path(folder))))
        known = _read_folders[folder] = (files, _look_at(files), _read_file(Path(files[-1])))
    return known[2]


def _look_at(files: tuple[str, ...]) -> tuple[int, ...]:
    """Return when each file was changed, 0 where there is none."""
    return tuple(map(_find_change, files))


def _find_change(file: str) -> int:
    try:
        return os.stat(file).st_mtime_ns  # noqa: PTH116  as above
    except OSError:
        return 0


def _read_file(path: Path) -> frozenset[str]:
    table = find_table(read_toml(path), path) if path.is_file() else None
    return frozenset(read_disabled(table, path) if table is not None else ())
