"""No test fails since the machine is busy, or since another process does what it does, too."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.patience import PATIENCE_S

TESTS = Path(__file__).parents[1]
FILES = sorted(path for path in TESTS.rglob("*.py") if "seeds/examples" not in str(path))
PATIENT = TESTS / "support/patience.py"
CLOCKS = {"monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns", "time_ns"}
SPANS = {"timeout", "timeout_s"}
FOR_A_WHILE = {"factories/test_concurrency.py": "writers write for some time"}


def find_haste(tree: ast.AST) -> Iterator[str]:
    """Find what hangs on speed or on others: wall clocks, short limits, and what is global on a machine."""
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(attr=name) if name in CLOCKS:
                yield f"line {node.lineno}: {name} tells the time, see tests/support/patience.py"
            case ast.keyword(arg=name, value=ast.Constant(value=int() | float() as span)):
                if name in SPANS and span < PATIENCE_S:
                    yield f"line {node.value.lineno}: {name}={span} is less than patience"
            case ast.Call(func=ast.Attribute(attr="timeout", value=ast.Attribute(attr="mark"))):
                yield f"line {node.lineno}: pyproject.toml says when something hangs"
            case ast.Call(func=ast.Attribute(attr="pids" | "net_connections", value=ast.Name(id="psutil"))):
                yield f"line {node.lineno}: other processes are in it"
            case ast.Constant(value=str() as text) if text.rstrip("/") == "/dev/shm":
                yield f"line {node.lineno}: others make segments there, too"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(TESTS)))
def test_no_test_hangs_on_the_speed_of_the_machine(path: Path):
    if path in (PATIENT, Path(__file__)) or str(path.relative_to(TESTS)) in FOR_A_WHILE:
        return
    assert [] == list(find_haste(ast.parse(path.read_text(encoding="utf-8"))))


@pytest.mark.parametrize(
    "code",
    [
        "assert time.monotonic() - began < 1",
        "process.communicate(timeout=5)",
        "@pytest.mark.timeout(60)\ndef test_it(): ...",
        "assert 3306 not in psutil.net_connections()",
        "Path('/dev/shm').glob('PostgreSQL.*')",
    ],
)
def test_haste_is_found(code: str):
    assert len(list(find_haste(ast.parse(code)))) == 1
