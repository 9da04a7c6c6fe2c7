"""Answers `ProveHistory`: each revision up, down and up again with rows, then all of them, as the one who deploys."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import psycopg
from alembic.script import Script

from pgcraft.catalog.objects import Catalog, Kind
from pgcraft.devdb.databases import run_script
from pgcraft.devdb.deployer import DEPLOYER
from pgcraft.diff.compare import compare_catalogs
from pgcraft.diff.narrowing import find_bare_schema, find_version_tables, leave_out
from pgcraft.diff.owners import leave_owners
from pgcraft.errors import PGCraftConfigError, PGCraftError, PGCraftPlanError, Place
from pgcraft.introspect import read_catalog
from pgcraft.service.heads import BASE
from pgcraft.service.proving_types import HistoryProof, HistoryStep
from pgcraft.service.proving_types import Way as WayName
from pgcraft.service.requests import ProveHistory
from pgcraft.service.types import Progress, Stage
from pgcraft.worker.autogenerate import autogenerate
from pgcraft.worker.importing import Report
from pgcraft.worker.migrations import Migrations, refused_by
from pgcraft.worker.offline import write_steps, write_upgrade
from pgcraft.worker.paths import show_file
from pgcraft.worker.recording import recorded
from pgcraft.worker.rows import Rows, Way
from pgcraft.worker.scratch import Connection, as_superuser, connect, fresh_database, server_major
from pgcraft.worker.standing import find_version_table

_CONNECTS_OFFLINE = "PGC015"
_DIFFERS = "PGC415"
_WAYS: tuple[tuple[WayName, Way], ...] = (("up", Way.UP), ("down", Way.DOWN), ("up again", Way.UP))
_AFTERWARDS = 5
"""Steps with all revisions."""


def prove_history(request: ProveHistory, report: Report) -> HistoryProof:
    """Try every revision; the first step that fails is the last.

    Raises:
        PGCraftError: the models or the server failed; PGC412, the history is broken, or has no such revision.
    """
    return _Prover(request, report).prove()


class _Prover:
    """Goes the history from its beginning to its end, then the whole of it."""

    def __init__(self, request: ProveHistory, report: Report) -> None:
        self._request, self._report = request, report
        self._project, self._server = request.project, request.server
        report(Progress(Stage.IMPORT, detail=request.project.models))
        self._table = find_version_table(request.project)
        self._start = request.start or BASE
        self._revisions: tuple[Script, ...] = ()
        self._made = Catalog()
        self._ran: list[str] = []
        self._version = ""
        self._done = self._total = 0

    def prove(self) -> HistoryProof:
        self._report(Progress(Stage.SERVER))
        steps: list[HistoryStep] = []
        for way in (self._online, self._by_file):
            for step in way():
                steps.append(step)
                if not step.held:
                    break
            if not all(step.held for step in steps):
                break
        return HistoryProof(self._version, len(self._revisions), tuple(steps))

    def _online(self) -> Iterator[HistoryStep]:
        with (
            fresh_database(self._server, "history", self._project.deploy_as) as url,
            connect(as_superuser(self._server, url)) as looking,
        ):
            self._version = f"PostgreSQL {server_major(looking)}"
            migrations = Migrations(self._project, url)
            self._begin(migrations)
            rows = Rows(looking, as_superuser(self._server, url), ())
            first = self._read(looking)
            for revision in self._revisions:
                yield from self._prove_one(migrations, revision, rows, looking)
            yield self._try("the same as the models", lambda: _check_models(migrations))
            if self._revisions:
                yield from self._whole(migrations, rows, looking, first)

    def _begin(self, migrations: Migrations) -> None:
        """Find what is to be tried, and run what is before it."""
        revisions = migrations.list_revisions()
        if self._start != BASE:
            with migrations.mapped():
                script = migrations.script
                start = script.get_revision(self._start)  # which says so where there is none
                past = {each.revision for each in script.iterate_revisions(start.revision, BASE)}
            migrations.upgrade(self._start)
            revisions = tuple(each for each in revisions if each.revision not in past)
        self._revisions = revisions
        self._total = len(_WAYS) * len(revisions) + _AFTERWARDS

    def _prove_one(
        self, migrations: Migrations, revision: Script, rows: Rows, looking: Connection
    ) -> Iterator[HistoryStep]:
        before = self._read(looking)
        for name, way in _WAYS:

            def act(name: WayName = name, way: Way = way) -> str:
                told = rows.go(lambda: self._run(migrations, revision, way), way, lambda: self._ran)
                now = self._read(looking)
                if name == "up":
                    self._made = now
                elif name == "down":
                    _check_same(before, now, "before it")
                else:
                    _check_same(self._made, now, "after it ran up first")
                return told

            yield self._try(name, act, revision, name)

    def _whole(self, migrations: Migrations, rows: Rows, looking: Connection, first: Catalog) -> Iterator[HistoryStep]:
        """Take everything back in one go, and do it again."""

        def act(action: Callable[[], None], way: Way, wanted: Catalog, when: str) -> str:
            told = rows.go(lambda: self._record(action), way, lambda: self._ran)
            _check_same(wanted, self._read(looking), when)
            return told

        down = f"downgrade from the heads to {self._start}"
        yield self._try(
            down, lambda: act(lambda: migrations.downgrade(self._start), Way.DOWN, first, f"at {self._start}")
        )
        yield self._try(
            f"upgrade from {self._start} to the heads",
            lambda: act(migrations.upgrade, Way.UP, self._made, "after one revision after the other"),
        )

    def _by_file(self) -> Iterator[HistoryStep]:
        if not self._revisions:
            return
        offline = Migrations(self._project, None)
        with (
            fresh_database(self._server, "file", self._project.deploy_as) as url,
            connect(as_superuser(self._server, url)) as looking,
        ):
            if self._start != BASE:
                Migrations(self._project, url).upgrade(self._start)
            first = self._read(looking)
            rows = Rows(looking, as_superuser(self._server, url), ())

            def act(write: Callable[[str, str], str], ends: tuple[str, str], way: Way, wanted: Catalog) -> str:
                try:
                    text = write(*ends)
                except PGCraftConfigError as error:
                    if error.code == _CONNECTS_OFFLINE:
                        return f"not tried: {error.what}"
                    raise
                told = rows.go(lambda: _apply(url, text), way, lambda: [text])
                _check_same(wanted, self._read(looking), "without a file")
                return told

            def write_down(start: str, end: str) -> str:
                """Return what goes down, of several heads, too, which Alembic writes revision by revision alone."""
                return "".join(text for _, text in write_steps(offline, start, end, is_up=False))

            ends = (self._start, "heads")
            yield self._try(
                f"upgrade from {self._start} to the heads by file",
                lambda: act(partial(write_upgrade, offline), ends, Way.UP, self._made),
            )
            yield self._try(
                f"downgrade from the heads to {self._start} by file",
                lambda: act(write_down, ends[::-1], Way.DOWN, first),
            )

    def _run(self, migrations: Migrations, revision: Script, way: Way) -> None:
        self._record(lambda: migrations.run_one(revision.revision, is_up=way is Way.UP))

    def _record(self, action: Callable[[], None]) -> None:
        with recorded(self._ran):
            action()

    def _read(self, looking: Connection) -> Catalog:
        """Read what is there, without Alembic's table, roles, which are the server's, and the name of who deployed."""
        catalog = leave_owners(read_catalog(looking), only=lambda owner: owner.startswith(DEPLOYER))
        own = {item.id for item in catalog.of_kind(Kind.ROLE)}.union(find_version_tables(catalog, *self._table))
        rest = leave_out(catalog, own)
        return leave_out(rest, frozenset(find_bare_schema(rest, self._table[0])))

    def _try(
        self, name: str, action: Callable[[], str], revision: Script | None = None, way: WayName = ""
    ) -> HistoryStep:
        detail = f"{revision.revision} {name}" if revision else name
        self._report(Progress(Stage.PROVE, self._done, self._total, detail=detail))
        self._done += 1
        began = time.perf_counter()
        whose = (revision.revision, revision.doc) if revision else ("", "")
        step = HistoryStep(name, True, 0.0, *whose, way)
        try:
            step = replace(step, what=action())
        except PGCraftError as error:
            step = replace(
                step,
                held=False,
                what=f"{error.code}: {error.what}",
                place=error.place or (self._place(revision, way) if revision else None),
                remedy=_find_remedy(error, step),
                detail=error.detail,
            )
        return replace(step, seconds=time.perf_counter() - began)

    def _place(self, revision: Script, way: WayName) -> Place:
        """Return the line where a revision says what it does that way."""
        path = Path(revision.path)
        function = "def downgrade(" if way == "down" else "def upgrade("
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        number = next((at for at, line in enumerate(lines, 1) if line.startswith(function)), 0)
        return Place(show_file(str(path), self._project.root), number)


def _find_remedy(error: PGCraftError, step: HistoryStep) -> str:
    if step.way == "down" and "NotImplementedError" in error.what:
        return f"write its downgrade; where there is no way back, prove what follows it: --from {step.revision}"
    if step.way == "down" and error.code == _DIFFERS and not error.remedy:
        return "let its downgrade undo all that its upgrade does"
    return error.remedy


def _check_models(migrations: Migrations) -> str:
    """Raise what the next revision would do."""
    found = autogenerate(migrations)
    left = [each.title for each in found.explain(found.operations)]
    if left:
        raise PGCraftPlanError(
            _DIFFERS,
            "the models are not what the migrations make: " + "; ".join(left),
            remedy='write a revision: pgcraft revision -m "…"',
        )
    return ""


def _check_same(wanted: Catalog, seen: Catalog, when: str) -> None:
    """Raise unless a way led to what was there at another time."""
    diff = compare_catalogs(seen, wanted)
    told = [
        *(f"{item.id} is missing" for item in diff.added),
        *(f"{item.id} is there" for item in diff.removed),
        *(f"{change.id} has another {' and '.join(change.facts).replace('_', ' ')}" for change in diff.changed),
    ]
    if told:
        raise PGCraftPlanError(_DIFFERS, f"not as {when}: " + ", ".join(told))


def _apply(url: str, text: str) -> None:
    try:
        with connect(url) as connection:
            run_script(connection, text)
    except psycopg.Error as error:
        raise refused_by(error) from error
