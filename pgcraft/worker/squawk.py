"""What squawk says of a revision's SQL, where that program is there: https://squawkhq.com."""

import json
import os
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from pgcraft.diff.autocommit import runs_alone
from pgcraft.render.statement import Hazard, HazardType
from pgcraft.service.types import Operation, Project, Writing
from pgcraft.worker.scratch import connect, server_major

PROGRAM = "PGCRAFT_SQUAWK"
"""The environment variable that names the program; empty for none."""

_TIMEOUT_S = 60.0


def find_squawk() -> str | None:
    """Return the program: what ``PGCRAFT_SQUAWK`` names, or else ``squawk`` beside Python or on PATH."""
    named = os.environ.get(PROGRAM)
    if named is not None:
        return shutil.which(named) if named else None
    return shutil.which("squawk", path=str(Path(sys.executable).parent)) or shutil.which("squawk")


def add_findings(
    operations: tuple[Operation, ...], project: Project, url: str
) -> tuple[tuple[Operation, ...], tuple[str, ...]]:
    """Return operations with what squawk finds, as it is configured in the project, and a note where it fails.

    Args:
        url: of a database of the version that the SQL is for.
    """
    program = find_squawk()
    if program is None or not operations:
        return operations, ()
    lines = list(_write(operations, project.writing))
    with connect(url) as connection:
        version = ("--pg-version", str(server_major(connection)))
    command = [program, "--reporter", "Json", *version, "--stdin-filepath", "revision.sql"]
    text = "".join(f"{line}\n" for line, _ in lines)
    try:
        done = subprocess.run(
            command, input=text, capture_output=True, text=True, cwd=project.root, timeout=_TIMEOUT_S, check=False
        )
        found = json.loads(done.stdout)
    except (OSError, subprocess.TimeoutExpired, json.JSONDecodeError) as error:
        return operations, (f"squawk failed, and nothing is known of what it finds: {error}",)
    hazards = _sort(found, [key for _, key in lines])
    return tuple(replace(each, hazards=(*each.hazards, *hazards[each.key])) for each in operations), ()


def _write(operations: Iterable[Operation], writing: Writing) -> Iterator[tuple[str, str]]:
    """Return the lines of a file, each with the key of its operation; what is committed by itself stands alone."""
    for name in ("lock_timeout", "statement_timeout"):
        if value := getattr(writing, name):
            yield f"SET {name} = '{value}';", ""
    is_open = False
    for operation in operations:
        is_alone = any(map(runs_alone, operation.up))
        if operation.up and is_alone is is_open:
            yield ("COMMIT;" if is_open else "BEGIN;"), ""
            is_open = not is_open
        for sql in operation.up:
            yield from ((line, operation.key) for line in f"{sql};".splitlines())
    if is_open:
        yield "COMMIT;", ""


def _sort(found: Iterable[dict[str, Any]], keys: list[str]) -> dict[str, list[Hazard]]:
    """Return the findings by the keys of the operations on whose lines they are."""
    hazards: dict[str, list[Hazard]] = defaultdict(list)
    for each in found:
        said = " ".join(f"{part.removesuffix('.')}." for part in (each["message"], each.get("help")) if part)
        hazards[keys[each["line"]]].append(Hazard(HazardType.SQUAWK, f"{each['rule_name']}: {said}"))
    return hazards
