"""docs/cli.md: what `pgcraft COMMAND --help` says, for every command."""

import os
import re
import subprocess
import sys
from pathlib import Path

from pgcraft.cli.main import COMMANDS

PAGE = Path("docs/cli.md")
WIDTH = "100"
HEAD = """\
# Commands

What the workbench does, a command does too. stdout is data, stderr is talk; with `--json` stdout is one JSON document.
Commands find the project from the current folder upward.

This page is written by `make docs`.
"""
STATUS = """\
## Exit status

| status | meaning |
|---|---|
| 0 | fine |
| 1 | found something: a difference, an operation that did not hold, a problem |
| 2 | usage, settings or project files |
| 3 | the models |
| 4 | a server or a database |
"""


def render_page() -> str:
    """Give the whole page."""
    sections = [f"## pgcraft\n\n{_fence(_read_help())}"]
    for name in COMMANDS:
        text = _read_help(name)
        sections.append(f"## pgcraft {name}\n\n{_fence(text)}")
        sections += [
            f"### pgcraft {name} {inner}\n\n{_fence(_read_help(name, inner))}" for inner in _list_commands(text)
        ]
    return "\n".join([HEAD, *sections, STATUS])


def _list_commands(text: str) -> list[str]:
    """Give the commands of a group, from its help."""
    listed = text.partition("\nCommands:\n")[2].partition("\n\n")[0]
    return re.findall(r"^  (\w+) ", listed, re.MULTILINE)


def _read_help(*command: str) -> str:
    environment = {**os.environ, "COLUMNS": WIDTH, "NO_COLOR": "1", "TERM": "dumb"}
    program = [sys.executable, "-c", "from pgcraft.cli.main import main; main()", *command, "--help"]
    done = subprocess.run(program, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout.replace("Usage: -c", "Usage: pgcraft").strip()


def _fence(text: str) -> str:
    return f"```text\n{text}\n```\n"
