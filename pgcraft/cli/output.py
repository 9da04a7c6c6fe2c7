"""Everything that goes to stdout: answers, as text or as one JSON document."""

import sys


def write_line(text: str = "") -> None:
    """Write a line of an answer."""
    sys.stdout.write(text + "\n")


def write_text(text: str) -> None:
    """Write text as it is."""
    sys.stdout.write(text)


def write_json(value: object) -> None:
    """Write one JSON document; dataclasses, enums, paths and ids are written as plain values."""
    import json

    from pgcraft.cli.plain import to_plain

    sys.stdout.write(json.dumps(to_plain(value), indent=2, ensure_ascii=False) + "\n")
