"""The comment lines of revisions: what is written is what is read back, and no other line is taken for one."""

import pytest

from pgcraft.catalog.ids import parse_id
from pgcraft.catalog.origins import Layer, Origin
from pgcraft.diff.actions import Verb
from pgcraft.scripts.headers import (
    find_password,
    find_server_need,
    parse_marker,
    render_marker,
    render_password_marker,
    render_server_need_marker,
)

LINES = {
    "    # pgcraft: create view app.v": (Verb.CREATE, "view app.v"),
    "\t# pgcraft: set aside view app.v · by · models.py:4  \n": (Verb.SET_ASIDE, "view app.v"),
    '  # pgcraft: drop view app."a · \\"b"': (Verb.DROP, 'view app."a · \\"b"'),
    '    # pgcraft: alter role "The · Role" · password from X': (Verb.ALTER, 'role "The · Role"'),
    "# pgcraft: create view app.v": None,
    "    # pgcraft: make view app.v": None,
    "    # pgcraft: create ": None,
    "    # pgcraft:create view app.v": None,
    '    x = "# pgcraft: create view app.v"': None,
}


@pytest.mark.parametrize("line", LINES)
def test_a_marker_is_read_as_it_was_written(line: str) -> None:
    assert LINES[line] == parse_marker(line)


def test_a_marker_says_what_is_done_and_who_asked_for_it() -> None:
    view = parse_id('view app."a\\u00000ab"')
    origins = (Origin(Layer.FACTORY, 'View("v\n")', "models.py", 3), Origin(Layer.EXTENSION, "x"))
    written = render_marker(Verb.REPLACE, view, origins)
    assert '# pgcraft: replace view app."a\\u00000ab" · View("v\\u00000a") · extension x · models.py:3' == written
    assert (Verb.REPLACE, str(view)) == parse_marker("    " + written)
    assert "# pgcraft: drop view app.v" == render_marker(Verb.DROP, parse_id("view app.v"))


def test_a_password_is_known_by_role_and_variable() -> None:
    role = parse_id('role "The Role"')
    written = render_password_marker(role, "PG_PASSWORD")
    assert '# pgcraft: alter role "The Role" · password from PG_PASSWORD' == written
    assert ('role "The Role"', "PG_PASSWORD") == find_password(f"    {written}  ")
    assert None is find_password(f"x {written}")
    assert None is find_password(f"{written} and more")
    assert None is find_password("# pgcraft: alter view app.v · password from X")


def test_a_needed_server_is_known_by_its_version() -> None:
    written = render_server_need_marker(18, 'X in Y("z")')
    assert '# pgcraft: need PostgreSQL 18 · X in Y("z")' == written
    assert 18 == find_server_need(f"\t{written} ")
    assert None is find_server_need("# pgcraft: need PostgreSQL eighteen · X")
    assert None is find_server_need("# pgcraft: need PostgreSQL 18")
