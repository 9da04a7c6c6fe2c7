"""Everything that goes to stdout: answers, as text or as one JSON document."""

import io
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from pgcraft.errors import PGCraftConfigError

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def prepare() -> None:
    """Let both streams show what their encoding lacks as an escape, where they would fail, and closed ones take all."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:  # else the next file to be opened would get the number
            os.dup2(os.open(os.devnull, os.O_RDWR), number)
            setattr(sys, name, open(number, "r" if number == 0 else "w", closefd=False))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def write_line(text: str = "") -> None:
    """Write a line, or several, for a reader."""
    _write(hide_controls(text) + "\n")


def flush() -> None:
    """Let a reader of a pipe have what was written so far.

    Raises:
        PGCraftConfigError: PGC021, there is no room for it.
    """
    with _told():
        sys.stdout.flush()


def write_text(text: str) -> None:
    """Write text byte for byte, in UTF-8 whatever the terminal speaks: SQL, a file's content."""
    if not isinstance(sys.stdout, io.TextIOWrapper):
        _write(text)
        return
    with _told():
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode())


def _write(text: str) -> None:
    with _told():
        sys.stdout.write(text)


@contextmanager
def _told() -> Iterator[None]:
    """Make a refusal of stdout an error of ours; that its reader is gone is none."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        discard()
        raise PGCraftConfigError(
            "PGC021",
            f"the answer could not be written: {error.strerror}",
            remedy="make room where stdout leads to, or send it elsewhere",
        ) from error


def discard() -> None:
    """Throw away what is still to be written; else Python tries once more at its end, and complains."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def hide_controls(text: str) -> str:
    """Return text that cannot move a terminal's cursor: control characters but line feeds and tabs as ``\\x1b``."""
    return _CONTROLS.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


def write_json(value: object) -> None:
    """Write one JSON document; dataclasses, enums, paths and ids are written as plain values."""
    import json

    from pgcraft.cli.plain import to_plain

    _write(json.dumps(to_plain(value), indent=2, ensure_ascii=False) + "\n")
