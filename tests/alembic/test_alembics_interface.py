"""What programs ask Alembic for, with pgcraft loaded: ``compare_metadata()`` and ``produce_migrations()``."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.ddl._autogen import ComparisonResult
from alembic.ddl.impl import DefaultImpl
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext
from alembic.runtime.plugins import Plugin
from alembic.util import PriorityDispatchResult
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Computed,
    Connection,
    Identity,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
)

from pgcraft.alembic.register import pgcraft_alembic_hook
from tests.alembic.conftest import Walk
from tests.support.databases import Database


@contextmanager
def connect(database: Database, **options: Any) -> Iterator[Connection]:
    engine = create_engine(database.url, **options)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def compare(database: Database, sql: str, metadata: MetaData | list[MetaData], **options: Any) -> list[Any]:
    """Run SQL, and compare what it made with models."""
    pgcraft_alembic_hook()
    with connect(database) as connection:
        connection.exec_driver_sql(sql)
        connection.commit()
        found: list[Any] = compare_metadata(MigrationContext.configure(connection, opts=options), metadata)
        return found


def name(difference: Any) -> tuple[str, str]:
    return difference[0], str(next(part for part in reversed(difference) if hasattr(part, "name")).name)


THERE = """
CREATE TABLE alembic_version (version_num text); CREATE SCHEMA beside; CREATE TABLE beside.other ();
CREATE TABLE gone (id int); COMMENT ON TABLE gone IS 'told'; CREATE VIEW seen AS SELECT 1 AS one;
CREATE TABLE kept (id int CONSTRAINT positive CHECK (id > 0), a int UNIQUE); CREATE INDEX by_id ON kept (id);
COMMENT ON TABLE kept IS 'told'
"""


def models() -> MetaData:
    metadata = MetaData()
    Table("kept", metadata, Column("id", Integer), Column("a", Integer))
    return metadata


def test_without_scripts_nobody_keeps_what_is_whose(database18: Database) -> None:
    """A comparison on a context of one's own told of nothing that only the database has."""
    differences = compare(database18, THERE, models())
    found = {name(each) for each in differences}
    parts = {("remove_constraint", "positive"), ("remove_constraint", "kept_a_key"), ("remove_index", "by_id")}
    assert {("remove_table", "gone"), ("remove_table_comment", "kept"), *parts} == found
    (gone,) = (each[1] for each in differences if each[0] == "remove_table")
    assert ["id"] == list(gone.columns.keys()), "nobody's owner is stated, so Alembic says all of it"


def test_with_all_schemas_alembics_own_table_is_still_nobodys(database18: Database) -> None:
    found = {name(each) for each in compare(database18, THERE, models(), include_schemas=True)}
    assert {("remove_table", "gone"), ("remove_table", "other")} == {
        each for each in found if each[0] == "remove_table"
    }


def test_a_model_of_alembics_own_table_changes_nothing(database18: Database) -> None:
    metadata = MetaData()
    Table("alembic_version", metadata, Column("version_num", String(32)), Column("more", Integer))
    assert [] == compare(database18, "CREATE TABLE alembic_version (version_num text)", metadata)


def test_a_column_may_be_all_that_goes(walk: Walk) -> None:
    """What was only in the database was taken for somebody else's when nothing else differed."""
    model = 'Table("kept", metadata, Column("id", Integer, primary_key=True){}, schema="app")\n'
    walk.step(model.format(', Column("gone", Integer)'))
    assert "op.drop_column('kept', 'gone'" in walk.step(model.format(""))


def test_a_table_may_be_all_that_goes(walk: Walk) -> None:
    model = 'Table("{}", metadata, Column("id", Integer, primary_key=True), schema="app")\n'
    walk.step(model.format("kept") + model.format("gone"))
    assert "op.drop_table('gone'" in walk.step(model.format("kept"))


BESIDE = Plugin("tests.beside")
ASKED: list[tuple[object, ...]] = []


def ask_of_table(context: object, operations: ops.ModifyTableOps, *asked: Any) -> PriorityDispatchResult:
    schema, name_, there, meant = asked
    ASKED.append((schema, name_, there is not None and [*there.columns.keys()], meant))
    if there is not None and meant is not None:
        operations.ops.append(ops.CreateTableCommentOp(name_, "seen", schema=schema))
    return PriorityDispatchResult.CONTINUE


def ask_of_column(context: object, operation: ops.AlterColumnOp, *asked: Any) -> PriorityDispatchResult:
    *names, there, meant = asked
    ASKED.append((*names, str(there.type), meant))
    operation.modify_comment = "seen"
    return PriorityDispatchResult.CONTINUE


BESIDE.add_autogenerate_comparator(ask_of_table, "table", "beside")
BESIDE.add_autogenerate_comparator(ask_of_column, "column", "beside", qualifier="postgresql")


def test_plugins_of_others_are_asked_of_each_table_and_column(database18: Database) -> None:
    """Only what Alembic itself had compared reached them, and that is nothing."""
    metadata = MetaData()
    kept, new = Table("kept", metadata, Column("id", Integer)), Table("new", metadata, Column("id", Integer))
    ASKED.clear()
    plugins = ["alembic.autogenerate.*", "tests.beside"]
    there = "CREATE TABLE kept (id int); CREATE TABLE gone (a int)"
    found = compare(database18, there, metadata, autogenerate_plugins=plugins)
    assert [
        (None, "gone", ["a"], None),
        (None, "kept", "id", "INTEGER", kept.c.id),
        (None, "kept", ["id"], kept),
    ] == ASKED[:3]
    assert [(None, "new", False, new)] == ASKED[3:]
    *ours, altered, commented = found
    assert {"add_table", "remove_table"} == {each[0] for each in ours}
    assert ("modify_comment", "kept", "id", "seen") == (altered[0][0], *altered[0][2:4], altered[0][-1])
    assert ("add_table_comment", "kept") == (commented[0], commented[1].name)


