"""What the migrations made, read from the scripts that the database has been through.

pgcraft drops only what it finds here; whatever else stands in the database belongs to somebody else.
"""

from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

from alembic.operations import ops
from alembic.runtime.migration import MigrationContext
from sqlalchemy import MetaData

from pgcraft.catalog.definitions import Grant
from pgcraft.catalog.objects import Kind, ObjectId
from pgcraft.diff.actions import Verb
from pgcraft.scripts.headers import NOTIFICATION, find_password, find_server_need
from pgcraft.scripts.offline import make_offline_context
from pgcraft.scripts.reading import Deed, Marker, Script, read_script
from pgcraft.scripts.record import Record
from pgcraft.scripts.recording import Recorder


class History:
    """What a line of revision scripts made and did not take back.

    Args:
        sources: the text of the scripts, oldest first; None when there is no directory of scripts.
        metadata: the models, whose naming convention the scripts run under.
        default_schema: where a table stands that names no schema.
        database: the name that the environment gives the database, of several; empty for all of them.
        later: what is renamed after the scripts.
    """

    def __init__(
        self,
        sources: tuple[str, ...] | None,
        *,
        metadata: MetaData | None = None,
        default_schema: str = "public",
        database: str = "",
        later: tuple[Deed, ...] = (),
    ) -> None:
        self._sources = sources or ()
        self._default_schema = default_schema
        self._metadata = metadata
        self._database = database
        self._later = later
        self.is_kept = sources is not None

    def after(self, renames: Iterable[tuple[ObjectId, tuple[str, ...]]]) -> "History":
        """Return the history with some renames behind it, each the new id and the SQL."""
        sources = self._sources if self.is_kept else None
        deeds = (Deed(ops.ExecuteSQLOp(sql), Marker(Verb.RENAME, object_id)) for object_id, up in renames for sql in up)
        later = (*self._later, *deeds)
        return History(
            sources,
            metadata=self._metadata,
            default_schema=self._default_schema,
            database=self._database,
            later=later,
        )

    def made(self, object_id: ObjectId) -> bool:
        """Whether a migration made this object."""
        return object_id in self._record.made

    def made_table(self, schema: str | None, name: str) -> bool:
        """Whether a migration made this table; schema is None for one in the default schema."""
        return self.made(ObjectId(Kind.TABLE, schema or self._default_schema, name))

    def granted(self, grant_id: ObjectId) -> Grant:
        """Return the privileges that the migrations gave a role on an object."""
        return self._record.granted(grant_id)

    def joined(self, role: str, group: str) -> bool:
        """Whether a migration made a role a member of another."""
        return self._record.joined(role, group)

    def commented(self, object_id: ObjectId, column: str | None = None) -> bool:
        """Whether a migration commented an object, or a column of a table or view."""
        return (object_id, column) in self._record.comments

    def has_set(self, object_id: ObjectId, name: str) -> bool:
        """Whether a migration set an option of a view, ``default of …`` a column, or a setting of a function."""
        return (object_id, name) in self._record.settings

    def has_changed_places(self, pairs: frozenset[tuple[ObjectId, ObjectId]]) -> bool | None:
        """Whether a migration gave all of some objects their names, each told with the one that it had before.

        None where nobody keeps what the migrations did.
        """
        if not self.is_kept:
            return None
        return any(all(renamed.get(new) == old for new, old in pairs) for renamed in self._record.renamed)

    def has_notified(self) -> bool:
        """Whether a migration ever told PostgREST to read the schema."""
        operations = (deed.operation for script in self._scripts for deed in script.deeds)
        return any(isinstance(found, ops.ExecuteSQLOp) and str(found.sqltext) == NOTIFICATION for found in operations)

    def has_password(self, role: ObjectId, variable: str) -> bool:
        """Whether a migration sets a role's password from an environment variable."""
        return (str(role), variable) in map(find_password, self._comments)

    def has_server_need(self, version: int) -> bool:
        """Whether a migration refuses servers older than this."""
        return version in map(find_server_need, self._comments)

    @cached_property
    def _scripts(self) -> tuple[Script, ...]:
        return tuple(read_script(source, self._context, self._database) for source in self._sources)

    @cached_property
    def _comments(self) -> tuple[str, ...]:
        return tuple(line for script in self._scripts for line in script.comments)

    @cached_property
    def _record(self) -> Record:
        recorder = Recorder(self._context, self._default_schema)
        for script in self._scripts:
            recorder.follow(script.deeds)
        recorder.follow(self._later)
        return recorder.record

    @cached_property
    def _context(self) -> MigrationContext:
        return make_offline_context(target_metadata=self._metadata)


def read_history(context: MigrationContext, metadata: MetaData | None, default_schema: str) -> History:
    """Read the scripts that are ancestors of the database's revisions; without a script directory there are none."""
    script = context.script
    if script is None:
        return History(None)
    heads = context.get_current_heads()
    revisions = list(script.iterate_revisions(heads, "base")) if heads else []
    paths = [Path(revision.path) for revision in reversed(revisions)]
    sources = tuple(path.read_text(encoding="utf-8") for path in paths if path.suffix == ".py")
    return History(sources, metadata=metadata, default_schema=default_schema, database=_name_database(context))


def _name_database(context: MigrationContext) -> str:
    """Return the name of the database that a context of several is for: Alembic's ``upgrade_token`` tells it.

    Source: the ``multidb`` template, https://alembic.sqlalchemy.org/en/latest/cookbook.html
    """
    token = str(context.opts.get("upgrade_token", ""))
    return token.removesuffix("_upgrades") if token.endswith("_upgrades") else ""
