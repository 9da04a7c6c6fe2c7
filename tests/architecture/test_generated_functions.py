"""One place makes generated functions, so that none of them can lack the pinned path."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
HOMES = {"models/definitions.py", "models/generated.py"}


def test_no_code_of_ours_makes_a_function_but_as_a_generated_one() -> None:
    """A plain FunctionDefinition is the user's; its path is what the user says."""
    package = ROOT / "pgcraft"
    for path in sorted(package.rglob("*.py")):
        if path.relative_to(package).as_posix() in HOMES:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            called = getattr(node.func, "id", getattr(node.func, "attr", "")) if isinstance(node, ast.Call) else ""
            assert called != "FunctionDefinition", f"{path}:{getattr(node, 'lineno', '')}"
