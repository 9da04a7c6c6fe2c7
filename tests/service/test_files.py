"""Files appear whole or not at all."""

import subprocess
import threading
from pathlib import Path

import pytest

from pgcraft.errors import PGCraftConfigError
from pgcraft.service.files import replace_file, write_new_file


def test_a_new_file_is_never_written_over_another(tmp_path: Path):
    """Two sessions write the same revision."""
    path = tmp_path / "sub" / "a.py"
    write_new_file(path, b"one")
    with pytest.raises(PGCraftConfigError, match="PGC020"):
        write_new_file(path, b"two")
    assert b"one" == path.read_bytes()
    assert [path] == list(path.parent.iterdir())


def test_of_many_writers_one_wins(tmp_path: Path):
    """Looking whether a file is there, and then writing, would let two pass."""
    path = tmp_path / "a.py"
    won: list[bytes] = []

    def write(content: bytes) -> None:
        try:
            write_new_file(path, content)
            won.append(content)
        except PGCraftConfigError:
            pass

    threads = [threading.Thread(target=write, args=(b"%d" % number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [path.read_bytes()] == won
    assert [path] == list(tmp_path.iterdir())


def test_replacing_keeps_mode_and_link(tmp_path: Path):
    """A pyproject.toml may be a symbolic link into a dotfiles folder."""
    target = tmp_path / "real.toml"
    target.write_bytes(b"old")
    target.chmod(0o640)
    link = tmp_path / "pyproject.toml"
    link.symlink_to(target)
    replace_file(link, b"new")
    assert link.is_symlink()
    assert (b"new", 0o640) == (target.read_bytes(), target.stat().st_mode & 0o777)


def test_a_full_disk_leaves_the_old_file_and_nothing_else(tmp_path: Path):
    """The worst moment to lose a pyproject.toml."""
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", tmp_path], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("no right to mount a small file system")
    try:
        path = tmp_path / "pyproject.toml"
        path.write_bytes(b"old")
        with pytest.raises(PGCraftConfigError, match="No space left"):
            replace_file(path, b"x" * 200_000)
        with pytest.raises(PGCraftConfigError, match="PGC021"):
            write_new_file(tmp_path / "new.py", b"x" * 200_000)
        assert b"old" == path.read_bytes()
        assert [path] == list(tmp_path.iterdir())
    finally:
        subprocess.run(["umount", tmp_path], check=True)


def test_a_folder_without_the_right_to_write_says_so(tmp_path: Path):
    """/dev/full is refused even to root; a read-only folder is not."""
    with pytest.raises(PGCraftConfigError, match="PGC021"):
        write_new_file(Path("/proc/nothing/here.py"), b"")
