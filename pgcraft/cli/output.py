"""Everything that goes to stdout: answers, as text or as one JSON document."""

import io
import re
import sys

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def accept_any_text() -> None:
    """Let both streams show what their encoding lacks as an escape, where they would fail."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def write_line(text: str = "") -> None:
    """Write a line, or several, for a reader."""
    sys.stdout.write(hide_controls(text) + "\n")


def flush() -> None:
    """Let a reader of a pipe have what was written so far: the program goes on for long."""
    sys.stdout.flush()


def write_text(text: str) -> None:
    """Write text byte for byte: SQL, a file's content."""
    sys.stdout.write(text)


def hide_controls(text: str) -> str:
    """Give text that cannot move a terminal's cursor: control characters but line feeds and tabs as ``\\x1b``."""
    return _CONTROLS.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


def write_json(value: object) -> None:
    """Write one JSON document; dataclasses, enums, paths and ids are written as plain values."""
    import json

    from pgcraft.cli.plain import to_plain

    sys.stdout.write(json.dumps(to_plain(value), indent=2, ensure_ascii=False) + "\n")