def test_what_is_taken_out_by_a_plugins_name_is_not_compared(database18: Database) -> None:
    """``autogenerate_plugins`` of ``env.py`` was not looked at."""
    metadata = MetaData()
    Table("kept", metadata, Column("id", BigInteger), Column("a", Integer, server_default="1"))
    everything = {"modify_type", "modify_default", "remove_table_comment", "remove_constraint", "remove_index"}
    taken = {
        "types": {"modify_type"},
        "defaults": {"modify_default"},
        "comments": {"remove_table_comment"},
        "constraints": {"remove_index"},
    }
    with connect(database18) as connection:
        connection.exec_driver_sql(THERE)
        connection.exec_driver_sql("DROP TABLE gone; ALTER TABLE kept DROP CONSTRAINT kept_a_key")
        pgcraft_alembic_hook()
        for left_out in ("", *taken, "checks"):
            name_ = "alembic.ext.checkconstraint_byname" if left_out == "checks" else f"alembic.autogenerate.{left_out}"
            plugins = ["alembic.autogenerate.*", *([f"~{name_}"] if left_out else [])]
            context = MigrationContext.configure(
                connection, opts={"autogenerate_plugins": plugins, "compare_type": True}
            )
            found = {
                part[0]
                for each in compare_metadata(context, metadata)
                for part in (each if isinstance(each, list) else [each])
            }
            assert everything - taken.get(left_out, {"remove_constraint"} if left_out else set()) == found


class Lenient(DefaultImpl):
    """Calls checks the same as long as both speak of ``id``."""

    __dialect__ = "lenient"

    def compare_check_constraint(self, metadata_constraint: Any, reflected_constraint: Any) -> ComparisonResult:
        texts = [str(each.sqltext) for each in (metadata_constraint, reflected_constraint)]
        return ComparisonResult.Equal() if all("id" in text for text in texts) else ComparisonResult.Different([])


@pytest.mark.parametrize(("check", "differs"), [("id > 1", False), ("a > 1", True)])
def test_an_implementation_of_somebodys_compares_checks(database18: Database, check: str, differs: bool) -> None:
    metadata = MetaData()
    Table("kept", metadata, Column("id", Integer), Column("a", Integer), CheckConstraint(check, name="positive"))
    pgcraft_alembic_hook()
    with connect(database18) as connection:
        connection.exec_driver_sql("CREATE TABLE kept (id int CONSTRAINT positive CHECK (id > 0), a int)")
        context = MigrationContext.configure(connection)
        context.impl.__class__ = type("Both", (Lenient, type(context.impl)), {})
        found = {name(each) for each in compare_metadata(context, metadata)}
    assert ({("remove_constraint", "positive"), ("add_constraint", "positive")} if differs else set()) == found


def test_a_table_of_two_metadata_objects_is_refused(database18: Database) -> None:
    with pytest.raises(ValueError, match="Duplicate table keys across multiple MetaData objects"):
        compare(database18, "", [models(), models()])


def test_what_every_table_has_is_no_column_to_add(database18: Database) -> None:
    """``xmin`` was added to the tables of models that read it."""
    metadata = MetaData()
    Table("kept", metadata, Column("id", Integer), Column("xmin", Integer, system=True))
    assert [] == compare(database18, "CREATE TABLE kept (id int)", metadata)


@pytest.mark.parametrize("there", ["STORED", "VIRTUAL"])
@pytest.mark.parametrize("persisted", [None, True, False])
def test_who_does_not_say_how_a_column_is_generated_means_either(
    database18: Database, there: str, persisted: bool | None
) -> None:
    """PostgreSQL 18 chooses otherwise than those before, and a column was made again for it."""
    metadata = MetaData()
    Table("kept", metadata, Column("id", Integer), Column("twice", Integer, Computed("id * 2", persisted=persisted)))
    sql = f"CREATE TABLE kept (id int, twice int GENERATED ALWAYS AS (id * 2) {there})"
    is_same = persisted is None or persisted is (there == "STORED")
    assert is_same is (compare(database18, sql, metadata) == [])


def test_names_are_cut_as_the_engine_says(database18: Database) -> None:
    metadata = MetaData()
    Table("kept", metadata, Column("a_long_name", Integer, index=True))
    pgcraft_alembic_hook()
    with connect(database18, max_identifier_length=14) as connection:
        metadata.create_all(connection)
        found = compare_metadata(MigrationContext.configure(connection), metadata)
        name_ = connection.exec_driver_sql("SELECT indexname FROM pg_indexes WHERE tablename = 'kept'").scalar_one()
    assert [] == found
    assert 14 >= len(name_)


def test_an_alteration_that_runs_sql_is_told_as_alembic_would(database18: Database) -> None:
    """Rewriters, and what reads differences, saw nothing of what became of a column."""
    metadata = MetaData()
    identity = Identity(start=5)
    Table("kept", metadata, Column("id", Integer, identity))
    ((told,),) = compare(database18, "CREATE TABLE kept (id int NOT NULL)", metadata)
    assert ("modify_default", None, "kept", "id") == told[:4]
    assert (None, identity) == told[5:]
