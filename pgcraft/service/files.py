"""Writing files so that a reader, a crash or a full disk never meets half of one."""

import contextlib
import errno
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

from pgcraft.errors import PGCraftConfigError

_NO_HARD_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK, errno.EXDEV})


def write_new_file(path: Path, content: bytes) -> None:
    """Write a file that must not exist yet; it appears whole or not at all. Missing folders are made.

    Raises:
        PGCraftConfigError: PGC020, a file of this name is there already; PGC021, the disk refused.
    """
    with _mapped(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = _write_beside(path, content)
        try:
            _link(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)
        _sync_folder(path.parent)


def replace_file(path: Path, content: bytes) -> None:
    """Write a file over what is there, in one step; its mode stays, a symbolic link keeps pointing to it.

    Raises:
        PGCraftConfigError: PGC021, the disk refused; the old content is untouched.
    """
    with _mapped(path):
        target = path.resolve()
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = _write_beside(target, content)
        try:
            if target.exists():
                shutil.copymode(target, temporary)
            temporary.replace(target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        _sync_folder(target.parent)


def _write_beside(path: Path, content: bytes) -> Path:
    """Write to a hidden file in the same folder, down to the disk; nothing is left when that fails."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    handle = os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def _link(temporary: Path, path: Path) -> None:
    """Give the finished file its name, failing when the name is taken."""
    try:
        os.link(temporary, path)
    except OSError as error:
        if error.errno not in _NO_HARD_LINKS:
            raise
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY))  # takes the name where links are unknown
        temporary.replace(path)


def _sync_folder(folder: Path) -> None:
    with contextlib.suppress(OSError):  # some file systems refuse it; the file itself is safe
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextlib.contextmanager
def _mapped(path: Path) -> Iterator[None]:
    try:
        yield
    except FileExistsError as error:
        raise PGCraftConfigError(
            "PGC020",
            f"{path} is there already, and nothing was written",
            remedy="choose another name, or move that file away",
        ) from error
    except OSError as error:
        raise PGCraftConfigError(
            "PGC021",
            f"{path} could not be written: {error.strerror or error}",
            remedy="what was there before is untouched; make room or give the right, then try again",
        ) from error
