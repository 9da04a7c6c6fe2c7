"""Fixtures of the development server's tests."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from pgcraft.devdb.server.directories import choose_base


@pytest.fixture
def short_path() -> Iterator[Path]:
    """A folder with a path short enough for sockets, which pytest's own is not; in memory where that is possible."""
    folder = Path(tempfile.mkdtemp(prefix="t-", dir=choose_base()))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)
