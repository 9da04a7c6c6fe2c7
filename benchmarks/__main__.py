"""Runs the measures and prints them side by side; ``--json`` for programs.

Programs that are measured find their bytecode cached, as after an installation, whatever the environment says.
"""

import argparse
import importlib
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

from benchmarks.measure import Figure, Result

MEASURES = (
    "building",
    "rendering",
    "autogenerate",
    "first_revision",
    "commands",
    "server",
    "reload",
    "first_frame",
    "scale",
    "escape",
    "factories",
)
"""The modules of this package that measure something; each has ``measure()``."""


BYTECODE = Path(__file__).parents[1] / ".cache/bytecode"


def _cache_bytecode() -> None:
    """Let every program that is started from here write and find bytecode; the first round of a measure writes it."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = str(BYTECODE)


def show(line: Result | Figure) -> str:
    """Return one line of the table."""
    if isinstance(line, Figure):
        cells = (line.name, f"{line.value:.2f}", "", "", _show_limit(line.limit, ""))
    else:
        ratio = "" if line.ratio is None else f"{line.ratio:.2f}x"
        peer = "" if line.peer_seconds is None else f"{_show_time(line.peer_seconds)}  {line.peer}"
        limit = _show_limit(line.limit, "x") or _show_limit(line.limit_s, " s")
        cells = (line.name, _show_time(line.seconds), peer, ratio, limit)
    verdict = {True: "met", False: "MISSED", None: ""}[line.is_met]
    name, ours, peer, ratio, limit = cells
    return f"{name:<46} {ours:>10}  {peer:<40} {ratio:>7}  {limit:<14} {verdict:<7} {line.note}".rstrip()


def _show_time(seconds: float) -> str:
    return f"{seconds * 1000:,.1f} ms"


def _show_limit(limit: float | None, unit: str) -> str:
    return "" if limit is None else f"at most {limit:.3g}{unit}"


def main() -> int:
    """Run the measures asked for; 1 when a target is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("measures", nargs="*", metavar="MEASURE", help=f"of {', '.join(MEASURES)}; all when left out")
    parser.add_argument("--json", action="store_true", help="print one JSON list instead of the table")
    options = parser.parse_args()
    unknown = set(options.measures) - set(MEASURES)
    if unknown:
        parser.error(f"no measure is called {', '.join(sorted(unknown))}")
    _cache_bytecode()
    lines = []
    for name in options.measures or MEASURES:
        for line in importlib.import_module(f"benchmarks.{name}").measure():
            lines.append(line)
            if not options.json:
                print(show(line), flush=True)
    if options.json:
        rows = [{**asdict(line), "ratio": getattr(line, "ratio", None), "is_met": line.is_met} for line in lines]
        print(json.dumps(rows, indent=2))
    return 1 if any(line.is_met is False for line in lines) else 0


if __name__ == "__main__":
    sys.exit(main())
