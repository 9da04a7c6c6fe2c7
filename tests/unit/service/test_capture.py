"""What a child wrote: the end of it, how much there was, and no password in it."""

from pathlib import Path
from subprocess import Popen

from pgcraft.devdb.server.postgrest import Running
from pgcraft.service.capture import MAX_BYTES, Capture

SECRET = b"connecting to postgresql://me:geheim@host/db password=geheim\n"
HIDDEN = "connecting to postgresql://me:***@host/db password=***"


def test_what_a_child_printed_is_given_without_passwords() -> None:
    """It stood in the detail of an error as it was printed, cut where the pipe was read."""
    capture = Capture()
    for half in (SECRET[:33], SECRET[33:]):
        capture.add(half)
    assert f"{HIDDEN}\n" == capture.text
    assert HIDDEN == capture.last_lines()


def test_the_end_is_kept_and_the_rest_counted() -> None:
    capture = Capture()
    capture.add(b"x" * 10 + b"\n")
    capture.add(b"y" * (MAX_BYTES - 1) + b"\n")
    assert capture.text == f"… 11 bytes before this\n{'y' * (MAX_BYTES - 1)}\n"


def test_the_last_lines_are_ten() -> None:
    capture = Capture()
    capture.add(b"".join(b"%d\n" % number for number in range(30)) + b"\n \n")
    assert "\n".join(map(str, range(20, 30))) == capture.last_lines()
    assert "28\n29" == capture.last_lines(2)
    assert "" == Capture().last_lines()


def test_what_postgrest_printed_is_given_without_passwords(tmp_path: Path) -> None:
    with (tmp_path / "log").open("w+b") as log, Popen(["true"]) as process:
        log.write(SECRET)
        assert f"{HIDDEN}\n" == Running("http://127.0.0.1:3000", process, log).printed
