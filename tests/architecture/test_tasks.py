"""What CONTRIBUTING says of the files that a change touches."""

import re

import pytest

from tests.architecture.imports import ROOT

TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
MOST = 12


def _read_tasks() -> dict[str, str]:
    section = TEXT.partition("## What a change touches")[2].partition("\n## ")[0]
    return {item.partition("**")[0]: item for item in re.split(r"^- \*\*", section, flags=re.M)[1:]}


TASKS = _read_tasks()


def test_there_are_twelve_of_them():
    assert 12 == len(TASKS)


@pytest.mark.parametrize("task", TASKS)
def test_a_change_touches_a_dozen_files_at_most(task: str):
    """A task that grows past them means that something is said in several places."""
    files = re.findall(r"`([\w/.]+/[\w/.]*|[\w.]+\.(?:toml|txt))`", TASKS[task])
    documents = re.findall(r"\b(?:README|CHANGELOG)\.md", TASKS[task])
    assert MOST >= len({*files, *documents})


def test_every_file_that_is_named_is_there():
    """A moved file takes its name in the guide along."""
    named = re.findall(r"`((?:pgcraft|pgcraft_tui|tests|docs|tools)/[\w/.]*)`", TEXT)
    assert [] == [name for name in named if "NAME" not in name and not (ROOT / name).exists()]
