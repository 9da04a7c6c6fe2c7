"""`make mutants`: changes the code in small ways, one at a time, and counts the changes that a test catches.

What is changed, and by which tests it is to be caught, stands in ``[tool.mutmut]`` of pyproject.toml. The work is done
in a copy of the tracked files; what was made there before is used again where the code is the same.

Usage: ``python -m tools.mutants [COUNT|all] [SEED]``; a sample is the same for the same seed and code.
"""

import json
import random
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COPY = ROOT / ".cache" / "mutants"
MADE = COPY / "mutants"
SURVIVORS = ROOT / ".cache" / "mutants-survived.txt"
DEFAULT_COUNT, DEFAULT_SEED = "400", "7"
_NO_TESTS = frozenset({5, 33})
_SURVIVED = 0


def main() -> int:
    """Measure, print the figures, and list what nothing caught."""
    count, seed = (*sys.argv[1:], *(DEFAULT_COUNT, DEFAULT_SEED)[len(sys.argv) - 1 :])[:2]
    _copy_tracked()
    _run_mutmut("none")  # fails by design, when all changes are made and it is known which test runs what
    names = sorted(_read_results())
    if not names:
        print("no changes were made; mutmut says why above")
        return 1
    chosen = names if count == "all" else sorted(random.Random(seed).sample(names, min(int(count), len(names))))
    print(f"{len(chosen)} of {len(names)} changes, seed {seed}", flush=True)
    _run_mutmut(*chosen)
    results = _read_results()
    _report({name: results[name] for name in chosen})
    return 0


def _copy_tracked() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    wanted = {Path(name) for name in listed.split("\0") if name and (ROOT / name).is_file()}
    for path in [path for path in COPY.rglob("*") if path.is_file() and not path.is_relative_to(MADE)]:
        if path.relative_to(COPY) not in wanted:
            path.unlink()
    for name in sorted(wanted):
        target = COPY / name
        content = (ROOT / name).read_bytes()
        if not target.is_file() or target.read_bytes() != content:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target)


def _run_mutmut(*names: str) -> None:
    program = Path(sys.executable).parent / "mutmut"
    with (COPY / "mutmut.log").open("w", encoding="utf-8") as log:
        subprocess.run([program, "run", *names], cwd=COPY, check=False, stdout=log, stderr=subprocess.STDOUT)


def _read_results() -> dict[str, int | None]:
    """Give how each change ended, by its name; None where it was not tried yet."""
    found: dict[str, int | None] = {}
    for path in MADE.rglob("*.meta"):
        found |= json.loads(path.read_text(encoding="utf-8"))["exit_code_by_key"]
    return found


def _report(results: Mapping[str, int | None]) -> None:
    by_package: dict[str, Counter[str]] = {}
    for name, status in results.items():
        by_package.setdefault(name.split(".")[1], Counter())[_say(status)] += 1
    for package, found in sorted(by_package.items()):
        print(f"{package:12}{_share(found)}   {dict(sorted(found.items()))}")
    total = sum(by_package.values(), Counter())
    print(f"{'all':12}{_share(total)}   {dict(sorted(total.items()))}")
    lines = (f"{_say(status):9} {name}\n" for name, status in sorted(results.items()) if _say(status) != "caught")
    SURVIVORS.write_text("".join(lines), encoding="utf-8")
    print(f"what was not caught stands in {SURVIVORS.relative_to(ROOT)}; cd {COPY.relative_to(ROOT)}; mutmut show NAME")


def _say(status: int | None) -> str:
    if status is None or status in _NO_TESTS:
        return "no test"
    return "survived" if status == _SURVIVED else "caught"


def _share(found: Mapping[str, int]) -> str:
    return f"{100 * found.get('caught', 0) / _sum(found.values()):5.1f} %"


def _sum(numbers: Iterable[int]) -> int:
    return max(1, sum(numbers))


if __name__ == "__main__":
    sys.exit(main())
