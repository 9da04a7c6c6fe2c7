"""Declared, rendered, applied, read back: every kind of object arrives in PostgreSQL as it was declared."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import MetaData

from pgcraft import pgcraft_build_naming_conventions
from pgcraft.catalog.objects import Catalog, Kind
from pgcraft.collect import collect
from pgcraft.export import export_sql
from pgcraft.render.catalog import render_catalog
from tests.acceptance.cases import CASES
from tests.acceptance.comparing import comparable, read
from tests.support.databases import Database

pytestmark = [pytest.mark.usefixtures("clean_roles"), pytest.mark.each_server]

NAMED = ("keys", "constraints", "unnamed_constraints_of_long_names", "indexes")


@pytest.mark.parametrize("name", CASES)
def test_what_is_read_back_is_what_was_declared(name: str, database: Database) -> None:
    declared = declare(name)
    database.run(export_sql(declared))
    assert comparable(declared) == comparable(read(database))


@pytest.mark.parametrize("name", NAMED)
def test_names_of_a_convention_are_those_that_arrive(name: str, database: Database) -> None:
    declared = declare(name, pgcraft_build_naming_conventions())
    database.run(export_sql(declared))
    assert comparable(declared) == comparable(read(database))


@pytest.mark.parametrize("name", CASES)
def test_what_was_read_makes_the_same_database_again(
    name: str, database: Database, new_database: Callable[[], Database]
) -> None:
    database.run(export_sql(declare(name)))
    original = read(database)
    copy, second_copy = new_database(), new_database()
    copy.run(export_sql(original))
    made_again = read(copy)
    second_copy.run(export_sql(made_again))
    assert comparable(original) == comparable(made_again)
    # PostgreSQL prints IN (…) as a cast array that it prints in another way again; then the text stays.
    assert made_again == read(second_copy)


@pytest.mark.parametrize("name", CASES)
def test_undoing_every_statement_leaves_nothing(name: str, database: Database) -> None:
    statements = render_catalog(declare(name))
    database.run("SET check_function_bodies = off;" + ";".join(statement.sql for statement in statements))
    undo = [sql for statement in reversed(statements) for sql in statement.reverse]
    database.run(";\n".join(undo))
    assert read(database).objects == ()


def test_a_rendered_catalog_is_the_same_on_every_run() -> None:
    for name in CASES:
        assert render_catalog(declare(name)) == render_catalog(declare(name))


def declare(name: str, convention: dict[str, Any] | None = None) -> Catalog:
    metadata = MetaData(naming_convention=convention)
    CASES[name](metadata)
    return collect(metadata)


def test_every_kind_has_a_case() -> None:
    assert set(Kind) == {item.id.kind for name in CASES for item in declare(name).objects}
