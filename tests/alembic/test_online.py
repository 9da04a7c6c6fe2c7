"""A revision that is committed step by step fails half way, and goes on when it is run again."""

from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import CheckConstraint, Column, Index, Integer, MetaData, Table, Text, UniqueConstraint
from sqlalchemy.exc import DBAPIError

from tests.changes.migrating import Migrations
from tests.support.databases import Database


def declare(*parts: Column[object] | UniqueConstraint | CheckConstraint | Index, b: Column[object]) -> MetaData:
    metadata = MetaData()
    Table("t", metadata, Column("id", Integer, primary_key=True), Column("a", Integer), b, *parts, schema="app")
    return metadata


def test_a_revision_that_failed_goes_on_when_it_is_run_again(database: Database, tmp_path: Path) -> None:
    """What its steps left behind, an invalid index above all, stands in nobody's way."""
    with closing(Migrations(database, tmp_path / "migrations", is_online=True)) as migrations:
        migrations.declare(declare(b=Column("b", Text)))
        migrations.revise("first")
        migrations.upgrade()
        database.run("INSERT INTO app.t VALUES (1, 1, 'x'), (2, 1, NULL), (3, -1, 'y')")
        parts = (
            UniqueConstraint("a", name="one"),
            CheckConstraint("a > 0", name="positive"),
            Index("i", "b", unique=True),
        )
        migrations.declare(declare(*parts, b=Column("b", Text, nullable=False)))
        migrations.revise("second")
        for mend in ("UPDATE app.t SET b = 'x' WHERE id = 2", "UPDATE app.t SET a = id", "UPDATE app.t SET b = id"):
            with pytest.raises(DBAPIError):
                migrations.upgrade()
            database.run(mend)
        migrations.upgrade()
        assert [] == migrations.list_pending()
        assert ["i", "one", "t_pkey"] == [name for (name,) in database.rows(VALID)]
        migrations.downgrade()
        assert ["t_pkey"] == [name for (name,) in database.rows(VALID)]
        assert 0 == database.value(
            "SELECT count(*) FROM pg_constraint WHERE conrelid = 'app.t'::regclass AND contype = 'c'"
        )


VALID = """
SELECT relname FROM pg_index JOIN pg_class c ON c.oid = indexrelid
WHERE indrelid = 'app.t'::regclass AND indisvalid ORDER BY relname
"""
