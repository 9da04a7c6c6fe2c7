"""Runs Alembic with the user's own ``env.py``, on the development database and on no other."""

import logging
import re
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any

from alembic import command
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext, MigrationStep
from alembic.script import Script, ScriptDirectory
from alembic.script.revision import RevisionError
from alembic.util import CommandError
from sqlalchemy.exc import DBAPIError

from pgcraft.errors import PGCraftConfigError, PGCraftDatabaseError, PGCraftError, PGCraftPlanError, Place
from pgcraft.installed.disabled import as_a_shell_has_it
from pgcraft.service.heads import Position
from pgcraft.service.types import Head, Project
from pgcraft.worker.alembic_ini import check_location, read_alembic_ini, reading
from pgcraft.worker.failures import first_line, map_failure
from pgcraft.worker.heads import choose_followed, choose_head, list_heads
from pgcraft.worker.paths import show_file
from pgcraft.worker.redirect import Redirection, only_to

OFFLINE_URL = "postgresql+psycopg://offline/offline"
"""What ``env.py`` sees as ``sqlalchemy.url`` while SQL is exported; nothing is there."""

_ALONE = "put it into a block of its own there: with op.get_context().autocommit_block():"
_REMEDIES = {
    "25001": _ALONE,  # CREATE INDEX CONCURRENTLY and the like inside of a transaction
    "42501": "migrations run as a plain owner of the database with CREATEROLE; where a superuser deploys, say so: "
    '[tool.pgcraft] deploy_as = "superuser"',
    "55P04": f"the value is not committed yet: where it is added, {_ALONE}",
}

_NO_FOLDER = re.compile(r"Path doesn't exist: (.*?)\.  Please use")

OnStep = Callable[[int, str], None]
FindSteps = Callable[[Any], Iterable[Any]]
"""Gives the steps to run, from where a database stands."""
Marks = list[tuple[Script, int]]


