"""Whatever is no PostgreSQL is compared, and written, by Alembic alone; an ``env.py`` may have several databases."""

from alembic.autogenerate import produce_migrations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Column, Integer, MetaData, String, Table, create_engine, text
from sqlalchemy.pool import StaticPool

from pgcraft.alembic.register import pgcraft_alembic_hook, pgcraft_process_revision_directives


def test_another_kind_of_database_is_alembics() -> None:
    """Our comparison asked SQLite for the catalogs of PostgreSQL."""
    pgcraft_alembic_hook()
    metadata = MetaData()
    Table("kept", metadata, Column("id", Integer, primary_key=True), Column("name", String))
    engine = create_engine("sqlite://", poolclass=StaticPool)
    with engine.connect() as connection:
        connection.execute(text("CREATE TABLE kept (id INTEGER NOT NULL PRIMARY KEY)"))
        connection.execute(text("CREATE TABLE gone (id INTEGER PRIMARY KEY)"))
        context = MigrationContext.configure(connection)
        script = produce_migrations(context, metadata)
        pgcraft_process_revision_directives(context, (), [script])
    engine.dispose()
    removed, added = script.upgrade_ops.as_diffs()
    assert ("remove_table", "gone") == (removed[0], removed[1].name)
    assert ("add_column", None, "kept", "name") == (*added[:3], added[3].name)
