"""Copies of what is renamed, and of all that names it, in schemas of their own: PostgreSQL tells what becomes of them.

Renaming takes the lock that keeps everyone else away. So it is done to copies, which nobody else sees; what is read of
them before and after tells which facts of the objects change, and to what. The objects themselves are not touched.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from pgcraft.catalog.kinds import TYPES
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId, make_catalog
from pgcraft.catalog.redirecting import Redirection
from pgcraft.diff.renamed_copies import list_names, list_rename_names
from pgcraft.diff.renames import Rename
from pgcraft.errors import PGCraftPlanError
from pgcraft.identifiers import quote_names
from pgcraft.introspect import read_catalog
from pgcraft.reconcile.beside import make_schemas, make_what_can_be
from pgcraft.render.catalog import render_catalog
from pgcraft.render.statement import Statement
from pgcraft.scripts.source import escape_colons

_PATH = text("SELECT pg_catalog.current_schemas(false)")

Facts = dict[str, Any]


class StandIns:
    """Copies under their old names, in which objects are renamed.

    Args:
        connection: to the database, inside of a savepoint.
        copies: what is copied, with what depends on what.
        renames: the first of them.
        is_ours: whether it counts that what names what is renamed can be copied; a stranger's may need what we may not
            use.

    Raises:
        PGCraftPlanError: PGC401, no schema may be made; PGC402, something of ours cannot be copied.
    """

    def __init__(
        self,
        connection: Connection,
        copies: Catalog,
        renames: tuple[Rename, ...],
        is_ours: Callable[[ObjectId], bool],
    ) -> None:
        self._connection = connection
        self.redirection = Redirection(list_names(copies, renames))
        make_schemas(connection, self.redirection.aliases.values())
        statements = render_catalog(copies)
        refused = make_what_can_be(connection, map(self._render, statements))
        for place, said in refused.items():
            statement = statements[place]
            if is_ours(statement.source) and any(rename.is_in(statement.sql) for rename in renames):
                raise _cannot_be_copied(statement.source, said)
        self._before = self._read()
        self._look_here_first()

    def rename(self, renames: Iterable[Rename]) -> None:
        """Rename copies.

        Raises:
            PGCraftPlanError: PGC402, the server refuses.
        """
        for rename in renames:
            self.redirection = self.redirection.with_more(list_rename_names(rename))
            try:
                with self._connection.begin_nested():
                    for statement in rename.list_statements(self.redirection.aliases):
                        self._connection.execute(text(escape_colons(self.redirection.there(statement))))
            except DBAPIError as error:
                if not rename.is_of_superuser:
                    raise _refused(rename, error) from error

    def find_changes(self, ids: Mapping[ObjectId, ObjectId]) -> dict[ObjectId, Facts]:
        """Return the facts that are others since copies were renamed, by the ids of the objects before.

        Args:
            ids: those of objects that have another one after that.
        """
        after = self._read()
        pairs = ((item, after.find(ids.get(item.id, item.id))) for item in self._before.objects)
        return {old.id: facts for old, new in pairs if new is not None and (facts := dict(_list_changes(old, new)))}

    def has(self, object_id: ObjectId) -> bool:
        """Whether there is a copy of an object; what PostgreSQL makes with a type is no object of its own."""
        is_made = object_id.kind in (Kind.FUNCTION, *TYPES) and object_id.qualified in self.redirection.names
        return is_made or object_id in self._before.by_id

    def _render(self, statement: Statement) -> str:
        sql = self.redirection.there(statement.sql)
        is_filled = statement.source.kind is Kind.MATERIALIZED_VIEW and sql.startswith("CREATE ")
        return f"{sql}\nWITH NO DATA" if is_filled else sql

    def _read(self) -> Catalog:
        schemas = self.redirection.aliases.values()
        found = read_catalog(self._connection, schemas=tuple(schemas), roles=(), is_linked=False)
        return self.redirection.take_back(make_catalog(item for item in found.objects if item.id.schema in schemas))

    def _look_here_first(self) -> None:
        """Let names without a schema mean copies."""
        path: list[str] = self._connection.execute(_PATH).scalar_one()
        aliases = self.redirection.aliases
        found = [each for schema in path for each in (aliases.get(schema, schema), schema)]
        if found:
            self._connection.execute(text(escape_colons(f"SET LOCAL search_path = {quote_names(tuple(found))}")))


def _list_changes(old: CatalogObject, new: CatalogObject) -> Iterator[tuple[str, Any]]:
    for each in fields(old.definition):
        before, after = (getattr(item.definition, each.name) for item in (old, new))
        if before != after:
            yield each.name, after


def _cannot_be_copied(object_id: ObjectId, said: str) -> PGCraftPlanError:
    return PGCraftPlanError(
        "PGC402",
        f"what becomes of {object_id} by a rename cannot be told: {said}",
        remedy="renames are tried on copies in schemas of their own: let the role that makes revisions use what this "
        "object names",
    )


def _say_what(rename: Rename) -> str:
    said = {"be renamed to": rename.name} if rename.name != rename.item.id.name else {}
    said |= {"be moved to schema": str(rename.id.schema)} if rename.moves else {}
    return " and ".join(f"{verb} {name}" for verb, name in said.items())


def _refused(rename: Rename, error: DBAPIError) -> PGCraftPlanError:
    return PGCraftPlanError(
        "PGC402",
        f"{rename.item.id} cannot {_say_what(rename)}: {str(error.orig).splitlines()[0]}",
        remedy="take the declaration out, or rename what PostgreSQL says",
        detail=str(error.orig),
    )
