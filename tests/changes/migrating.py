"""Alembic in this process, on MetaData that are handed over: no project, no models to import."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate.api import AutogenContext
from alembic.autogenerate.render import _render_cmd_body
from alembic.config import Config
from alembic.operations.ops import UpgradeOps
from sqlalchemy import Engine, MetaData, create_engine, event

from pgcraft.alembic.register import pgcraft_alembic_hook, pgcraft_configure_metadata
from pgcraft.catalog.statements import split_statements
from pgcraft.scripts.tables import flatten
from tests.support.databases import Database
from tests.support.projects import SCRIPT_MAKO

_ENV_PY = """\
from alembic import context

from pgcraft.alembic.register import pgcraft_process_revision_directives

given = context.config.attributes
options = {
    "target_metadata": given["metadata"],
    "include_schemas": True,
    "process_revision_directives": pgcraft_process_revision_directives,
    "pgcraft_online": given["is_online"],
}
if context.is_offline_mode():
    context.configure(dialect_name="postgresql", literal_binds=True, **options)
    with context.begin_transaction():
        context.run_migrations()
else:
    with given["engine"].connect() as connection:
        context.configure(connection=connection, **options)
        with context.begin_transaction():
            context.run_migrations()
"""

_PREFIXES: dict[str, Any] = {
    "sqlalchemy_module_prefix": "sa.",
    "alembic_module_prefix": "op.",
    "user_module_prefix": None,
    "render_item": None,
    "render_as_batch": False,
}


class Migrations:
    """The migrations of a database.

    Args:
        folder: an empty one, for the revisions.
        is_online: tables go on being read and written while they run.
    """

    def __init__(self, database: Database, folder: Path, *, is_online: bool = False) -> None:
        self._is_online = is_online
        self._folder = folder
        (folder / "versions").mkdir(parents=True)
        (folder / "env.py").write_text(_ENV_PY, encoding="utf-8")
        (folder / "script.py.mako").write_text(SCRIPT_MAKO, encoding="utf-8")
        self._engine: Engine = create_engine(database.url)
        self.metadata = MetaData()

    def close(self) -> None:
        """Leave the database."""
        self._engine.dispose()

    def declare(self, metadata: MetaData) -> None:
        """Take other models."""
        pgcraft_alembic_hook()
        pgcraft_configure_metadata(metadata)
        self.metadata = metadata

    def revise(self, name: str) -> None:
        """Write the revision that leads to the models."""
        command.revision(self._config(), name, autogenerate=True, rev_id=name)

    def upgrade(self) -> list[str]:
        """Run the migrations, and return the statements that were sent."""
        with self._listen() as sent:
            command.upgrade(self._config(), "head")
        return sent

    def downgrade(self) -> list[str]:
        """Undo the last revision, and return the statements that were sent."""
        with self._listen() as sent:
            command.downgrade(self._config(), "-1")
        return sent

    def render(self, *, way: str, revisions: str) -> list[str]:
        """Return the statements that ``alembic upgrade … --sql`` prints, or ``downgrade``."""
        config = self._config()
        config.output_buffer = StringIO()
        getattr(command, way)(config, revisions, sql=True)
        return list(split_statements(config.output_buffer.getvalue()))

    def list_pending(self) -> list[str]:
        """Return the operations of the revision that would come next."""
        found: list[str] = []

        def look(context: Any, revision: Any, directives: Any) -> None:
            rendering = AutogenContext(context, opts=_PREFIXES | context.opts, autogenerate=False)
            found.extend(
                _render_cmd_body(UpgradeOps([operation]), rendering)
                for operation in flatten(directives[0].upgrade_ops.ops)
            )
            directives.clear()

        command.revision(self._config(), "next", autogenerate=True, process_revision_directives=look)
        return found

    def read(self, name: str) -> str:
        """Return the text of a revision."""
        (path,) = (self._folder / "versions").glob(f"{name}_*.py")
        return path.read_text(encoding="utf-8")

    def _config(self) -> Config:
        config = Config(stdout=StringIO())
        config.set_main_option("script_location", str(self._folder))
        config.set_main_option("path_separator", "os")
        config.attributes |= {"engine": self._engine, "metadata": self.metadata, "is_online": self._is_online}
        return config

    @contextmanager
    def _listen(self) -> Iterator[list[str]]:
        sent: list[str] = []

        def hear(connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: Any) -> None:
            # The driver makes one percent sign of two.
            sent.append(f"{statement.replace('%%', '%')} {parameters}" if parameters else statement.replace("%%", "%"))

        event.listen(self._engine, "before_cursor_execute", hear)
        try:
            yield sent
        finally:
            event.remove(self._engine, "before_cursor_execute", hear)
