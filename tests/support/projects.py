"""A project in a folder, as a user has it, and its commands as subprocesses."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.support.databases import Database
from tests.support.patience import PATIENCE_S

BIN = Path(sys.executable).parent

ALEMBIC_INI = """\
[alembic]
script_location = %(here)s/migrations
prepend_sys_path = .
path_separator = os
sqlalchemy.url = driver://set-by-env
"""

# The wiring of the seeds: the hook before the models, configure_metadata after, the directives in both configures.
ENV_PY = """\
import os

from alembic import context
from sqlalchemy import create_engine, pool

from pgcraft.alembic.register import (
    pgcraft_alembic_hook,
    pgcraft_configure_metadata,
    pgcraft_process_revision_directives,
)

pgcraft_alembic_hook()

import models  # noqa: E402

pgcraft_configure_metadata(models.metadata, getattr(models, "config", None))

if context.is_offline_mode():
    context.configure(
        dialect_name="postgresql",
        target_metadata=models.metadata,
        literal_binds=True,
        include_schemas=True,
        process_revision_directives=pgcraft_process_revision_directives,
    )
    with context.begin_transaction():
        context.run_migrations()
else:
    with create_engine(os.environ["DATABASE_URL"], poolclass=pool.NullPool).connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=models.metadata,
            include_schemas=True,
            process_revision_directives=pgcraft_process_revision_directives,
        )
        with context.begin_transaction():
            context.run_migrations()
"""

SCRIPT_MAKO = '''\
"""${message}

Revision ID: ${up_revision}
Revises: ${down_revision | comma,n}
Create Date: ${create_date}

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa
${imports if imports else ""}

revision: str = ${repr(up_revision)}
down_revision: Union[str, Sequence[str], None] = ${repr(down_revision)}
branch_labels: Union[str, Sequence[str], None] = ${repr(branch_labels)}
depends_on: Union[str, Sequence[str], None] = ${repr(depends_on)}


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    ${downgrades if downgrades else "pass"}
'''


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    status: int
    stdout: str
    stderr: str

    @property
    def output(self) -> str:
        """Both streams, for messages."""
        return self.stdout + self.stderr


@dataclass(frozen=True)
class Project:
    """A folder with models, alembic.ini and migrations.

    Attributes:
        environment: variables beyond the usual ones, for every command.
    """

    root: Path
    environment: dict[str, str]

    def write(self, path: str, text: str) -> Path:
        """Write a file, making its folders."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        return target

    def run(self, *command: str, check: bool = True, stdin: str | None = None, **environment: str) -> Done:
        """Run a command of the environment (``alembic``, ``pgcraft``, ``psql``, ``python``) in the folder.

        ``check`` fails the test on an exit status other than 0. ``environment`` adds variables.
        """
        values = self._variables(environment)
        done = subprocess.run(
            command,
            cwd=self.root,
            env=values,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE_S,
        )
        result = Done(done.returncode, done.stdout, done.stderr)
        assert not check or result.status == 0, f"{' '.join(command)} gave {result.status}\n{result.output}"
        return result

    def start(self, *command: str, **environment: str) -> "subprocess.Popen[bytes]":
        """Start a command that goes on, such as a web server; its output goes to one pipe."""
        values = self._variables(environment)
        return subprocess.Popen(command, cwd=self.root, env=values, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def _variables(self, environment: dict[str, str]) -> dict[str, str]:
        values = {**os.environ, **self.environment, **environment}
        values["PATH"] = f"{BIN}{os.pathsep}{values.get('PATH', os.defpath)}"
        return values

    def alembic(self, *arguments: str, check: bool = True, **environment: str) -> Done:
        """Run ``alembic`` in the folder."""
        return self.run("alembic", *arguments, check=check, **environment)

    def pgcraft(self, *arguments: str, check: bool = True, **environment: str) -> Done:
        """Run ``pgcraft`` in the folder."""
        return self.run("pgcraft", *arguments, check=check, **environment)

    def autogenerate(self, message: str = "change", **environment: str) -> Path:
        """Make a revision with ``alembic revision --autogenerate`` and give its file."""
        before = set(self.revisions)
        self.alembic("revision", "--autogenerate", "-m", message, **environment)
        (made,) = set(self.revisions) - before
        return made

    @property
    def revisions(self) -> tuple[Path, ...]:
        """The revision files, by name."""
        return tuple(sorted((self.root / "migrations/versions").glob("*.py")))


def make_project(
    root: Path, database: Database | None, *, models: str, pyproject: str | None = None, env_py: str = ENV_PY
) -> Project:
    """Fill a folder as a user has it; commands find the database in DATABASE_URL, libpq programs too."""
    environment = {"PYTHONDONTWRITEBYTECODE": "1"}
    if database:
        environment |= {"DATABASE_URL": database.url, "PGHOST": str(database.server.directory), "PGPORT": "5432"}
        environment |= {"PGUSER": "postgres", "PGDATABASE": database.name}
    project = Project(root, environment)
    project.write("models.py", models)
    project.write("alembic.ini", ALEMBIC_INI)
    project.write("migrations/env.py", env_py)
    project.write("migrations/script.py.mako", SCRIPT_MAKO)
    (root / "migrations/versions").mkdir(exist_ok=True)
    if pyproject is not None:
        project.write("pyproject.toml", pyproject)
    return project
