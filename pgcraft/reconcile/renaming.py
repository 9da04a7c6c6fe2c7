"""Renames that a comparison takes for done: it begins at what the database is then."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from types import TracebackType

from sqlalchemy import Connection, NestedTransaction

from pgcraft.catalog.definitions import Function
from pgcraft.catalog.objects import Catalog, ObjectId, make_catalog
from pgcraft.catalog.redirecting import NOWHERE, Redirection
from pgcraft.diff.actions import Action
from pgcraft.diff.renamed_copies import find_copies, take_facts
from pgcraft.diff.renamed_ids import map_ids, take_ids
from pgcraft.diff.renames import Rename
from pgcraft.introspect import read_catalog
from pgcraft.reconcile.owned_sequences import Owned, read_owned_sequences
from pgcraft.reconcile.stand_ins import Facts, StandIns

_UNREAD = "SET LOCAL check_function_bodies = off"


class Renaming:
    """What is renamed while it is open; nothing of it is done in the database.

    Args:
        connection: to the database, or to one in which its objects can be copied.
        current: what is there, with what depends on what; it is read where it is wanted when left out.

    Attributes:
        done: the renames, in run order.
    """

    def __init__(self, connection: Connection, current: Catalog | None = None) -> None:
        self._connection = connection
        self._given = current
        self._savepoint: NestedTransaction | None = None
        self._stand_ins: StandIns | None = None
        self._current, self._copies = Catalog(), Catalog()
        self._ids: dict[ObjectId, ObjectId] = {}
        self._facts: dict[ObjectId, Facts] = {}
        self.done: tuple[Rename, ...] = ()

    def __enter__(self) -> "Renaming":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._savepoint is not None and self._savepoint.is_active:
            self._savepoint.rollback()

    @property
    def redirection(self) -> Redirection:
        """Where SQL finds what has its new name."""
        return self._stand_ins.redirection if self._stand_ins else NOWHERE

    @property
    def written(self) -> tuple[Rename, ...]:
        """Those of them that a revision does; PostgreSQL does the others with these."""
        return tuple(each for each in self.done if not each.is_implied)

    def do(self, renames: Iterable[Rename], is_ours: Callable[[ObjectId], bool]) -> bool:
        """Take objects for renamed, and tell whether there were any.

        Args:
            is_ours: whether the models have an object, by its new id.

        Raises:
            PGCraftPlanError: PGC401, no schema may be made; PGC402, it cannot be told what becomes of something.
        """
        found = tuple(renames)
        if not found:
            return False
        if not self.done:
            self._begin(found, is_ours)
        self.done += found
        self._ids = map_ids((*self._current.by_id, *self._copies.by_id), self.done)
        if self._stand_ins is not None:
            kept = {each.told: each for each in found if not each.is_passing}  # what has a passing name gets another
            self._stand_ins.rename(each for each in found if not each.is_implied and self._is_copied(kept[each.told]))
            self._facts = self._stand_ins.find_changes(self._ids)
        return True

    def _is_copied(self, rename: Rename) -> bool:
        before = (old for old, new in self._ids.items() if new == rename.whole)
        return any(map(self._stand_ins.has, (*before, rename.whole, rename.item.id))) if self._stand_ins else False

    def _begin(self, renames: tuple[Rename, ...], is_ours: Callable[[ObjectId], bool]) -> None:
        self._current = self._given or read_catalog(self._connection)
        self._copies = find_copies(self._current, renames)
        if self._copies.objects:
            ids = map_ids(self._copies.by_id, renames)
            self._savepoint = self._connection.begin_nested()
            self._stand_ins = StandIns(
                self._connection, self._copies, renames, lambda object_id: is_ours(ids.get(object_id, object_id))
            )

    def read(self) -> Catalog:
        """Return the database as it is once the renames are done, with what depends on what."""
        before = self._current
        catalog = make_catalog(take_facts(item, self._facts) for item in before.objects)
        return make_catalog(take_ids(catalog, self._ids), server_version=before.server_version, notes=before.notes)

    def read_owned_sequences(self) -> dict[ObjectId, ObjectId]:
        """Return the columns that own sequences, by the sequence."""
        return {sequence: owned.column for sequence, owned in self.read_owned().items()}

    def read_owned(self) -> dict[ObjectId, Owned]:
        """Return the sequences that columns own."""
        found = read_owned_sequences(self._connection)
        ids = map_ids((each for sequence, owned in found.items() for each in (sequence, owned.column)), self.done)
        by_now = {
            ids.get(sequence, sequence): replace(owned, column=ids.get(owned.column, owned.column))
            for sequence, owned in found.items()
        }
        # One goes along into another schema.
        return {each._replace(schema=owned.column.schema): owned for each, owned in by_now.items()}

    def let_go_back(self, action: Action, current: Catalog) -> Action:
        """Return an action whose way back works before the renames are undone.

        The body of a function that is text has old names in it, which come back later.
        """
        item = current.find(action.id)
        if not self.done or not action.down or item is None or not isinstance(item.definition, Function):
            return action
        body = "" if item.definition.is_atomic else item.definition.body
        has_old_name = any(rename.is_in(body) for rename in self.done)
        return action._replace(down=(_UNREAD, *action.down)) if has_old_name else action
