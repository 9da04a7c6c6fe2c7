"""The ``[tool.pgcraft]`` table: which pyproject.toml counts in a folder, and what it says of extensions."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pgcraft.errors import PGCraftConfigError, Place

PROJECT_FILE = "pyproject.toml"
ALEMBIC_INI = "alembic.ini"
TABLE = "[tool.pgcraft]"
_LINE = re.compile(r"\(at line (\d+)")

Toml = dict[str, Any]


def walk_to_root(folder: Path) -> Iterator[Path]:
    """Return a folder and those above it, up to a project's root or the root of its repository."""
    for candidate in (folder, *folder.parents):
        yield candidate
        if is_root(candidate) or (candidate / ".git").exists():
            return


def is_root(folder: Path) -> bool:
    """Whether a project begins here: with the table, or with an alembic.ini."""
    path = folder / PROJECT_FILE
    has_table = path.is_file() and find_table(read_toml(path), path) is not None
    return has_table or (folder / ALEMBIC_INI).is_file()


def list_project_files(folder: Path) -> tuple[Path, ...]:
    """Return where the table could stand for a folder, nearest first; the last counts: it is that of the project."""
    return tuple(each / PROJECT_FILE for each in walk_to_root(folder))


def read_toml(path: Path) -> Toml:
    """Parse a TOML file.

    Raises:
        PGCraftConfigError: PGC011, it is not TOML, with the line; PGC004, it cannot be read.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise PGCraftConfigError(
            "PGC004", f"{path} cannot be read: {error.strerror}", remedy="give the right to read it"
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        found = _LINE.search(str(error))
        raise PGCraftConfigError(
            "PGC011",
            f"{path} is not TOML: {error}",
            place=Place(str(path), int(found[1]) if found else 0),
            remedy="mend that line",
        ) from error


def find_table(content: Toml, path: Path) -> Toml | None:
    """Return the table of a parsed file, or None.

    Raises:
        PGCraftConfigError: PGC003, what stands there is no table.
    """
    tool = content.get("tool")
    table = tool.get("pgcraft") if isinstance(tool, dict) else None
    if table is not None and not isinstance(table, dict):
        raise wrong_setting(path, f"tool.pgcraft is {table!r}, not a table", f"write {TABLE} on a line of its own")
    return table


def read_disabled(table: Toml, path: Path) -> tuple[str, ...]:
    """Return the names of the extensions that a table switches off, in its order.

    Raises:
        PGCraftConfigError: PGC010, they are no list of names.
    """
    names = table.get("disabled_extensions", [])
    if isinstance(names, list) and all(isinstance(name, str) for name in names):
        return tuple(names)
    raise wrong_setting(
        path,
        f"disabled_extensions is {names!r}, not a list of extensions' names",
        'write disabled_extensions = ["audit"]',
        code="PGC010",
    )


def wrong_setting(path: Path, what: str, remedy: str, *, code: str = "PGC003") -> PGCraftConfigError:
    """Return the error for a setting, at the line of the table's header."""
    return PGCraftConfigError(code, what, place=Place(str(path), _find_line(path), TABLE), remedy=remedy)


def _find_line(path: Path) -> int:
    """Return the line of the table's header; 0 when it is written another way."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return next((number for number, line in enumerate(lines, 1) if line.split("#")[0].strip() == TABLE), 0)
