"""What an export writes: its request, its command line, and where the files go."""

import shlex
from pathlib import Path
from typing import Literal, get_args

from pgcraft.service.types import ExportedFile, ExportRequest, SchemaFormat

Direction = Literal["up", "down", "schema", "text", "mermaid", "dot", "svg"]
EVERY: tuple[Direction, ...] = get_args(Direction)
DIRECTIONS, DIAGRAMS = EVERY[:3], EVERY[3:]
"""What is written as SQL, and what as a diagram."""
DIRECTION_TITLES: dict[Direction, str] = {
    "up": "up: upgrade",
    "down": "down: downgrade",
    "schema": "full schema",
    "text": "diagram: text",
    "mermaid": "diagram: Mermaid",
    "dot": "diagram: DOT",
    "svg": "diagram: SVG",
}
_ENDS: dict[Direction, tuple[str, str]] = {"up": ("base", "head"), "down": ("head", "base")}
_SUFFIXES: dict[SchemaFormat, str] = {"text": "txt", "mermaid": "mmd"}


def make_request(direction: Direction, start: str, end: str, *, is_split: bool) -> ExportRequest:
    """Make the request from what stands in the fields; an empty field means the history's end."""
    match direction:
        case "schema":
            return ExportRequest("schema")
        case "text" | "mermaid" | "dot" | "svg":
            return ExportRequest("schema", format=direction)
    return ExportRequest(direction, start.strip() or None, end.strip() or None, is_split)


def describe_ends(direction: Direction) -> tuple[str, str]:
    """Return what an empty field means: ``("base", "head")`` for an upgrade."""
    return _ENDS.get(direction, ("", ""))


def suggest_path(request: ExportRequest) -> str:
    """Return the path under the project where an export goes unless another is typed."""
    if request.direction == "schema":
        return f"sql/schema.{_SUFFIXES.get(request.format, request.format)}"
    name = "upgrade" if request.direction == "up" else "downgrade"
    named = [revision for revision in (request.start, request.end) if revision]
    stem = "-".join([name, *(_make_file_part(revision) for revision in named)])
    return f"sql/{stem}" if request.is_split else f"sql/{stem}.sql"


def format_export_command(request: ExportRequest, path: str) -> str:
    """Return the command line that writes the same files."""
    if request.format != "sql":
        return shlex.join(["pgcraft", "erd", "--views", "--format", request.format, *(["-o", path] if path else [])])
    words = ["pgcraft", "export", request.direction]
    words += ["--from", request.start] if request.start else []
    words += ["--to", request.end] if request.end else []
    words += ["--split"] if request.is_split else []
    words += ["-o", path] if path else []
    return shlex.join(words)


def find_targets(files: tuple[ExportedFile, ...], path: Path, *, is_split: bool) -> tuple[Path, ...]:
    """Return where each file will stand: in the folder when there may be several, else at the path itself."""
    if is_split or len(files) > 1 or path.is_dir():
        return tuple(path / file.name for file in files)
    return tuple(path for _ in files)


def _make_file_part(revision: str) -> str:
    return "".join(character if character.isalnum() or character in "-_" else "_" for character in revision)
