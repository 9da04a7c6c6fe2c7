"""Jobs: the newest answer counts, stopping is at once, and a bug is told instead of written over the screen."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.app import App
from textual.pilot import Pilot

from pgcraft.errors import PGCraftError, PGCraftPlanError
from pgcraft.service.types import OnProgress, Progress, Stage
from pgcraft_tui.application import WorkbenchApp
from pgcraft_tui.host.jobs import BUG, CANCELLED, JobKind, Jobs
from tests.support.patience import wait_until
from tests.tui.driving import make_demo, open_workbench


class Told:
    """An app with jobs, and what they told it."""

    def __init__(self) -> None:
        self.app: App[int] = App()
        self.answers: list[object] = []
        self.errors: list[PGCraftError] = []
        self.jobs = Jobs(changed=lambda: None)

    def start(self, work: Callable[[OnProgress], object], name: str = "a", kind: JobKind = JobKind.ASKED) -> None:
        self.jobs.start(name, work, owner=self.app, done=self.answers.append, failed=self.errors.append, kind=kind)


async def wait_for_threads(pilot: Pilot[int]) -> None:
    """Wait until work that nobody awaits any more has ended, and until the app has handled what it says."""
    while any(thread.name.startswith("a-") for thread in threading.enumerate()):
        await pilot.pause()
    await pilot.pause()


async def test_the_answer_of_a_superseded_job_is_dropped():
    told, gate = Told(), threading.Event()
    async with told.app.run_test() as pilot:
        told.start(lambda _: gate.wait() and "old")
        told.start(lambda _: "new")
        await told.jobs.wait_idle()
        gate.set()
        await wait_for_threads(pilot)
        assert told.answers == ["new"]


async def test_jobs_of_other_names_do_not_disturb_each_other():
    told = Told()
    async with told.app.run_test():
        told.start(lambda _: 1, "a")
        told.start(lambda _: 2, "b")
        await told.jobs.wait_idle()
        assert sorted(map(str, told.answers)) == ["1", "2"]


async def test_an_error_reaches_the_owner():
    told = Told()

    def fail(_report: OnProgress) -> None:
        raise PGCraftPlanError("PGC400", "no")

    async with told.app.run_test():
        told.start(fail)
        await told.jobs.wait_idle()
        assert [error.code for error in told.errors] == ["PGC400"]


async def test_a_bug_is_told_without_secrets():
    told = Told()

    def fail(_report: OnProgress) -> None:
        raise KeyError("postgresql://me:hush@host/db")

    async with told.app.run_test():
        told.start(fail)
        await told.jobs.wait_idle()
        (error,) = told.errors
        assert error.code == BUG
        assert "KeyError" in error.what
        assert "hush" not in str(error) + error.detail
        assert "Traceback" in error.detail


async def test_stopping_refuses_what_was_asked_for_and_leaves_the_rest():
    told, gate = Told(), threading.Event()
    async with told.app.run_test():
        told.start(lambda _: gate.wait(), "asked")
        told.start(lambda _: gate.wait(), "back", JobKind.BACKGROUND)
        told.start(lambda _: gate.wait(), "local", JobKind.LOCAL)
        assert told.jobs.foreground == ("asked",)
        assert told.jobs.shown == ("asked", "back")
        assert not told.jobs.stop(App())
        assert told.jobs.stop(told.app)
        assert told.jobs.running == ("back", "local")
        assert [error.code for error in told.errors] == [CANCELLED]
        assert not told.jobs.stop(told.app)
        gate.set()
        await told.jobs.wait_idle()
        assert told.answers == [True, True]


async def test_progress_of_a_dropped_job_is_not_shown():
    told, gate, seen = Told(), threading.Event(), []

    def work(report: OnProgress) -> None:
        gate.wait()
        report(Progress(Stage.IMPORT))

    async with told.app.run_test() as pilot:
        told.jobs.start(
            "a", work, owner=told.app, done=told.answers.append, failed=told.errors.append, progressed=seen.append
        )
        told.jobs.stop(told.app)
        gate.set()
        await wait_for_threads(pilot)
        assert seen == []
        assert told.answers == []


async def test_a_job_that_is_dropped_while_it_waits_does_no_work():
    told, done = Told(), []
    async with told.app.run_test():
        told.jobs.start(
            "a", lambda _: done.append("old"), owner=told.app, done=bool, failed=told.errors.append, delay_s=0.05
        )
        told.start(lambda _: done.append("new"))
        await told.jobs.wait_idle()
        threading.Event().wait(0.08)
        assert done == ["new"]


def crash() -> None:
    address = "postgresql://me:hush@host/db"
    raise ValueError(len(address))


async def run_until_crash(app: WorkbenchApp) -> None:
    async with app.run_test() as pilot:
        app.call_later(crash)
        await pilot.pause()


async def test_a_crash_of_the_app_prints_no_values_of_variables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Textual's own way out prints the locals of every frame, and one may hold an address with its password."""
    told: list[object] = []
    running = set(threading.enumerate())
    with open_workbench(make_demo(tmp_path / "demo")) as workbench:
        app = WorkbenchApp(workbench.project, lambda: workbench)
        monkeypatch.setattr(app, "panic", told.append)
        with pytest.raises(ValueError, match="28"):
            await run_until_crash(app)
    assert "ValueError: 28" in str(told[0])
    assert "hush" not in str(told[0])
    assert wait_until(lambda: set(threading.enumerate()) <= running), "what it had begun ends, with its child"
