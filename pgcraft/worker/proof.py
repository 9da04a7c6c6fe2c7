"""Answers `ProveRevision`: a draft is tried with rows in every table, as the role that deploys, online and by file."""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import psycopg

from pgcraft.catalog.objects import Catalog
from pgcraft.devdb.databases import run_script
from pgcraft.errors import PGCraftConfigError, PGCraftError, PGCraftPlanError
from pgcraft.service.heads import BASE, list_heads
from pgcraft.service.requests import ProveRevision
from pgcraft.service.types import Impact, Progress, Proof, ProofStep, Stage
from pgcraft.worker.autogenerate import autogenerate
from pgcraft.worker.importing import Report
from pgcraft.worker.locks import measure, tell
from pgcraft.worker.made import find_differing, read_made
from pgcraft.worker.migrations import Migrations, refused_by
from pgcraft.worker.offline import write_undoing, write_upgrade
from pgcraft.worker.revision import replayed
from pgcraft.worker.rows import Rows, Way
from pgcraft.worker.scratch import Connection, as_superuser, connect, fresh_database

_CONNECTS_OFFLINE = "PGC015"
_NOT_TRIED = "not tried: "

Action = Callable[[], str]
"""Does a step and gives what is worth knowing; raises where it does not hold."""


def prove_revision(request: ProveRevision, report: Report) -> Proof:
    """Try a draft; the first step that fails is the last.

    It goes up, leaves nothing to do, goes down and up on a database that stands at the head before, with rows in every
    table; then from nothing in one go; and both ways by files of SQL.

    Raises:
        PGCraftError: the models, the earlier migrations or the server failed.
    """
    with tempfile.TemporaryDirectory(prefix="pgcraft-") as folder:
        prover = _Prover(request, report, Path(folder))
        steps = tuple(prover.prove())
        return Proof(steps, prover.impacts)


