"""Fail when a module, a function or the seam to Alembic outgrows the project's size rule."""

import ast
import sys
from pathlib import Path

MAX_FILE_LINES = 350
MAX_FUNCTION_LINES = 50
MAX_ROOM_LINES = {"pgcraft/alembic": 1799}
"""What needs none of Alembic's comparison, context or stream stands in a room of its own."""

ROOTS = ("pgcraft", "pgcraft_tui", "tools", "benchmarks", "tests", "examples")
GENERATED = ("migrations/versions",)


def find_oversized(path: Path) -> list[str]:
    """Return one line for the file and for each function of it that is too long."""
    text = path.read_text(encoding="utf-8")
    found = []
    lines = len(text.splitlines())
    if lines > MAX_FILE_LINES:
        found.append(f"{path}: {lines} lines, at most {MAX_FILE_LINES}")
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > MAX_FUNCTION_LINES:
                where = f"{path}:{node.lineno}"
                found.append(f"{where}: {node.name} has {length} lines, at most {MAX_FUNCTION_LINES}")
    return found


def find_oversized_rooms(paths: list[Path]) -> list[str]:
    """Return one line for each room that is too long."""
    sizes = {
        room: sum(len(path.read_text(encoding="utf-8").splitlines()) for path in paths if path.is_relative_to(room))
        for room in MAX_ROOM_LINES
    }
    return [
        f"{room}: {size} lines, at most {MAX_ROOM_LINES[room]}"
        for room, size in sizes.items()
        if size > MAX_ROOM_LINES[room]
    ]


def main() -> int:
    """Check every Python file of the project; 1 when one is too long."""
    paths = [p for root in ROOTS for p in sorted(Path(root).rglob("*.py"))]
    kept = [p for p in paths if not any(part in p.as_posix() for part in GENERATED)]
    found = [line for path in kept for line in find_oversized(path)] + find_oversized_rooms(kept)
    print("\n".join(found) if found else f"{len(kept)} files within {MAX_FILE_LINES} lines")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
