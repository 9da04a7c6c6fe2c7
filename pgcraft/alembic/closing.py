"""Our roles have on our objects what is declared: what default privileges of the host gave them is taken back."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cached_property

from alembic.operations import ops

from pgcraft.alembic.history import History
from pgcraft.alembic.operations import CatalogOp
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId
from pgcraft.catalog.privileges import PUBLIC, target_of
from pgcraft.diff.actions import Action, Verb
from pgcraft.diff.order import Step
from pgcraft.render.closing import CLOSED, RELATIONS, Name, close, find_sequence
from pgcraft.render.grants import take_rights
from pgcraft.render.renderer import Sql


class Closing:
    """Knows which roles have no rights but declared ones.

    Args:
        wanted: the models.
        history: tells which of the roles and objects are there already.
    """

    def __init__(self, wanted: Catalog, history: History) -> None:
        self._wanted = wanted
        self._roles = tuple(item.id for item in wanted.of_kind(Kind.ROLE))
        self._old = tuple(role for role in self._roles if history.made(role))
        self._history = history

    def is_exact(self, grant_id: ObjectId) -> bool:
        """Whether a role may have nothing on an object beyond what is declared; PUBLIC stands for all roles."""
        names = {role.name for role in self._roles}
        if not names or (grant_id.parent == PUBLIC and grant_id.signature == "schema"):
            return False
        if grant_id.parent not in (*names, PUBLIC):
            return False
        is_declared = any(target in self._wanted.by_id for target in target_of(grant_id))
        owned = {name for names in self._sequences.values() for _, name in names}
        return is_declared or (str(grant_id.schema), grant_id.name) in owned

    def close(self, actions: Iterable[Action], current: Catalog) -> Iterator[Action]:
        """Give actions that leave no rights on what they make, but those that are granted afterwards.

        Args:
            current: what is there, and is made again by who goes back.
        """
        for action in actions:
            new, old = self._wanted.find(action.id), current.find(action.id)
            if action.id.kind not in CLOSED:
                yield action
            elif new and self._roles and action.verb is Verb.CREATE:
                up = self._take(new, action.up, self._roles)
                yield replace(action, up=up, requires=action.requires.union(self._roles))
            elif old and self._old and action.verb is Verb.DROP and action.up:
                yield replace(action, down=self._take(old, action.down, self._old))
            else:
                yield action

    def close_tables(self, steps: Iterable[Step[ops.MigrateOperation]], current: Catalog) -> Iterator[CatalogOp]:
        """Give what takes rights on new tables and on the sequences of new columns, and on tables that come back."""
        for step in steps if self._roles else ():
            table = None
            match step.item:
                case ops.CreateTableOp():
                    table = step.subject
                    names = [(str(table.schema), table.name), *self._sequences_of(table)]
                case ops.AddColumnOp():
                    table = ObjectId(Kind.TABLE, step.subject.schema, step.subject.parent or "")
                    names = list(self._sequences_of(table, step.subject.name))
                case ops.DropTableOp() if self._old and step.subject in current.by_id:
                    yield self._close_again(current.by_id[step.subject], current)
            if table is not None and names:
                up = (take_rights(names, self._grantees(self._roles)),)
                origins = self._wanted.by_id[table].origins if table in self._wanted.by_id else ()
                needs = frozenset({step.subject, table, *self._roles})
                yield CatalogOp(Action(Verb.ALTER, step.subject, up, (), origins=origins, requires=needs))

    def close_to_new_roles(self, current: Catalog, touched: frozenset[ObjectId]) -> Iterator[CatalogOp]:
        """Give what takes rights on the objects that are there from roles that the revision declares first.

        Args:
            touched: objects that the revision makes or drops.
        """
        fresh = tuple(role for role in self._roles if role not in self._old)
        stays = (item for item in self._wanted.objects if item.id in current.by_id and item.id not in touched)
        there = [item for item in stays if self._history.made(item.id)]
        relations = [(str(item.id.schema), item.id.name) for item in there if item.id.kind in RELATIONS]
        relations += [name for item in there if item.id.kind is Kind.TABLE for name in self._sequences_of(item.id)]
        objects = [item for item in there if item.id.kind in (Kind.FUNCTION, Kind.SCHEMA)]
        if not fresh or not (relations or objects):
            return
        names = tuple(role.name for role in fresh)
        up = [take_rights(relations, names if self._old else (PUBLIC, *names))] if relations else []
        up += [take_rights(item, names) for item in objects]
        yield CatalogOp(Action(Verb.ALTER, fresh[-1], tuple(up), (), requires=frozenset(fresh)))

    def _take(self, item: CatalogObject, sql: tuple[str, ...], roles: tuple[ObjectId, ...]) -> tuple[str, ...]:
        made = tuple(Sql(text, "") for text in sql)
        return tuple(each.text for each in close(item, made, (role.name for role in roles), self._wanted))

    def _close_again(self, table: CatalogObject, current: Catalog) -> CatalogOp:
        """Give what does nothing, and whoever goes back closes the table before its grants come back."""
        (_, closing) = close(table, (Sql("", ""),), (role.name for role in self._old), current)
        only = frozenset({table.id})
        return CatalogOp(Action(Verb.ALTER, table.id, (), (closing.text,), releases=only, along=only))

    @staticmethod
    def _grantees(roles: tuple[ObjectId, ...]) -> tuple[str, ...]:
        return (PUBLIC, *(role.name for role in roles))

    @cached_property
    def _sequences(self) -> dict[ObjectId, list[tuple[str, Name]]]:
        """The columns of each table that PostgreSQL makes a sequence for, serial and identity ones, with its name."""
        found: dict[ObjectId, list[tuple[str, Name]]] = {}
        for item in self._wanted.of_kind(Kind.COLUMN):
            if name := find_sequence(item):
                table = ObjectId(Kind.TABLE, item.id.schema, item.id.parent or "")
                found.setdefault(table, []).append((item.id.name, name))
        return found

    def _sequences_of(self, table: ObjectId, column: str | None = None) -> Iterator[Name]:
        return (name for owner, name in self._sequences.get(table, ()) if column in (None, owner))
