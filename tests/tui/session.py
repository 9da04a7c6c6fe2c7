"""A long session in a real terminal: every action by its key or by the palette, at any size, with and without colour."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from pgcraft.devdb.server.servers import Server
from tests.support.forking import FORKED
from tests.tui import script
from tests.tui.driving import MODELS, copy_demo, make_demo, open_workbench
from tests.tui.script import Step, saved
from tests.tui.terminal import Terminal

PRICE = '        Column("price", Numeric(10, 2), nullable=False),\n'
GRANTED = MODELS.replace('["select", "insert"]', '["select", "insert", "update", "delete"]')
WITH_NOTE = GRANTED.replace(PRICE, PRICE + '        Column("note", String),\n')
EDITOR = """#!/bin/sh
for each; do
  echo "$each" >> edited.txt
  echo "editing ${each##*/}"
done
read answer
"""

STEPS = (
    *script.make_browsing(),
    *script.TREE,
    *script.ANYWHERE,
    *script.LINT,
    saved(WITH_NOTE + "\nraise RuntimeError('half written')\n", r"stale since"),
    *script.PROBLEMS,
    saved(WITH_NOTE, r"the models load again"),
    *script.EXTENSIONS,
    *script.REVISION,
    *script.EXPORT,
    *script.VERIFY,
    *script.DRIFT,
    script.QUIT,
)

PROGRAM = [sys.executable, str(FORKED), "tui"]
"""The workbench, whose children are forked: how they begin by themselves is seen in the other terminals of the tests."""
NARROW = 76
PALETTE = "🔎"
SIZES = {"160x50": (160, 50), "80x24": (80, 24), "60x20": (60, 20)}
EVERY = "PGCRAFT_EVERY_TERMINAL"


def make_written(root: Path, server: Server) -> Path:
    """Make a project with one revision, an editor that waits for Enter, and a database in which nothing is."""
    make_demo(root, models=GRANTED)
    with (root / "pyproject.toml").open("a") as file:
        file.write(f'\n[tool.pgcraft.databases]\nlive = "{server.base_url}"\n')
    with open_workbench(root) as workbench:
        workbench.load()
        workbench.write_revision(workbench.draft_revision("first"))
    editor = root / "editor"
    editor.write_text(EDITOR)
    editor.chmod(0o755)
    return root


def play(terminal: Terminal, root: Path, step: Step) -> None:
    """Do what a step says, and wait for what it shows; that must not have been there before."""
    screen = terminal.wait_until_not(step.shows, step.hides) if step.shows or step.hides else terminal.read()
    if step.saves is not None:
        (root / step.saves[0]).write_text(step.saves[1])
    words = list(step.words)
    offers = step.offers
    for at, (word, is_text) in enumerate(words):
        terminal.type(word) if is_text else terminal.press(word)
        if is_text and offers:
            screen, offers = terminal.wait_for(offers), ""
        elif step.offers and word == "enter":
            screen = terminal.wait_for("", PALETTE)
        elif at < len(words) - 1 or not (step.shows or step.hides):
            terminal.wait_for_change(screen)
            screen = terminal.read()
    try:
        terminal.wait_for(step.shows, step.hides)
    except AssertionError as error:
        error.add_note(f"after {step}")
        raise


def by_key(width: int) -> Iterator[Step]:
    for step in STEPS:
        yield step.narrow if step.narrow is not None and width < NARROW else step


def by_palette(width: int) -> Iterator[Step]:
    """Return the same steps, each action by the palette the first time that it comes."""
    seen: set[str] = set()
    for step in by_key(width):
        yield step if step.action in seen else step.by_palette
        seen.add(step.action)


def run_session(written: Path, tmp_path: Path, size: tuple[int, int], steps: Iterable[Step], **more: str) -> Path:
    root = copy_demo(written, tmp_path / "demo")
    (root / "models.py").write_text(WITH_NOTE)
    variables = {
        "TERM": "screen-256color",
        "EDITOR": str(root / "editor"),
        "VISUAL": "",
        "PGCRAFT_POSTGREST": "/nowhere/postgrest",
        "XDG_STATE_HOME": str(tmp_path / "state"),
        **more,
    }
    with Terminal(PROGRAM, folder=root, size=size, environment=variables) as terminal:
        terminal.wait_for(r"[1-9] changes?")
        for step in steps:
            play(terminal, root, step)
    return root


def check_written(root: Path) -> None:
    assert (root / "edited.txt").read_text().count("models.py") == 2
    assert "CREATE" in (root / "out.sql").read_text()
    assert len(list((root / "migrations/versions").glob("*.py"))) == 2


def play_session(
    written: Path,
    tmp_path: Path,
    way: tuple[str, str],
    steps: Callable[[int], Iterable[Step]],
    usual: Iterable[tuple[str, str]],
) -> None:
    """Play every step at one of the sizes, with colour or without, and look at what it left.

    Args:
        way: the size and the colour.
        usual: the ways that are played each time; the others have to be asked for.
    """
    if way not in usual and os.environ.get(EVERY) != "1":
        pytest.skip(f"one of the many ways: set {EVERY}=1 to play them all")
    name, colour = way
    size = SIZES[name]
    more = {"NO_COLOR": "1"} if colour == "no-colour" else {}
    check_written(run_session(written, tmp_path, size, steps(size[0]), **more))
