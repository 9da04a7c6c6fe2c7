"""docs/cli.md: what `pgcraft COMMAND --help` says, for every command."""

import re
from pathlib import Path

from typer import Typer
from typer.testing import CliRunner

from pgcraft.cli.program import COMMANDS, build_app

PAGE = Path("docs/cli.md")
HEAD = """\
# Commands

What the workbench does, a command does too. stdout is data, stderr is talk; with `--json` stdout is one JSON document.
Commands find the project from the current folder upward. `python -m pgcraft` is the same program.

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
    """Return the whole page."""
    app = build_app()
    sections = [f"## pgcraft\n\n{_fence(_read_help(app))}"]
    for name in COMMANDS:
        text = _read_help(app, name)
        sections.append(f"## pgcraft {name}\n\n{_fence(text)}")
        sections += [
            f"### pgcraft {name} {inner}\n\n{_fence(_read_help(app, name, inner))}" for inner in _list_commands(text)
        ]
    return "\n".join([HEAD, *sections, STATUS])


def _list_commands(text: str) -> list[str]:
    """Return the commands of a group, from its help."""
    listed = text.partition("\nCommands:\n")[2].partition("\n\n")[0]
    return re.findall(r"^  (\w+) ", listed, re.MULTILINE)


def _read_help(app: Typer, *command: str) -> str:
    answer = CliRunner().invoke(app, [*command, "--help"], prog_name="pgcraft")
    return answer.stdout.strip()


def _fence(text: str) -> str:
    return f"```text\n{text}\n```\n"
