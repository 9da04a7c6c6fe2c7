"""Alembic's tests against one database, and how each ended."""

import contextlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

import psycopg

from pgcraft.devdb.server.binaries import find_embedded_binaries, find_system_binaries
from pgcraft.devdb.server.servers import Server, start_server

ROOT = Path(__file__).resolve().parents[2]
_AUTOGENERATE = (
    "autogen_check_constraints",
    "autogen_composition",
    "autogen_diffs",
    "autogen_indexes",
    "autogen_render",
)
_POSTGRESQL = (*_AUTOGENERATE, "postgresql", "suite")
_OF_TOOLS = frozenset({"post_write", "stubs"})
"""They run formatters that are not here."""

# What Alembic's README.unittests.rst asks for, and the extensions and the collation that some tests look for.
_SETUP = (
    *("CREATE SCHEMA test_schema", "CREATE SCHEMA test_schema_2"),
    *(f"CREATE EXTENSION {name}" for name in ("hstore", "citext", "btree_gist")),
    'CREATE COLLATION "en_US" FROM "C"',
)


@dataclass(frozen=True)
class Peer:
    """A database, and the tests that are run against it.

    Attributes:
        name: for people.
        url: as SQLAlchemy takes it.
        files: of Alembic's tests, by the middle of their names.
    """

    name: str
    url: str
    files: tuple[str, ...]


def open_peers(source: Path) -> Iterator[Peer]:
    """Start one server after the other, the embedded one and the system's; SQLite comes last, and runs everything."""
    known = (find_embedded_binaries(), *find_system_binaries())
    for binaries in {found.major: found for found in reversed(known) if found}.values():
        with start_server(binaries) as server:
            _set_up(server)
            yield Peer(f"PostgreSQL {server.version}", server.url("test"), _POSTGRESQL)
    everything = {path.stem.removeprefix("test_") for path in source.glob("tests/test_*.py")}
    yield Peer("SQLite", "sqlite:///:memory:", tuple(sorted(everything - _OF_TOOLS)))


def _set_up(server: Server) -> None:
    for database, statements in (("postgres", ("CREATE DATABASE test",)), ("test", _SETUP)):
        with contextlib.closing(psycopg.connect(server.conninfo(database), autocommit=True)) as connection:
            for statement in statements:
                connection.execute(statement)


def run_tests(source: Path, peer: Peer, *, is_loaded: bool) -> dict[str, str]:
    """Run the tests against a database; those that were skipped are left out.

    Args:
        source: the folder of Alembic's source.
        is_loaded: with pgcraft.

    Returns:
        For each test the first line of its failure, empty where it passed.

    Raises:
        RuntimeError: the tests did not run.
    """
    report = source.parent / f"{peer.name}{' with pgcraft' if is_loaded else ''}.xml"
    report.unlink(missing_ok=True)
    options = ["-p", "xdist", "-o", "addopts=", "--tb=short", "--quiet", f"--junitxml={report}", f"--dburi={peer.url}"]
    options += ["-p", "tools.peers.loaded"] if is_loaded else []
    run = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *(f"tests/test_{name}.py" for name in peer.files)],
        cwd=source,
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
    )
    report.with_suffix(".log").write_text(run.stdout + run.stderr, encoding="utf-8")
    if not report.is_file():
        raise RuntimeError(
            f"pytest did not run, {report.with_suffix('.log')}:\n{run.stdout[-2000:]}{run.stderr[-2000:]}"
        )
    return dict(_read(report))


def _read(report: Path) -> Iterator[tuple[str, str]]:
    for case in ET.parse(report).iter("testcase"):
        if case.find("skipped") is not None:
            continue
        # Alembic names the driver and the version of the server in the classes of tests that any server runs.
        class_ = re.sub(r"_(postgresql|sqlite)\+\w+?(_\d+)*$", "", case.attrib["classname"].removeprefix("tests."))
        failures = [*case.iter("failure"), *case.iter("error")]
        said = failures[0].get("message", "").partition("\n")[0] or "failed" if failures else ""
        yield f"{class_}::{case.attrib['name']}", said
