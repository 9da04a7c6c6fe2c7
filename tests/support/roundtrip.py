"""Drives a project's migrations up, down and up again, with Alembic in this process.

Each `alembic` command as a process of its own costs a second of imports; here they share one. The project's modules
are imported anew for every command, as a process of its own would.
"""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any
from unittest.mock import patch

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, create_engine, event, pool

from tests.support.databases import FORGET, Database
from tests.support.planning import PlanningOnce
from tests.support.projects import Project
from tests.support.servers import get_binaries

# Whatever a user can make in a database, and the roles of its cluster, without what PostgreSQL itself brings.
LEFTOVERS = """
SELECT 'schema ' || nspname FROM pg_namespace
 WHERE nspname NOT IN ('public', 'information_schema') AND nspname !~ '^pg_'
UNION ALL
SELECT 'relation ' || c.oid::regclass FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE nspname <> 'information_schema' AND nspname !~ '^pg_' AND relname NOT LIKE 'alembic_version%'
UNION ALL
SELECT 'function ' || p.oid::regprocedure FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
 WHERE nspname <> 'information_schema' AND nspname !~ '^pg_'
UNION ALL
SELECT 'type ' || t.oid::regtype FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
 WHERE nspname = 'public' AND typname NOT IN ('alembic_version', '_alembic_version')
UNION ALL
SELECT 'default rights ' || oid FROM pg_default_acl
UNION ALL
SELECT 'role ' || rolname FROM pg_roles WHERE oid >= 16384
ORDER BY 1
"""


@dataclass(frozen=True)
class RoundTrip:
    """A project and the database that its migrations run on."""

    project: Project
    database: Database

    def autogenerate(self, message: str = "change", **options: Any) -> Path:
        """Write a revision from the difference of models and database, and give its file; options are Alembic's."""
        before = set(self.project.revisions)
        with self._alembic() as config:
            command.revision(config, message, autogenerate=True, **options)
        (made,) = set(self.project.revisions) - before
        return made

    def upgrade(self, revision: str = "head") -> None:
        """Run the migrations."""
        with self._alembic() as config:
            command.upgrade(config, revision)

    def downgrade(self, revision: str = "base") -> None:
        """Undo the migrations."""
        with self._alembic() as config:
            command.downgrade(config, revision)

    def render_upgrade(self, revisions: str = "head") -> str:
        """Return what ``alembic upgrade … --sql`` prints."""
        with self._alembic() as config:
            config.output_buffer = StringIO()
            command.upgrade(config, revisions, sql=True)
            return config.output_buffer.getvalue()

    def render_downgrade(self, revisions: str) -> str:
        """Return what ``alembic downgrade … --sql`` prints."""
        with self._alembic() as config:
            config.output_buffer = StringIO()
            command.downgrade(config, revisions, sql=True)
            return config.output_buffer.getvalue()

    def pending(self) -> str:
        """Return the bodies of the revision that would come next, up and down; empty when there is nothing to do."""
        path = self.autogenerate("would be empty")
        text = path.read_text(encoding="utf-8")
        path.unlink()
        upgrade, _, downgrade = text.partition("def upgrade() -> None:")[2].partition("def downgrade() -> None:")
        bodies = [_strip_comments(upgrade), _strip_comments(downgrade)]
        return "\n".join(body for body in bodies if body != "pass")

    def leftovers(self) -> list[str]:
        """Return everything that the database and its cluster hold beside ``alembic_version``."""
        return [name for (name,) in self.database.rows(LEFTOVERS)]

    def dump(self) -> str:
        """Return the schema as pg_dump writes it."""
        pg_dump = get_binaries(self.database.major).bindir / "pg_dump"
        return self.project.run(str(pg_dump), "-s", "--restrict-key=test", "-d", self.database.name).stdout

    def prove(self) -> str:
        """Go the whole way: autogenerate, up, empty, down, nothing left, up, as before, empty.

        Returns:
            The text of the revision.
        """
        revision = self.autogenerate()
        self.upgrade()
        first = self.dump()
        assert self.leftovers() != []
        assert self.pending() == ""
        self.downgrade()
        assert self.leftovers() == []
        self.upgrade()
        assert first == self.dump()
        assert self.pending() == ""
        return revision.read_text(encoding="utf-8")

    @contextmanager
    def _alembic(self) -> Iterator[Config]:
        with lend_process(self.project), patch("sqlalchemy.create_engine", _ENGINES.give):
            yield Config(str(self.project.root / "alembic.ini"), stdout=StringIO())


class _Engines:
    """One engine for all commands on a database: each would compile the SQL of reflection, and connect, anew.

    A connection keeps nothing of a command but what the server's process knows of the system catalogs.
    """

    def __init__(self) -> None:
        self._engine: Engine | None = None
        self._made_of: object = None

    def give(self, url: str, **options: Any) -> Engine:
        """Stands in for `sqlalchemy.create_engine`."""
        if self._engine is None or (url, options) != self._made_of:
            if self._engine:
                self._engine.dispose()
            pooled = {**options, "poolclass": pool.QueuePool} if options.get("poolclass") is pool.NullPool else options
            self._engine, self._made_of = create_engine(url, **pooled), (url, options)
            event.listen(self._engine, "connect", plan_once)
            event.listen(self._engine, "reset", _forget_session)
        return self._engine


_ENGINES = _Engines()


def plan_once(connection: Any, record: object) -> None:
    """Do so on a connection of an engine."""
    connection.cursor_factory = PlanningOnce


def _forget_session(connection: Any, record: object, state: object) -> None:
    connection.rollback()
    connection.autocommit = True
    connection.execute(FORGET)
    connection.autocommit = False


@contextmanager
def lend_process(project: Project) -> Iterator[None]:
    """Lend the project's folder, environment and module names for a while."""
    folder, path, environment, modules = Path.cwd(), list(sys.path), dict(os.environ), set(sys.modules)
    handlers, level = list(logging.root.handlers), logging.root.level
    os.chdir(project.root)
    os.environ.update(project.environment)
    sys.path_importer_cache.pop(".", None)  # it leads to the folder that was current when it was made
    try:
        yield
    finally:
        os.chdir(folder)
        sys.path[:] = path
        os.environ.clear()
        os.environ.update(environment)
        logging.root.handlers[:] = handlers  # env.py may configure logging, as Alembic's template does
        logging.root.setLevel(level)
        sys.path_importer_cache.pop(".", None)
        for name in set(sys.modules) - modules:
            if str(getattr(sys.modules[name], "__file__", "")).startswith(str(project.root)):
                del sys.modules[name]


def _strip_comments(body: str) -> str:
    lines = (line.strip() for line in body.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith(("#", '"""')))
