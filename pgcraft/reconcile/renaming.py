"""Renames that are done before the comparison, and taken back after it: PostgreSQL knows what becomes of the rest.

Views, keys, policies, defaults and functions that are SQL themselves come to say the new name, each in its own words,
so that whoever compares then finds equal objects. It takes the locks of a rename, and only where one is to be done.
"""

from collections.abc import Iterable
from types import TracebackType

from sqlalchemy import Connection, NestedTransaction, text
from sqlalchemy.exc import DBAPIError

from pgcraft.catalog.definitions import Function
from pgcraft.catalog.objects import Catalog
from pgcraft.catalog.tokens import mentions_name
from pgcraft.diff.actions import Action
from pgcraft.diff.renames import Rename
from pgcraft.errors import PGCraftPlanError
from pgcraft.scripts.source import escape_colons

_UNREAD = "SET LOCAL check_function_bodies = off"
_WAIT = text("SET LOCAL lock_timeout = '5s'")


class Renaming:
    """What is renamed in the database while it is open.

    Attributes:
        done: the renames, in run order.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._savepoint: NestedTransaction | None = None
        self.done: tuple[Rename, ...] = ()

    def __enter__(self) -> "Renaming":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._savepoint is not None and self._savepoint.is_active:
            self._savepoint.rollback()

    def do(self, renames: Iterable[Rename]) -> bool:
        """Rename objects, and tell whether there were any.

        Raises:
            PGCraftPlanError: PGC402, the server refuses.
        """
        found = tuple(renames)
        if found and self._savepoint is None:
            self._savepoint = self._connection.begin_nested()
            self._connection.execute(_WAIT)
        for rename in found:
            try:
                self._connection.execute(text(escape_colons(rename.up)))
            except DBAPIError as error:
                raise _refused(rename, error) from error
        self.done += found
        return bool(found)

    def let_go_back(self, action: Action, current: Catalog) -> Action:
        """Return an action whose way back works before the renames are undone.

        The body of a function that is text has old names in it, which come back later.
        """
        item = current.find(action.id)
        if not self.done or not action.down or item is None or not isinstance(item.definition, Function):
            return action
        body = "" if item.definition.is_atomic else item.definition.body
        has_old_name = any(
            rename.item.id.name in body if rename.is_inside else mentions_name(body, rename.item.id.name)
            for rename in self.done
        )
        return action._replace(down=(_UNREAD, *action.down)) if has_old_name else action


def _refused(rename: Rename, error: DBAPIError) -> PGCraftPlanError:
    said = str(error.orig).splitlines()[0]
    return PGCraftPlanError(
        "PGC402",
        f"{rename.item.id} cannot be renamed to {rename.name}: {said}",
        remedy="renames are tried in the database, and taken back: by its owner, while nobody holds it; on the "
        "development database, pgcraft revision needs neither",
        detail=str(error.orig),
    )
