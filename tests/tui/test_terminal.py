"""One long session in a real terminal: every action by its key."""

from pathlib import Path

import pytest

from pgcraft.devdb.server.servers import Server
from pgcraft.service.actions import ACTIONS
from tests.tui.session import SIZES, STEPS, by_key, make_written, play_session
from tests.tui.terminal import TMUX

USUAL = (("160x50", "colour"), ("80x24", "no-colour"))
"""What is played each time; the rest has to be asked for."""

pytestmark = [pytest.mark.tmux, pytest.mark.slow]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory, server18: Server) -> Path:
    return make_written(tmp_path_factory.mktemp("terminal") / "demo", server18)


def test_the_script_plays_every_action():
    assert len(STEPS) >= 60
    assert {step.action for step in STEPS} - {""} == {action.id for action in ACTIONS}


@pytest.mark.skipif(TMUX is None, reason="there is no tmux")
@pytest.mark.parametrize("name", SIZES)
@pytest.mark.parametrize("colour", ["colour", "no-colour"])
def test_every_action_by_its_key(written: Path, tmp_path: Path, name: str, colour: str) -> None:
    play_session(written, tmp_path, (name, colour), by_key, USUAL)
