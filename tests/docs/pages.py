"""Runs the fenced blocks of a page, in order, in a project's folder.

What the fence says behind the language decides::

    ```python models.py        writes the file; with a + behind it, adds to it
    ```python                  runs it, with the project's folder as the current one
    ```bash                    runs it
    ```console                 runs what stands behind each `$ `, and compares what it prints; … is any text
    ```sql                     is a part of the DDL that the models give
    ```text, ```mermaid        is for reading only
"""

import re
import shlex
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.docs.blocks import Block
from tests.support.projects import Done, Project

FOR_READING = ("", "text", "mermaid")
PLAIN = re.compile(
    r"(?P<variables>(?:\w+=[\w./:-]+ )*)"
    r'(?P<words>(?:pgcraft|alembic)(?: (?:[\w./:=@%+,-]+|"[^"$`\\!]*"))*)'
    r"(?: > (?P<file>[\w.]+)|(?P<may_fail> \|\| true))?"
)
"""A command that means the same without a shell: variables, words, where its output goes, whether it may fail."""
PROMPT = re.compile(r"^\$ (.*)$", re.MULTILINE)


@dataclass
class PageRun:
    """A page at work.

    Attributes:
        page: its name, for messages.
        project: where it runs; `cd` in a block of Bash moves on to the next one.
    """

    page: str
    project: Project
    ran: list[Block] = field(default_factory=list)

    def run(self, block: Block) -> None:
        """Do what the block says; fails the test where the page does not tell the truth."""
        if block.language in FOR_READING:
            return
        self.ran.append(block)
        match block.language, block.title:
            case "bash", "":
                self._run_shell(block.text)
            case "console", "":
                self._compare_console(block)
            case "sql", "":
                self._find_in_ddl(block)
            case "python", "":
                self.project.run("python", "-", stdin=block.text)
            case _, "":
                raise AssertionError(f"{self.page}:{block.line}: a {block.language} block needs a file name behind it")
            case _, title:
                self._write(title, block.text)

    def _write(self, title: str, text: str) -> None:
        name, is_added = title.removesuffix(" +"), title.endswith(" +")
        path = self.project.root / name
        self.project.write(name, f"{path.read_text()}\n\n{text}" if is_added else text)

    def _run_shell(self, text: str) -> None:
        lines = text.splitlines()
        plain = [found for found in map(PLAIN.fullmatch, lines) if found]
        if len(plain) == len(lines):
            for found in plain:
                self._run_plain(found, check=not found["may_fail"])
            return
        marker = "the folder is"
        printed = self.project.run("bash", "-eu", "-c", f"{text}\necho '{marker}' \"$PWD\"").stdout
        folder = printed.rpartition(marker)[2].strip()
        self.project = replace(self.project, root=Path(folder))

    def _run_plain(self, command: re.Match[str], *, check: bool = False) -> Done:
        variables = dict(each.split("=", 1) for each in command["variables"].split())
        done = self.project.run(*shlex.split(command["words"]), check=check, **variables)
        if command["file"] is None:
            return done
        self.project.write(command["file"], done.stdout)
        return replace(done, stdout="")

    def _compare_console(self, block: Block) -> None:
        _, *pieces = PROMPT.split(block.text)
        for command, expected in zip(pieces[::2], pieces[1::2], strict=True):
            plain = PLAIN.fullmatch(command)
            done = self._run_plain(plain) if plain else self.project.run("bash", "-c", command, check=False)
            printed = done.output
            pattern = ".*".join(re.escape(part.strip()) for part in expected.strip().split("…"))
            where = f"{self.page}:{block.line}: {command} prints\n{printed}"
            assert re.fullmatch(pattern, printed.strip(), re.DOTALL), where

    def _find_in_ddl(self, block: Block) -> None:
        ddl = " ".join(self.project.pgcraft("ddl").stdout.split())
        assert " ".join(block.text.split()) in ddl, f"{self.page}:{block.line}: not in\n{ddl}"
