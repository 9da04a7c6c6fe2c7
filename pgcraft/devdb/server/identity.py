"""As whom a server runs: PostgreSQL refuses root. Runs in the guard, standard library only."""

import ctypes
import errno
import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

CLONE_NEWUSER = 0x10000000
PR_SET_PDEATHSIG = 1
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}
FALLBACK_USERS = ("postgres", "nobody")


@dataclass(frozen=True)
class Identity:
    """How a program of PostgreSQL is started.

    Attributes:
        bindir: the folder to start it from; a copy when its user cannot reach the given one.
        prepare: runs in the new process before the program.
        owner: uid and gid that must own the data directory; None when the directory's maker does.
    """

    bindir: Path
    prepare: Callable[[], None]
    owner: tuple[int, int] | None = None


def choose_identity(bindir: Path, copy_to: Path, *, allow_namespace: bool = True) -> Identity:
    """Return the first way that works to run these programs here.

    A normal user runs them as they are; one without a name, as containers have them, in a user namespace where it has
    one: initdb asks for it. Root runs them in a user namespace, or where the machine forbids that, as ``postgres`` or
    ``nobody``; programs out of that user's reach are copied to ``copy_to`` first.

    Raises:
        OSError: no way works.
    """
    if os.getuid() != 0:
        renamed = Identity(bindir, _enter_namespace)
        has_name = _has_name(os.getuid()) or not allow_namespace or not _runs(renamed)
        return Identity(bindir, die_with_parent) if has_name else renamed
    ways = [Identity(bindir, _enter_namespace)] if allow_namespace else []
    for name in FALLBACK_USERS:
        owner = _find_user(name)
        if owner:
            ways.append(Identity(bindir, _become(*owner), owner))
    for way in ways:
        if _runs(way):
            return way
    for way in ways:
        if way.owner and _runs(moved := Identity(copy_programs(bindir, copy_to), way.prepare, way.owner)):
            return moved
    raise OSError(errno.EPERM, "root may neither make a user namespace nor run them as another user", str(bindir))


def copy_programs(bindir: Path, target: Path) -> Path:
    """Copy an installation to where every user can read it, with the libraries that a wheel keeps beside it.

    Opens ``target`` and its folder for everyone.
    """
    package = bindir.parent.parent
    libraries = package.with_name(package.name + ".libs")
    copied = target / package.name / bindir.parent.name
    shutil.copytree(bindir.parent, copied, symlinks=True, dirs_exist_ok=True)
    if libraries.is_dir():
        shutil.copytree(libraries, target / libraries.name, dirs_exist_ok=True)
    for path in (target.parent, target, target / package.name):
        path.chmod(0o755)
    return copied / bindir.name


def die_with_parent() -> None:
    """Ask the kernel to send SIGQUIT, an immediate shutdown, when the guard dies by SIGKILL (Linux only)."""
    libc = ctypes.CDLL(None, use_errno=True)
    if hasattr(libc, "prctl"):
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGQUIT)


def _enter_namespace() -> None:
    """Become, for this process and its children alone, a user with a name who is not root."""
    uid, gid = os.getuid(), os.getgid()
    inside = next(entry for entry in pwd.getpwall() if entry.pw_uid)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWUSER):
        raise OSError(ctypes.get_errno(), "unshare")
    Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
    Path("/proc/self/uid_map").write_text(f"{inside.pw_uid} {uid} 1", encoding="ascii")
    Path("/proc/self/gid_map").write_text(f"{inside.pw_gid} {gid} 1", encoding="ascii")
    die_with_parent()


def _become(uid: int, gid: int) -> Callable[[], None]:
    def prepare() -> None:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
        die_with_parent()

    return prepare


def _find_user(name: str) -> tuple[int, int] | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return entry.pw_uid, entry.pw_gid


def _has_name(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def _runs(identity: Identity) -> bool:
    try:
        done = subprocess.run(
            [identity.bindir / "postgres", "--version"],
            preexec_fn=identity.prepare,
            env=ENVIRONMENT,
            cwd="/",
            capture_output=True,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0
