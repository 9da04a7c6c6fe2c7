"""The generated pages say what the program says now."""

from tests.docs.blocks import ROOT
from tools.docs import cli, keys, plugins


def test_the_page_of_commands_is_current() -> None:
    """An option that the page lacks; `make docs` writes it."""
    assert cli.render_page() == (ROOT / cli.PAGE).read_text(encoding="utf-8"), "run `make docs`"


def test_the_tables_of_keys_are_current() -> None:
    """A key that the page gets wrong; `make docs` writes it."""
    page = (ROOT / keys.PAGE).read_text(encoding="utf-8")
    assert keys.render_page(page) == page, "run `make docs`"


def test_the_tables_of_plugins_are_current() -> None:
    """What a plugin requires and produces is what another one builds on; `make docs` writes it."""
    page = (ROOT / plugins.PAGE).read_text(encoding="utf-8")
    assert plugins.render_page(page) == page, "run `make docs`"
