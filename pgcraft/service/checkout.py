"""A project as it was at a revision of git, for a moment; nothing is left behind, nor in the repository."""

import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pgcraft.errors import PGCraftConfigError, PGCraftError
from pgcraft.service.project import find_project
from pgcraft.service.project_settings import read_settings
from pgcraft.service.types import Project

_QUIET = ("-c", "core.hooksPath=/dev/null", "-c", "core.sparseCheckout=false", "-c", "core.fsmonitor=false")
"""The user's hooks are for the user's own commands; a part that is not checked out may hold the models."""


@dataclass(frozen=True)
class Commit:
    """A commit as the user reads it."""

    revision: str
    id: str
    subject: str

    def __str__(self) -> str:
        return f'{self.revision} ({self.id[:12]} "{self.subject}")'


def find_commit(project: Project, revision: str) -> Commit:
    """Return the commit that a revision of git stands for.

    Raises:
        PGCraftConfigError: PGC028, the project is in no repository of git, or that has no such commit.
    """
    asked = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    commit = _git(project.root, *asked, what=f'git knows no commit "{revision}"')
    return Commit(revision, commit, _git(project.root, "log", "-1", "--format=%s", commit))


@contextmanager
def checked_out(project: Project, commit: Commit) -> Iterator[Project]:
    """Return the project as it was at a commit, in a folder that is gone afterwards.

    Raises:
        PGCraftError: PGC028, git could not write it; PGC001 and others, there was no such project then; whatever is
            raised inside says which commit it is of.
    """
    top = Path(_git(project.root, "rev-parse", "--show-toplevel"))
    with tempfile.TemporaryDirectory(prefix="pgcraft-commit-") as made:
        folder = Path(made).resolve()
        index = {"GIT_INDEX_FILE": str(folder / "index")}
        tree = folder / "tree"
        (tree / ".git").mkdir(parents=True)  # nobody looks for a project further up
        _git(top, "read-tree", commit.id, environment=index)
        _git(top, "checkout-index", "--all", "--quiet", f"--prefix={tree}/", environment=index)
        try:
            yield _find(project, tree / project.root.resolve().relative_to(top.resolve()))
        except PGCraftError as error:
            error.what = f"at {commit}: {error.what}"
            raise


def _find(project: Project, root: Path) -> Project:
    start = root / project.models if project.pyproject is None and project.alembic_ini is None else root
    set_now = read_settings(project.pyproject).disabled if project.pyproject else ()
    of_this_run = set(project.disabled).difference(set_now)
    return find_project(start, disable=tuple(of_this_run))


def _git(folder: Path, *arguments: str, what: str = "", environment: Mapping[str, str] | None = None) -> str:
    command = ["git", *_QUIET, "-C", str(folder), *arguments]
    try:
        done = subprocess.run(
            command,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError as error:
        raise PGCraftConfigError("PGC028", f"git does not run: {error.strerror}", remedy="install git") from error
    if done.returncode:
        told = done.stderr.strip()
        raise PGCraftConfigError(
            "PGC028",
            told.splitlines()[0] if told else what or f"git {arguments[0]} failed",
            remedy="name a commit, branch or tag of the repository that the project is in: --from HEAD~1",
            detail=told,
        )
    return done.stdout.strip()
