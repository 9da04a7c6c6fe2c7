"""Whose a declaration is, and on which line of the user's it stands."""

import sysconfig
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, Integer, MetaData, Table

from pgcraft.catalog.origins import Layer, Origin, list_origins
from pgcraft.models.provenance import (
    current_origins,
    current_place,
    find_caller,
    find_place,
    give_role,
    origin_scope,
    origins_resumed,
    read_origins,
    read_role,
    show_path,
    stamp,
)
from pgcraft.models.value_columns import ValueColumns, find_value_columns, give_value_columns

FACTORY = Origin(Layer.FACTORY, "F", "models.py", 3)
PLUGIN = Origin(Layer.PLUGIN, "P", "plugin.py", 5)
NOWHERE = Origin(Layer.EXTENSION, "E")


def caller_from(*files: Path) -> object:
    """Give what is found on a stack of these files alone, innermost first, each a line further down."""
    call: Any = find_caller
    for line, file in enumerate(files, start=1):
        namespace = {"call": call}
        exec(compile("\n" * (line - 1) + "def run(): return call()", str(file), "exec"), namespace)
        call = namespace["run"]
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(call).result()


LIBRARY = Path(sysconfig.get_path("purelib")).resolve() / "lib" / "models.py"
OTHER_LIBRARY = Path(sysconfig.get_path("purelib")).resolve() / "other" / "models.py"
STANDARD = Path(sysconfig.get_path("stdlib")).resolve() / "functools.py"


def test_the_innermost_line_of_the_users_own_is_the_place(tmp_path: Path) -> None:
    inner, outer = tmp_path / "inner.py", tmp_path / "outer.py"
    assert (str(inner), 2) == caller_from(LIBRARY, inner, outer)
    assert (str(inner), 1) == caller_from(inner, LIBRARY)


def test_installed_models_count_where_no_line_is_the_users() -> None:
    assert (str(LIBRARY), 2) == caller_from(STANDARD, LIBRARY, OTHER_LIBRARY)


def test_there_is_no_place_where_no_line_is_the_users() -> None:
    assert ("", 0) == caller_from()
    assert ("", 0) == caller_from(STANDARD)


def test_a_path_is_shown_from_the_current_folder_where_it_is_inside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "project" / "app").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "project")
    assert "app/models.py" == show_path(str(tmp_path / "project" / "app" / "models.py"))
    assert "app/models.py" == show_path("app/models.py")
    assert str(tmp_path / "models.py") == show_path(str(tmp_path / "models.py"))
    monkeypatch.chdir(tmp_path)
    assert "models.py" == show_path(str(tmp_path / "models.py"))


def test_scopes_add_up_from_the_outermost_and_end_even_with_an_error() -> None:
    with origin_scope(Layer.FACTORY, "F", place=("models.py", 3)) as outer:
        with suppress(ValueError), origin_scope(Layer.PLUGIN, "P", place=("plugin.py", 5)) as inner:
            assert (FACTORY, PLUGIN) == (outer, inner) == current_origins()
            raise ValueError
        assert (FACTORY,) == current_origins()
    assert () == current_origins()


def test_a_scope_without_a_place_stands_where_it_is_opened() -> None:
    with origin_scope(Layer.PLUGIN, "P") as origin:
        file, line = find_caller()
    assert (file, line - 1) == (origin.file, origin.line)
    assert file.endswith("test_provenance.py")


def test_origins_are_resumed_in_the_place_of_those_in_force() -> None:
    with origin_scope(Layer.FACTORY, "F", place=("models.py", 3)):
        with origins_resumed((PLUGIN,)):
            assert (PLUGIN,) == current_origins()
        assert (FACTORY,) == current_origins()


def test_the_place_is_that_of_the_outermost_that_has_one() -> None:
    assert ("models.py", 3) == find_place((NOWHERE, FACTORY, PLUGIN))
    assert ("", 0) == find_place((NOWHERE,))
    with origins_resumed((NOWHERE, PLUGIN, FACTORY)):
        assert ("plugin.py", 5) == current_place()
    with origins_resumed((NOWHERE,)):
        assert find_caller() == current_place()


def test_a_stamp_stays_and_a_column_without_one_has_its_tables() -> None:
    table = Table("t", MetaData(), Column("a", Integer), Column("b", Integer))
    assert () == read_origins(table) == read_origins(table.c.a) == read_origins(Column("c", Integer))
    with origins_resumed((FACTORY,)):
        stamp(table)
        stamp(table.c.b, (PLUGIN,))
        stamp(table.c.b)
    stamp(table)
    assert (FACTORY,) == read_origins(table) == read_origins(table.c.a)
    assert (PLUGIN,) == read_origins(table.c.b)


def test_a_role_is_what_was_said_last() -> None:
    table = Table("t", MetaData())
    assert "" == read_role(table)
    for role in ("log of app.x", "history of app.x"):
        give_role(table, role)
        assert role == read_role(table)


def test_origins_are_told_in_a_line_with_the_first_place_that_is_known() -> None:
    user = Origin(Layer.USER, "register_view", "views.py", 9)
    assert ("extension E", "F", "plugin P", "models.py:3") == list_origins((NOWHERE, FACTORY, PLUGIN))
    assert ("register_view", "views.py:9") == list_origins((user,))
    assert ("extension E",) == list_origins((NOWHERE,))
    assert "" == NOWHERE.declared_at


def test_a_table_tells_what_was_said_of_its_values() -> None:
    table = Table("t", MetaData())
    assert find_value_columns(table) is None
    values = ValueColumns(
        "name", {"value_text": ("a", "b")}, ("app", "v"), ("e", "o"), frozenset("a"), {"a": "", "b": "c"}
    )
    give_value_columns(table, values)
    assert values is find_value_columns(table)