class Migrations:
    """The migrations of a project, run on one database.

    Args:
        project: with an alembic.ini.
        url: SQLAlchemy URL of the only database that may be reached; None for offline mode.
        extra_folder: a folder with further revisions, beside those of the project.

    Raises:
        PGCraftConfigError: PGC025, its alembic.ini cannot be used.
    """

    def __init__(self, project: Project, url: str | None, *, extra_folder: Path | None = None) -> None:
        self.project = project
        self.url = url or OFFLINE_URL
        self._is_offline = url is None
        self._output = StringIO()
        self.redirection = Redirection()
        for name in ("migration", "plugins"):
            logging.getLogger(f"alembic.runtime.{name}").addFilter(_is_warning)
        self.config = read_alembic_ini(project.alembic_ini or project.root, project.root, self._output)
        check_location(self.config, project)
        self.config.set_main_option("sqlalchemy.url", self.url.replace("%", "%%"))
        if extra_folder is not None:
            folders = [*map(str, self.folders), str(extra_folder)]
            self.config.set_main_option("path_separator", "newline")
            self.config.set_main_option("version_locations", "\n".join(folders).replace("%", "%%"))

    @property
    def script(self) -> ScriptDirectory:
        """The revisions as they are on disk now."""
        with self.mapped():
            with reading(self.project.alembic_ini or self.project.root, self.project.root):
                script = ScriptDirectory.from_config(self.config)
            check_present(Path(script.env_py_location))
            return script

    @property
    def template(self) -> Path:
        """What a new revision's file is made of."""
        return Path(self.script.dir) / "script.py.mako"

    @property
    def folders(self) -> tuple[Path, ...]:
        """Where revisions stand; new ones go where the newest one is."""
        return tuple(Path(folder) for folder in self.script._version_locations)  # noqa: SLF001  has no public name

    def list_standing(self) -> tuple[str, ...]:
        """Return where a database stands that has all: the heads that no other depends on."""
        with self.mapped():
            return _list_standing(self.script)

    def list_heads(self) -> tuple[Head, ...]:
        """Return the heads of the history, sorted.

        Raises:
            PGCraftPlanError: PGC412, a revision cannot be read, or the history is broken.
        """
        with self.mapped():
            return list_heads(self.script)

    def find_followed(self, position: Position) -> Head | None:
        """Return what a revision at a position follows; None for a new base, and before the first revision.

        Raises:
            PGCraftConfigError: PGC005, there is no such head, or no such revision to splice on.
            PGCraftPlanError: PGC413, there are several heads, and none is named.
        """
        with self.mapped():
            return choose_followed(self.script, position)

    def list_followers(self, head: Head | None) -> tuple[str, ...]:
        """Return the revisions that follow one; those that follow none where there is none."""
        with self.mapped():
            script = self.script
            return tuple(sorted(script.get_revision(head.revision).nextrev if head else script.get_bases()))

    def get_single_head(self, name: str = "") -> Head | None:
        """Return the head, None before the first revision; of several the one that is named.

        Args:
            name: its revision, the beginning of that, or the label of its branch.

        Raises:
            PGCraftConfigError: PGC005, there is no head of this name.
            PGCraftPlanError: PGC413, there are several, and none is named.
        """
        with self.mapped():
            return choose_head(self.script, name)

    def count(self, head: str = "") -> int:
        """How many revisions there are; or those that lead to a head."""
        with self.mapped():
            if head:
                start: Any = ()  # which Alembic takes, though it says a string
                return len(self.script._upgrade_revs(head, start))  # noqa: SLF001  as upgrade does
            return sum(1 for _ in self.script.walk_revisions())

    def upgrade(self, target: str = "heads", *, on_step: OnStep | None = None) -> None:
        """Run revisions up to a target.

        Args:
            target: a revision, ``heads``, or a relative one.
            on_step: told the number of each revision, from 1, and its id, before it runs.
        """

        def list_steps(current: Any, _context: MigrationContext) -> Iterator[Any]:  # as in alembic.command.upgrade
            for number, step in enumerate(script._upgrade_revs(target, current), 1):  # noqa: SLF001
                if on_step is not None:
                    on_step(number, step.revision.revision)
                yield step

        def run() -> None:
            with EnvironmentContext(self.config, script, fn=list_steps, destination_rev=target):
                script.run_env()

        script = self.script
        self._run(run)

    def list_revisions(self) -> tuple[Script, ...]:
        """Return every revision, each after those that it follows.

        Raises:
            PGCraftPlanError: PGC412, a revision cannot be read, or the history is broken.
        """
        with self.mapped():
            return tuple(reversed(tuple(self.script.walk_revisions())))

    def run_one(self, revision: str, *, is_up: bool) -> None:
        """Run one revision up or down; those that it follows, and no other that follows it, have run."""
        script = self.script

        def list_steps(_current: Any, _context: MigrationContext) -> list[MigrationStep]:
            return [make_step(script, revision, is_up=is_up)]

        def run() -> None:
            with EnvironmentContext(self.config, script, fn=list_steps, destination_rev=revision):
                script.run_env()

        self._run(run)

    def look(self) -> MigrationContext | None:
        """Run ``env.py`` for what it says to Alembic, and no revision; None where it runs no migrations.

        Raises:
            PGCraftError: whatever ``env.py`` or the models raised.
        """
        seen: list[MigrationContext] = []

        def note(_current: Any, context: MigrationContext) -> list[Any]:
            seen.append(context)
            return []

        def run() -> None:
            with EnvironmentContext(self.config, script, fn=note, as_sql=self._is_offline, dont_mutate=True):
                script.run_env()

        script = self.script
        self._run(run)
        return seen[0] if seen else None

    def downgrade(self, target: str) -> None:
        """Take revisions back down to a target."""
        self._run(lambda: command.downgrade(self.config, target))

    def write(self, start: str | tuple[str, ...], end: str, find: FindSteps) -> tuple[str, Marks]:
        """Return the SQL of steps, and where that of each begins.

        Args:
            start: the heads that have run; ``heads`` for all.
            end: where the steps lead.
            find: gives them.
        """
        marks: Marks = []

        def list_steps(current: Any, _context: MigrationContext) -> Iterator[Any]:
            for step in find(current):
                marks.append((step.revision, self._output.tell()))
                yield step

        def run() -> None:
            arguments: dict[str, Any] = {"starting_rev": _list_standing(script) if start == "heads" else start}
            with EnvironmentContext(self.config, script, fn=list_steps, as_sql=True, destination_rev=end, **arguments):
                script.run_env()

        script = self.script
        self._output.seek(0)
        self._output.truncate()
        self._run(run)
        return self._output.getvalue(), marks

    @contextmanager
    def mapped(self) -> Iterator[None]:
        """Make whatever the user's ``env.py``, their revisions, Alembic or PostgreSQL raise one of our errors."""
        try:
            yield
        except PGCraftError as error:
            raise map_failure(error, self.project.root) from error
        except (CommandError, RevisionError) as error:
            if found := _NO_FOLDER.match(str(error)):
                check_present(Path(found[1]))
            raise PGCraftPlanError("PGC412", f"Alembic: {error}", remedy=_remedy(str(error))) from error
        except DBAPIError as error:
            raise self._refused(error) from error
        except (Exception, SystemExit) as error:
            if isinstance(error, KeyError) and _is_alembics(error):
                raise self._lost(str(error.args[0])) from error
            raise map_failure(error, self.project.root, during="running the migrations") from error

    @contextmanager
    def redirected(self) -> Iterator[None]:
        """Inside, ``env.py`` reaches the development database and no other, and runs as in a shell otherwise."""
        url = None if self._is_offline else self.url
        with as_a_shell_has_it(self.project.disabled), only_to(url) as redirection:
            yield
        self.redirection.is_used |= redirection.is_used

    def _run(self, action: Callable[[], None]) -> None:
        with self.mapped(), self.redirected():
            action()

    def _lost(self, revision: str) -> PGCraftPlanError:
        """Say that a revision which others follow is not there, and who follows it."""
        files = (path for folder in self.folders for path in sorted(folder.glob("*.py")))
        lines = ((path, number, line) for path in files for number, line in enumerate(_read_lines(path), 1))
        named = re.compile(rf"""(?<!["'])(?P<quote>["']){re.escape(revision)}(?P=quote)(?!["'])""")
        found = (
            Place(show_file(str(path), self.project.root), number) for path, number, line in lines if named.search(line)
        )
        return PGCraftPlanError(
            "PGC412",
            f'Alembic: a revision follows "{revision}", which is not there',
            place=next(found, None),
            remedy="bring its file back, or let the revision follow another: down_revision",
        )

    def _refused(self, error: DBAPIError) -> PGCraftDatabaseError:
        mapped = map_failure(error, self.project.root)
        found = refused_by(error.orig or error)
        found.place, found.detail = mapped.place, mapped.detail
        return found


