"""What crosses the pipe comes back as it was, and nothing else is understood."""

import json
from pathlib import Path

import pytest

from pgcraft.catalog.definitions import Column, Identity, Table, Trigger
from pgcraft.catalog.objects import CatalogObject, Kind, ObjectId, make_catalog
from pgcraft.catalog.origins import Layer, Origin
from pgcraft.errors import PGCraftColumnError, PGCraftError, PGCraftLoadError, Place
from pgcraft.render.statement import Hazard, HazardType
from pgcraft.service.protocol import (
    Answered,
    read_body,
    read_message,
    read_request,
    write_answer,
    write_message,
    write_request,
)
from pgcraft.service.requests import DevServer, ProveRevision
from pgcraft.service.types import (
    LoadedModels,
    Operation,
    Progress,
    Project,
    RevisionDraft,
    Stage,
    SwitchPreview,
)

TABLE = ObjectId(Kind.TABLE, "s", 'odd "name"\n')
TRIGGER = ObjectId(Kind.TRIGGER, "s", "t", TABLE.name)
ORIGINS = (Origin(Layer.FACTORY, 'F("x")', "models.py", 3), Origin(Layer.PLUGIN, "P"))
PROJECT = Project(Path("/p"), "models.py", None, Path("/p/pyproject.toml"), None, ("a",), "p")


def test_a_catalog_comes_back_equal():
    """Optional dataclasses, unions of dataclasses, pairs in tuples, odd names."""
    catalog = make_catalog(
        [
            CatalogObject(TABLE, Table(comment="c"), (TRIGGER,), (), ORIGINS),
            CatalogObject(
                ObjectId(Kind.COLUMN, "s", "é", TABLE.name), Column(1, "int", identity=Identity(always=True))
            ),
            CatalogObject(TRIGGER, Trigger("before", ("insert",), ("s", "f"), ("a", "b")), (), (TABLE,), ORIGINS),
        ]
    )
    loaded = LoadedModels(catalog, (), (), ("models.py",), "printed\x00", ("note",), 0.5, 1)
    message = read_message(write_answer(loaded))
    assert isinstance(message, Answered)
    assert loaded == read_body(LoadedModels, message.body)


def test_equal_ids_are_one_object_after_reading():
    """A catalog of 10,000 objects names its ids many times."""
    catalog = make_catalog([CatalogObject(TABLE, Table(), (TRIGGER,)), CatalogObject(TRIGGER, Table(), (), (TABLE,))])
    message = read_message(write_answer(LoadedModels(catalog, (), (), ())))
    assert isinstance(message, Answered)
    first, second = read_body(LoadedModels, message.body).catalog.objects
    assert first.id is second.depends_on[0]


def test_a_request_comes_back_equal_by_name():
    """Paths, nested dataclasses, hazards."""
    hazard = Hazard(HazardType.DATA_LOSS, "gone")
    operation = Operation("k", "drop", TABLE, "drop table", ("DROP",), (), (hazard,), ("other",))
    draft = RevisionDraft("m", "abc", Path("/v/abc_m.py"), "text", (operation,))
    request = ProveRevision(PROJECT, DevServer("postgresql://", True), draft)
    asked = read_request(write_request(request))
    assert "ProveRevision" == asked.name
    assert request == read_body(ProveRevision, asked.body)


def test_bytes_survive():
    """A pyproject.toml is given back byte for byte."""
    preview = SwitchPreview("x", True, (), (), (), "", "", Path("p"), b"\xff\x00", b"")
    message = read_message(write_answer(preview))
    assert isinstance(message, Answered)
    assert preview == read_body(SwitchPreview, message.body)


def test_errors_keep_their_class_and_fields():
    """A ValueError of the library is one in the workbench, too."""
    error = PGCraftColumnError("PGC113", "what", place=Place("m.py", 3, "X"), remedy="do", detail="d")
    again = read_message(write_message(error))
    assert isinstance(again, PGCraftColumnError)
    assert error.to_dict() == again.to_dict()


def test_progress_comes_back_equal():
    """Stages are shown as they are named."""
    progress = Progress(Stage.REPLAY, 1, 2, 0.5, "x")
    assert progress == read_message(write_message(progress))


@pytest.mark.parametrize("line", [b"hello\n", b"[]\n", b"{}\n", b'{"version":1,"kind":"odd","body":{}}\n'])
def test_what_is_no_message_is_refused(line: bytes):
    """A stray write into our pipe must not pass for an answer."""
    with pytest.raises(PGCraftLoadError, match="PGC304"):
        read_message(line)


def test_another_version_is_refused():
    """Half an upgrade leaves two versions of pgcraft on one machine."""
    message = json.loads(write_message(Progress(Stage.START)))
    message["version"] += 1
    with pytest.raises(PGCraftError, match="version 2, where version 1 is spoken"):
        read_message(json.dumps(message).encode())


def test_every_message_is_one_line():
    """The reader splits at line feeds."""
    assert 1 == write_answer(LoadedModels(make_catalog([]), (), (), (), "a\nb\u2028c")).count(b"\n")


def test_no_password_leaves_a_child_in_an_error():
    """Whatever raised it, and whatever it quotes: a server's message, a traceback, what was printed."""
    secret = "postgresql://me:geheim@host/db"
    error = PGCraftError("PGC391", f"what {secret}", remedy=f"do {secret}", detail=f"it wrote:\n{secret}")
    again = read_message(write_message(error))
    hidden = "postgresql://me:***@host/db"
    assert isinstance(again, PGCraftError)
    assert (f"what {hidden}", f"do {hidden}", f"it wrote:\n{hidden}") == (again.what, again.remedy, again.detail)
