"""Hooks of extensions that fail: whose it was, on which line, and what to do."""

from dataclasses import dataclass

import pytest
from sqlalchemy import MetaData

from pgcraft.config import PGCraftConfig
from pgcraft.configure import pgcraft_configure_metadata
from pgcraft.errors import PGCraftValidationError, Place
from pgcraft.extension import PGCraftExtension, running_hook
from pgcraft.models import RoleDefinition, register_role
from pgcraft.models.declarations import get_declarations


def test_a_hook_that_fails_is_named_and_leaves_nothing() -> None:
    """The line is that of the call that ran it."""

    @dataclass
    class Failing(PGCraftExtension):
        name: str = "failing"

        def configure_metadata(self, metadata: MetaData) -> None:
            register_role(metadata, RoleDefinition(name="left"))
            raise RuntimeError("by design")

    metadata = MetaData()
    for _ in range(2):
        with pytest.raises(PGCraftValidationError) as caught:
            pgcraft_configure_metadata(metadata, PGCraftConfig(auto_discover=False).use(Failing()))
    assert "PGC213" == caught.value.code
    assert "configure_metadata of extension failing failed: RuntimeError: by design" == caught.value.what
    assert () == get_declarations(metadata).roles.all()


@pytest.mark.parametrize(
    ("hook", "code"),
    [
        ("plugins", "PGC212"),
        ("validate", "PGC213"),
        ("configure_metadata", "PGC213"),
        ("configure_alembic", "PGC213"),
        ("register_cli", "PGC214"),
    ],
)
def test_a_failed_hook_is_told_in_one_way(hook: str, code: str) -> None:
    """Four places did, each in words of its own, and one without what to do."""
    extension, place = PGCraftExtension(name="failing"), Place("env.py", 3)
    with pytest.raises(PGCraftValidationError) as caught, running_hook(extension, hook, place):
        raise RuntimeError("by design")
    error = caught.value
    assert (code, place) == (error.code, error.place)
    assert f"{hook} of extension failing failed: RuntimeError: by design" == error.what
    expected = f'mend pgcraft.extension.PGCraftExtension.{hook}, or switch it off: disabled_extensions = ["failing"]'
    assert expected == error.remedy
    assert isinstance(error.__cause__, RuntimeError)


def test_a_declaration_that_a_hook_makes_wrong_is_told_as_such() -> None:
    """It has the line of the call where it has none of its own."""
    wrong = PGCraftValidationError("PGC120", "twice")
    extension = PGCraftExtension(name="x")
    with (
        pytest.raises(PGCraftValidationError) as caught,
        running_hook(extension, "configure_metadata", Place("models.py", 7)),
    ):
        raise wrong
    assert wrong is caught.value
    assert Place("models.py", 7) == wrong.place
    told = pytest.raises(PGCraftValidationError, match="PGC212: plugins of extension x failed: PGC120: twice")
    with told, running_hook(extension, "plugins"):
        raise PGCraftValidationError("PGC120", "twice")