def _is_warning(record: logging.LogRecord) -> bool:
    """Whether it is more than what Alembic logs of its own run, which is no part of what the user's code wrote."""
    return record.levelno > logging.INFO


def refused_by(error: BaseException) -> PGCraftDatabaseError:
    """Return the error to show for what PostgreSQL refused, with the way out where there is a usual one."""
    return PGCraftDatabaseError(
        "PGC521",
        f"PostgreSQL refused while the migrations ran: {first_line(error)}",
        remedy=_REMEDIES.get(getattr(error, "sqlstate", None) or "", "mend the revision that is named"),
    )


def _is_alembics(error: Exception) -> bool:
    """Whether it comes out of Alembic's reading of the revisions."""
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    return str(frames[-1].f_globals.get("__name__")).startswith("alembic.script.")


def _list_standing(script: ScriptDirectory) -> tuple[str, ...]:
    return tuple(sorted(revision.revision for revision in script.get_revisions("heads")))


def make_step(script: ScriptDirectory, revision: str, *, is_up: bool) -> MigrationStep:
    """Return one revision's way up or down, whatever else has run."""
    make = MigrationStep.upgrade_from_script if is_up else MigrationStep.downgrade_from_script
    return make(script.revision_map, script.get_revision(revision))


def _read_lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8", errors="replace").splitlines()


def check_present(path: Path) -> None:
    """Raise PGC018 unless a part of the migrations is there."""
    if not path.exists():
        raise PGCraftConfigError(
            "PGC018",
            f"{path} is not there, and the migrations need it",
            remedy='bring it back, or let "pgcraft init" make it, where script_location in alembic.ini says',
        )


def _remedy(text: str) -> str:
    if "locate revision" in text:
        return '"alembic history" lists the revisions'
    return "see what Alembic says about it"
