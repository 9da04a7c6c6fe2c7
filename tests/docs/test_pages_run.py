"""Every example of README, the docs and the example's README is run."""

import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pgcraft.devdb.databases import create_database
from pgcraft.devdb.server.servers import Server
from tests.docs.blocks import ROOT, read_blocks
from tests.docs.pages import FOR_READING, PageRun
from tests.support.projects import Project
from tests.support.relay import relay_to
from tests.support.servers import EMBEDDED_MAJOR, get_binaries

EXTENSIONS = sorted((ROOT / "examples/extensions").glob("*/README.md"))
PAGES = [*sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]), *EXTENSIONS]
PAGES_WITH_EXAMPLES = [page for page in PAGES if any(block.language not in FOR_READING for block in read_blocks(page))]


@pytest.fixture
def folder(tmp_path: Path, cluster18: Server) -> Iterator[Project]:
    """An empty folder in which `localhost` leads to an empty database ``mydb``."""
    create_database(cluster18.base_url, "mydb")
    root = tmp_path / "docs"
    root.mkdir()
    with relay_to(cluster18) as port:
        path = os.pathsep.join([str(get_binaries(EMBEDDED_MAJOR).bindir), os.environ.get("PATH", os.defpath)])
        environment = {"PGHOST": "127.0.0.1", "PGPORT": str(port), "PGUSER": "postgres", "PATH": path}
        yield Project(root, {**environment, **_packages(tmp_path), "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "120"})


def _name(page: Path) -> str:
    return f"{page.parent.name}-{page.name}" if page in EXTENSIONS else page.name


def _packages(tmp_path: Path) -> dict[str, str]:
    """Let `pip install` put a page's packages where this page alone finds them, and fetch nothing."""
    target = str(tmp_path / "packages")
    return {"PIP_TARGET": target, "PYTHONPATH": target, "PIP_NO_DEPS": "1", "PIP_NO_BUILD_ISOLATION": "0"}


@pytest.mark.parametrize("page", PAGES_WITH_EXAMPLES, ids=_name)
def test_every_example_of_a_page_runs_in_order(page: Path, folder: Project) -> None:
    """A page whose examples fail costs a reader's first hour."""
    if page in EXTENSIONS:
        shutil.copytree(page.parent, folder.root, dirs_exist_ok=True)
    run = PageRun(page.name, replace(folder))
    for block in read_blocks(page):
        run.run(block)
    assert run.ran


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    """Links within the repository, pictures included."""
    targets = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    assert [target for target in targets if "://" not in target and not (page.parent / target).exists()] == []
