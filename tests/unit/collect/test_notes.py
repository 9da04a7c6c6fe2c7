"""What models declare and a catalog does not hold is told, one whole line for each."""

import pytest
from sqlalchemy import DDL, Column, Index, Integer, MetaData, Table, event
from sqlalchemy.dialects.postgresql import ARRAY, CITEXT, DOMAIN, HSTORE

from pgcraft.collect import collect
from pgcraft.models import ExtensionDefinition, register_extension


def notes_of(*columns: Column[object], **options: object) -> tuple[str, ...]:
    metadata = MetaData()
    Table("t", metadata, *columns, schema="app", **options)
    return collect(metadata).notes


@pytest.mark.parametrize("option", ["on_commit", "with_oids"])
def test_an_option_that_is_not_modelled_is_told(option: str) -> None:
    line = f"table app.t: postgresql_{option} is left out: pgcraft does not model it"
    assert (line,) == notes_of(**{f"postgresql_{option}": "x"})
    assert () == notes_of(**{f"postgresql_{option}": None})


def test_the_tablespace_of_an_index_is_told() -> None:
    metadata = MetaData()
    Table("t", metadata, Column("a", Integer), Index("i", "a", postgresql_tablespace="fast"), schema="app")
    line = "index i of table app.t: tablespace fast is not compared: write its migration by hand"
    assert (line,) == collect(metadata).notes


def test_what_is_of_a_session_is_told() -> None:
    """It was made like any other table, which fails."""
    line = "table app.t is left out: it is temporary, and no migration can make it"
    assert (line,) == notes_of(Column("a", CITEXT), prefixes=["GLOBAL TEMPORARY"])


def test_a_domain_that_others_make_is_told() -> None:
    code = DOMAIN("code", Integer, schema="lib", create_type=False)
    line = "domain lib.code of table app.t is left out: pgcraft does not model it; write its migration by hand"
    assert (line,) == notes_of(Column("a", code), Column("b", ARRAY(code)))
    assert () == notes_of(Column("a", DOMAIN("code", Integer)))


def test_a_type_that_comes_with_an_extension_is_told_unless_that_is_declared() -> None:
    metadata = MetaData()
    Table("t", metadata, Column("a", CITEXT), Column("b", ARRAY(CITEXT)), Column("c", HSTORE), schema="app")
    line = "table app.t.{} is of extension {}: register_extension declares it, unless others do"
    told = tuple(line.format(*each) for each in (("a", "citext"), ("b", "citext"), ("c", "hstore")))
    assert told == collect(metadata).notes
    register_extension(metadata, ExtensionDefinition(name="citext"))
    assert told[2:] == collect(metadata).notes


@pytest.mark.parametrize("name", ["before_create", "after_create", "before_drop", "after_drop"])
def test_ddl_that_listens_to_a_table_is_told(name: str) -> None:
    metadata = MetaData()
    event.listen(Table("t", metadata, Column("a", Integer)), name, DDL("SELECT 1"))
    line = f"table public.t: the DDL that listens to {name} is left out: migrations do not run it"
    assert (line,) == collect(metadata).notes


def test_a_function_that_listens_is_not_ours_to_tell() -> None:
    metadata = MetaData()
    event.listen(Table("t", metadata, Column("a", Integer)), "after_create", lambda *_, **__: None)
    assert () == collect(metadata).notes