class _Prover:
    """Goes the ways one after the other.

    Attributes:
        impacts: what each statement did, once all ways were gone.
    """

    def __init__(self, request: ProveRevision, report: Report, folder: Path) -> None:
        self._request = request
        self._project = request.project
        self._server = request.server
        self._draft = request.draft
        self._report = report
        self._folder = folder
        self._before = self._draft.heads[0].revision if self._draft.heads else BASE
        self._past = Migrations(request.project, None).list_standing()
        self._total = 7 if self._past else 6
        self._done = 0
        self._made = Catalog()
        self.impacts: tuple[Impact, ...] = ()

    def prove(self) -> Iterator[ProofStep]:
        for way in (self._online, self._from_nothing, self._by_file):
            for step in way():
                yield step
                if not step.held:
                    return

    def _online(self) -> Iterator[ProofStep]:
        with (
            replayed(self._project, self._server, self._report, self._folder) as migrations,
            self._look(migrations.url) as looking,
        ):
            (self._folder / self._draft.path.name).write_text(self._draft.text, encoding="utf-8")
            rows = self._watch(looking, migrations.url)
            name = self._draft.revision
            yield self._try(f"upgrade to {name}", lambda: rows.go(migrations.upgrade, Way.UP))
            yield self._try("nothing left to do", lambda: self._check_nothing_left(migrations))
            undo = partial(migrations.run_one, name, is_up=False)
            yield self._try(f"downgrade to {self._before}", lambda: rows.go(undo, Way.DOWN))
            yield self._try(f"upgrade to {name} again", lambda: rows.go(migrations.upgrade, Way.UP))
            self._made = read_made(looking)

    def _from_nothing(self) -> Iterator[ProofStep]:
        """Run the whole history in one go, where there is more of it than the draft."""
        if not self._past:
            return
        name = self._draft.revision
        with fresh_database(self._server, "whole", self._project.deploy_as) as url, self._look(url) as looking:
            migrations = Migrations(self._project, url, extra_folder=self._folder)
            yield self._try(
                f"upgrade from base to {name}", lambda: self._run(partial(migrations.upgrade, name), looking)
            )

    def _by_file(self) -> Iterator[ProofStep]:
        offline = Migrations(self._project, None, extra_folder=self._folder)
        with fresh_database(self._server, "file", self._project.deploy_as) as url, self._look(url) as looking:
            rows = self._watch(looking, url)
            yield self._try(
                f"upgrade to {self._draft.revision} by file", lambda: self._upgrade_by_file(offline, rows, url, looking)
            )
            down = self._try(
                f"downgrade to {self._before} by file", lambda: self._downgrade_by_file(offline, rows, url)
            )
            yield down
            if down.held and self._past:
                self.impacts = self._measure(rows, url, stands_before=not down.message.startswith(_NOT_TRIED))

    def _measure(self, rows: Rows, url: str, *, stands_before: bool) -> tuple[Impact, ...]:
        """Run the statements once more on a database that nobody needs afterwards, and look what each of them does."""
        if not stands_before:
            return tell(self._draft.operations)
        self._report(Progress(Stage.PROVE, self._done, self._total, detail="what it locks"))
        with connect(url) as connection:
            return measure(connection, self._draft.operations, rows.empty)

    def _upgrade_by_file(self, offline: Migrations, rows: Rows, url: str, looking: Connection) -> str:
        try:
            said = self._reach_head_before(url)
            text = write_upgrade(offline, self._past or BASE, self._draft.revision)
        except PGCraftConfigError as error:
            if error.code == _CONNECTS_OFFLINE:
                return f"{_NOT_TRIED}{error.what}"
            raise
        said += rows.go(lambda: self._apply(url, text), Way.UP)
        self._check_made(looking)
        return said

    def _reach_head_before(self, url: str) -> str:
        """Run what is before the draft: by file, or, where one of it asks the database, online."""
        if not self._past:
            return ""
        try:
            past = write_upgrade(Migrations(self._project, None), BASE, "heads")
        except PGCraftConfigError:
            raise
        except PGCraftError as error:
            Migrations(self._project, url).upgrade()
            where = f" ({error.place})" if error.place else ""
            return f"what is before it ran online, since --sql cannot write it: {error.what}{where}\n"
        self._apply(url, past)
        return ""

    def _downgrade_by_file(self, offline: Migrations, rows: Rows, url: str) -> str:
        try:
            text = write_undoing(offline, self._draft.revision)
        except PGCraftConfigError as error:
            if error.code == _CONNECTS_OFFLINE:
                return f"{_NOT_TRIED}{error.what}"
            raise
        return rows.go(lambda: self._apply(url, text), Way.DOWN)

    def _look(self, url: str) -> AbstractContextManager[Connection]:
        """Open a connection that looks at a database from step to step."""
        return connect(as_superuser(self._server, url))

    def _watch(self, looking: Connection, url: str) -> Rows:
        return Rows(looking, as_superuser(self._server, url), self._draft.operations)

    def _apply(self, url: str, text: str) -> None:
        try:
            with connect(url) as connection:
                run_script(connection, text)
        except psycopg.Error as error:
            raise refused_by(error) from error

    def _run(self, action: Callable[[], None], looking: Connection) -> str:
        if not self._draft.beside:
            action()
            self._check_made(looking)
            return ""
        try:  # the other heads are not run on the way to it, so that not all is made
            action()
        except PGCraftError as error:
            said = f"{error.what}; it does not follow {list_heads(self._draft.beside)}"
            remedy = "if that makes what is missing, join the heads first: pgcraft merge"
            raise PGCraftPlanError("PGC413", said, place=error.place, remedy=remedy) from error
        return ""

    def _check_made(self, looking: Connection) -> None:
        """Raise unless this way led to what the first one led to."""
        ids = find_differing(self._made, read_made(looking))
        if ids:
            listed = ", ".join(map(str, ids))
            raise PGCraftPlanError("PGC415", f"these are not as the first upgrade made them: {listed}")

    def _check_nothing_left(self, migrations: Migrations) -> str:
        """Raise what the next revision would do, apart from what was left out of this one."""
        left_out = {_subject(key) for key in self._draft.left_out}
        left = [found.title for found in autogenerate(migrations).operations if _subject(found.key) not in left_out]
        if left:
            raise PGCraftPlanError("PGC415", "the next revision would still: " + ", ".join(left))
        return ""

    def _try(self, name: str, action: Action) -> ProofStep:
        """Do a step."""
        self._report(Progress(Stage.PROVE, self._done, self._total, detail=name))
        self._done += 1
        began = time.perf_counter()
        held = True
        try:
            message = action()
        except PGCraftError as error:
            held, message = False, str(error)
        return ProofStep(name, held, time.perf_counter() - began, message)


def _subject(key: str) -> str:
    """An operation's key without its digest, which changes with what it would replace."""
    return key.rpartition(" ")[0]
