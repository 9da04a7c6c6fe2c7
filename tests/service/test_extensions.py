"""Switching extensions: the file keeps its comments, undo gives every byte back."""

from pathlib import Path

import pytest

from pgcraft.errors import PGCraftConfigError
from pgcraft.service.tomledit import set_disabled
from tests.service.conftest import OpenWorkbench

MODELS = """\
from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy import Column, MetaData, String

from pgcraft.config import PGCraftConfig
from pgcraft.extension import PGCraftExtension
from pgcraft.extensions.postgrest import PostgRESTExtension, PostgRESTView
from pgcraft.factory import PGCraftSimple


@dataclass
class Tenancy(PGCraftExtension):
    '''Rows of one tenant.'''

    name: str = "tenancy"
    depends_on: ClassVar[list[str]] = ["postgrest"]


config = PGCraftConfig(auto_discover=False).use(PostgRESTExtension())
metadata = MetaData()
things = PGCraftSimple("things", "public", metadata, [Column("name", String)], config=config)
PostgRESTView(things)
"""
FILE = """\
# the project
[tool.pgcraft]
models = "models.py"   # the only module
disabled_extensions = [  # none yet
]

[tool.other]
x = 1
"""


def test_switching_off_and_undoing_gives_every_byte_back(open_workbench: OpenWorkbench, tmp_path: Path):
    """A file that somebody wrote by hand is theirs."""
    workbench = open_workbench(MODELS, FILE)
    workbench.load()
    preview = workbench.preview_switch("postgrest", enable=False)
    assert "view api.things" in map(str, preview.disappearing)
    assert () == preview.appearing
    assert "CREATE VIEW api.things" in preview.ddl_before
    assert "CREATE VIEW api.things" not in preview.ddl_after
    assert FILE == (tmp_path / "pyproject.toml").read_text()
    workbench.apply_switch(preview)
    written = (tmp_path / "pyproject.toml").read_text()
    assert "# none yet" in written
    assert "# the only module" in written
    assert ("postgrest",) == workbench.project.disabled
    assert not workbench.load().resources
    workbench.undo_switch(preview)
    assert FILE == (tmp_path / "pyproject.toml").read_text()
    assert workbench.load().resources


def test_a_file_changed_in_between_is_left_alone(open_workbench: OpenWorkbench, tmp_path: Path):
    """Somebody's editor saved while the preview was looked at."""
    workbench = open_workbench(MODELS, FILE)
    workbench.load()
    preview = workbench.preview_switch("postgrest", enable=False)
    (tmp_path / "pyproject.toml").write_text(FILE + "# more\n")
    with pytest.raises(PGCraftConfigError, match="PGC007"):
        workbench.apply_switch(preview)
    assert (tmp_path / "pyproject.toml").read_text().endswith("# more\n")


def test_a_missing_file_is_made_and_undone(open_workbench: OpenWorkbench, tmp_path: Path):
    """A folder with a models.py alone is a project, too."""
    workbench = open_workbench(MODELS)
    workbench.load()
    preview = workbench.preview_switch("postgrest", enable=False)
    workbench.apply_switch(preview)
    assert 'disabled_extensions = ["postgrest"]' in (tmp_path / "pyproject.toml").read_text()
    workbench.undo_switch(preview)
    assert not (tmp_path / "pyproject.toml").exists()


def test_what_others_need_is_not_switched_off_alone(open_workbench: OpenWorkbench):
    """The error names who needs it."""
    workbench = open_workbench(MODELS.replace("PostgRESTExtension())", "PostgRESTExtension(), Tenancy())"))
    states = {state.name: state for state in workbench.load().extensions}
    assert ("tenancy",) == states["postgrest"].needed_by
    assert "Rows of one tenant." == states["tenancy"].summary
    with pytest.raises(PGCraftConfigError, match="tenancy needs it"):
        workbench.preview_switch("postgrest", enable=False)


@pytest.mark.parametrize(
    ("name", "enable", "message"),
    [("postgrest", True, "is on already"), ("postgres", False, 'no extension "postgres"')],
)
def test_what_cannot_be_switched_says_why(open_workbench: OpenWorkbench, name: str, enable: bool, message: str):
    """A switch that does nothing would look like one that failed."""
    workbench = open_workbench(MODELS)
    workbench.load()
    with pytest.raises(PGCraftConfigError, match=message):
        workbench.preview_switch(name, enable=enable)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[project]\nname = 'x'\n",
        b"[tool.ruff]\nline-length = 3 # hi\n[other]\na = 1\n",
        b"[tool]\npgcraft = {models = 'm'}\n",
        b"tool.pgcraft.models = 'm'\n",
        b"[tool.pgcraft]\r\nmodels = 'm'\r\n",
        b"[tool.pgcraft]\ndisabled_extensions = [\n  'a', # why\n  'b',\n]\n",
    ],
)
def test_every_way_to_write_toml_is_edited(content: bytes):
    """Whatever form the table has, the list ends up in it, and what was there stays."""
    import tomllib

    after = set_disabled(content, "audit", disabled=True)
    table = tomllib.loads(after.decode())["tool"]["pgcraft"]
    assert "audit" in table["disabled_extensions"]
    assert all(line in after for line in content.splitlines() if b"#" in line)
    assert (b"\r\n" in content) == (b"\r\n" in after)
    back = tomllib.loads(set_disabled(after, "audit", disabled=False).decode())["tool"]["pgcraft"]
    assert "audit" not in back["disabled_extensions"]
