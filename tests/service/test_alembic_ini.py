"""An alembic.ini that cannot be used is the project's to mend: the file, the line, and what to add are said."""

from pathlib import Path

import pytest

from pgcraft.errors import PGCraftError
from pgcraft.service.project import find_project
from pgcraft.service.scaffold import init_project
from pgcraft.service.types import Project
from pgcraft.worker.alembic_ini import read_alembic_ini
from pgcraft.worker.environment import look_offline
from pgcraft.worker.paths import extend_search_path

LOCATION = "script_location = migrations\n"
BROKEN: dict[str, tuple[bytes, int, str, str]] = {
    "empty": (b"", 0, "it has no [alembic]", "[alembic]\nscript_location = %(here)s/migrations"),
    "another section": (f"[other]\n{LOCATION}".encode(), 0, "it has no [alembic]", "[alembic]\nscript_location"),
    "no section": (LOCATION.encode(), 1, "'script_location = migrations' stands before any section", "begin it with"),
    "prose": (b"[alembic]\nscript_location = a\nfoo\n", 3, "'foo' is no line of an ini file", "write name = value"),
    "twice": (f"[alembic]\n{LOCATION}{LOCATION}".encode(), 3, "script_location stands twice in [alembic]", "take one"),
    "two sections": (f"[alembic]\n{LOCATION}[alembic]\n".encode(), 3, "there are two sections [alembic]", "one"),
    "bytes": (f"[alembic]\n{LOCATION}# caf".encode() + b"\xe9\n", 3, "it is not text in utf-8: byte 0xe9", "UTF-8"),
    "separator": (f"[alembic]\n{LOCATION}prepend_sys_path = .\npath_separator = &\n".encode(), 0, "'&' is not", ""),
    "percent": (b"[alembic]\nscript_location = 50%\nprepend_sys_path = 5%\n", 0, "'%' must be followed by", "%%"),
}
NO_LOCATION: dict[str, tuple[bytes, str]] = {
    "missing": (b"[alembic]\n", "it does not say where the migrations are: [alembic] has no script_location"),
    "blank": (b"[alembic]\nscript_location =\n", "it does not say where the migrations are"),
    "unknown name": (b"[alembic]\nscript_location = %(nope)s\n", "Bad value substitution"),
}


@pytest.fixture
def made(tmp_path: Path) -> Project:
    init_project(tmp_path)
    return find_project(tmp_path)


def write(project: Project, content: bytes) -> None:
    (project.root / "alembic.ini").write_bytes(content)


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_wrong_and_what_to_add_is_said(name: str, made: Project) -> None:
    """It was told as a fault of ours, to be reported with the traceback."""
    content, line, what, remedy = BROKEN[name]
    write(made, content)
    with pytest.raises(PGCraftError) as caught:
        extend_search_path(made)
    error = caught.value
    assert "PGC025" == error.code
    assert error.what.startswith(f"alembic.ini cannot be used: {what}"[:60])
    assert what in error.what
    assert remedy in error.remedy
    assert error.place is not None
    assert ("alembic.ini", line) == (error.place.file, error.place.line)


@pytest.mark.parametrize("name", NO_LOCATION)
def test_migrations_need_a_place(name: str, made: Project) -> None:
    """The models are found without."""
    content, what = NO_LOCATION[name]
    write(made, content)
    extend_search_path(made)
    with pytest.raises(PGCraftError, match=r"PGC025: alembic\.ini cannot be used") as caught:
        look_offline(made)
    assert what in caught.value.what


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """A folder cannot, whoever asks."""
    path = tmp_path / "alembic.ini"
    path.mkdir()
    with pytest.raises(PGCraftError, match=r"PGC025: alembic\.ini cannot be used: it cannot be read: Is a directory"):
        read_alembic_ini(path, tmp_path)
