"""`make mutants`: changes the code in small ways, one at a time, and counts the changes that a test catches.

What is changed, and by which tests it is to be caught, stands in ``[tool.mutmut]`` of pyproject.toml. The work is done
in a copy of the tracked files; what was made there before is used again where the code is the same.

Usage: ``python -m tools.mutants [COUNT|all] [SEED] [PACKAGE …]``; a sample is the same for the same seed and code. With
packages named, as ``introspect alembic``, only those are changed, in a copy of their own.
"""

import json
import os
import random
import re
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CACHE = ROOT / ".cache"
DEFAULTS = ("400", "7")
_NO_TESTS = frozenset({5, 33})
_SURVIVED = 0


def main() -> int:
    """Measure, print the figures, and list what nothing caught."""
    given = sys.argv[1:]
    count, seed, *packages = (*given, *DEFAULTS[len(given) :])
    copy = Copy(tuple(packages))
    copy.take_over()
    copy.run_mutmut("none")  # fails by design, when all changes are made and it is known which test runs what
    names = sorted(copy.read_results())
    if not names:
        print("no changes were made; mutmut says why above")
        return 1
    copy.order_tests()
    chosen = names if count == "all" else sorted(random.Random(seed).sample(names, min(int(count), len(names))))
    print(f"{len(chosen)} of {len(names)} changes, seed {seed}", flush=True)
    copy.run_mutmut(*chosen)
    results = copy.read_results()
    survivors = copy.root.with_suffix(".txt")
    _report({name: results[name] for name in chosen}, survivors)
    print(f"what was not caught: {survivors.relative_to(ROOT)}; cd {copy.root.relative_to(ROOT)}; mutmut show NAME")
    return 0


class Copy:
    """The tracked files once more, where the code is changed.

    Args:
        packages: those whose code is changed; all that ``[tool.mutmut]`` names when there are none.
    """

    def __init__(self, packages: tuple[str, ...]) -> None:
        self.root = CACHE / "-".join(("mutants", *packages))
        self._made = self.root / "mutants"
        self._packages = packages

    def take_over(self) -> None:
        """Bring it up to date."""
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
        wanted = {Path(name) for name in listed.split("\0") if name and (ROOT / name).is_file()}
        for path in [path for path in self.root.rglob("*") if path.is_file() and not path.is_relative_to(self._made)]:
            if path.relative_to(self.root) not in wanted:
                path.unlink()
        for name in sorted(wanted):
            self._write(self.root / name, self._read(name))

    def run_mutmut(self, *names: str) -> None:
        """Try changes; each test on the newest server, for on which one it runs hangs on those beside it."""
        program = Path(sys.executable).parent / "mutmut"
        environment = {**os.environ, "PGCRAFT_EVERY_SERVER": "1"}
        with (self.root / "mutmut.log").open("w", encoding="utf-8") as log:
            subprocess.run(
                [program, "run", *names],
                cwd=self.root,
                check=False,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=environment,
            )

    def order_tests(self) -> None:
        """Let the tests of a named package run in the order in which it names them: first those that catch most."""
        listed = self._judges()
        path = self._made / "mutmut-stats.json"
        if not listed or not path.is_file():
            return
        stats = json.loads(path.read_text(encoding="utf-8"))
        for test, duration in stats["duration_by_test"].items():
            place = next((at for at, prefix in enumerate(listed) if test.startswith(prefix)), len(listed))
            stats["duration_by_test"][test] = place + min(duration % 1, 0.99)
        path.write_text(json.dumps(stats), encoding="utf-8")

    def read_results(self) -> dict[str, int | None]:
        """Give how each change ended, by its name; None where it was not tried yet."""
        found: dict[str, int | None] = {}
        for path in self._made.rglob("*.meta"):
            found |= json.loads(path.read_text(encoding="utf-8"))["exit_code_by_key"]
        return found

    def _read(self, name: Path) -> bytes:
        content = (ROOT / name).read_bytes()
        if name != Path("pyproject.toml") or not self._packages:
            return content
        narrowed = {
            "only_mutate": [f"pgcraft/{package}/*" for package in self._packages],
            "pytest_add_cli_args_test_selection": self._judges(),
        }
        text = content.decode()
        for key, values in narrowed.items():
            text = re.sub(rf"(?<=\n{key} = )\[[^\]]*\]", json.dumps(values), text)
        return text.encode()

    def _judges(self) -> list[str]:
        """Give the tests by which the named packages are judged, each once."""
        judges = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mutants"]
        tests = [test for package in self._packages for test in judges.get(package, ["tests/unit"])]
        return list(dict.fromkeys(tests))

    @staticmethod
    def _write(target: Path, content: bytes) -> None:
        if not target.is_file() or target.read_bytes() != content:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)


def _report(results: Mapping[str, int | None], survivors: Path) -> None:
    by_package: dict[str, Counter[str]] = {}
    for name, status in results.items():
        by_package.setdefault(name.split(".")[1], Counter())[_say(status)] += 1
    for package, found in sorted(by_package.items()):
        print(f"{package:12}{_share(found)}   {dict(sorted(found.items()))}")
    total = sum(by_package.values(), Counter())
    print(f"{'all':12}{_share(total)}   {dict(sorted(total.items()))}")
    lines = (f"{_say(status):9} {name}\n" for name, status in sorted(results.items()) if _say(status) != "caught")
    survivors.write_text("".join(lines), encoding="utf-8")


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
