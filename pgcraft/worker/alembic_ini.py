"""Reads a project's alembic.ini, and says which file to mend and how where it cannot be used."""

from collections.abc import Iterator
from configparser import DuplicateOptionError, DuplicateSectionError, Error, MissingSectionHeaderError, ParsingError
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

from alembic.config import Config

from pgcraft.errors import PGCraftConfigError, Place
from pgcraft.service.types import Project

SECTION = "alembic"
LOCATION = "script_location"
_SHORTEST = f"[{SECTION}]\n{LOCATION} = %(here)s/migrations"


def read_alembic_ini(path: Path, root: Path, output: StringIO | None = None) -> Config:
    """Return what an alembic.ini says.

    Args:
        path: the file.
        root: the project's folder.
        output: where Alembic writes SQL to.

    Raises:
        PGCraftConfigError: PGC025, it cannot be read, is no ini file, or has no ``[alembic]``.
    """
    config = Config(str(path), output_buffer=output) if output else Config(str(path))
    with reading(path, root):
        path.read_bytes()  # which the parser would pass over without a word where it cannot
        parser = config.file_config
    if not parser.has_section(SECTION):
        raise _wrong(path, root, f"it has no [{SECTION}]", f"add these lines to it:\n{_SHORTEST}")
    return config


def check_location(config: Config, project: Project) -> None:
    """See to it that a config says where migrations are.

    Raises:
        PGCraftConfigError: PGC025, it does not.
    """
    if project.alembic_ini is not None:
        with reading(project.alembic_ini, project.root):
            location = config.get_main_option(LOCATION)
        if not location:
            line = _SHORTEST.partition("\n")[2]
            what = f"it does not say where the migrations are: [{SECTION}] has no {LOCATION}"
            raise _wrong(project.alembic_ini, project.root, what, f"add this line below [{SECTION}]:\n{line}")


def read_search_folders(project: Project) -> list[Path]:
    """Return the folders of ``prepend_sys_path``.

    Raises:
        PGCraftConfigError: PGC025, alembic.ini cannot be used.
    """
    if project.alembic_ini is None:
        return []
    config = read_alembic_ini(project.alembic_ini, project.root)
    with reading(project.alembic_ini, project.root):
        folders = config.get_prepend_sys_paths_list() or []
    return [project.root / folder for folder in folders]


@contextmanager
def reading(path: Path, root: Path) -> Iterator[None]:
    """Make whatever reading an alembic.ini raises PGC025."""
    try:
        yield
    except OSError as error:
        what, remedy = f"it cannot be read: {error.strerror or error}", "give the right to read it"
        raise _wrong(path, root, what, remedy) from error
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        what = f"it is not text in {error.encoding}: byte {error.object[error.start]:#04x}"
        raise _wrong(path, root, what, "save it in UTF-8", line) from error
    except MissingSectionHeaderError as error:
        what = f"{error.line.strip()!r} stands before any section"
        raise _wrong(path, root, what, f"begin it with these lines:\n{_SHORTEST}", error.lineno) from error
    except ParsingError as error:
        line = error.errors[0][0]
        text = path.read_text(encoding="utf-8", errors="replace").splitlines()[line - 1]
        raise _wrong(path, root, f"{text.strip()!r} is no line of an ini file", "write name = value", line) from error
    except DuplicateOptionError as error:
        what = f"{error.option} stands twice in [{error.section}]"
        raise _wrong(path, root, what, "take one of them out", error.lineno or 0) from error
    except DuplicateSectionError as error:
        what = f"there are two sections [{error.section}]"
        raise _wrong(path, root, what, "make them one", error.lineno or 0) from error
    except (Error, ValueError) as error:
        said = " ".join(str(error).split())
        raise _wrong(path, root, said, "mend that; a percent sign is written as %%") from error


def _wrong(path: Path, root: Path, what: str, remedy: str, line: int = 0) -> PGCraftConfigError:
    shown = path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
    return PGCraftConfigError("PGC025", f"{shown} cannot be used: {what}", place=Place(shown, line), remedy=remedy)
