"""Our roles have on our objects what is declared: what default privileges of the host gave them is taken back."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property

from pgcraft.catalog.definitions import Column
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId
from pgcraft.catalog.privileges import PUBLIC, target_of
from pgcraft.diff.access import hazard_of_closing
from pgcraft.diff.actions import Action, Verb
from pgcraft.render.closing import CLOSED, RELATIONS, close, has_sequence, list_counting, may_deploy
from pgcraft.render.dispatch import render_create
from pgcraft.render.grants import give_owners, take_rights, take_rights_on_relations
from pgcraft.render.renderer import Sql
from pgcraft.scripts.made import History


class Closing:
    """Knows which roles have no rights but declared ones.

    Args:
        read_owned: gives the columns that own sequences of the database, by these.
        wanted: the models.
        history: tells which of the roles and objects are there already.
    """

    def __init__(
        self, read_owned: Callable[[], Mapping[ObjectId, ObjectId]], wanted: Catalog, history: History
    ) -> None:
        self._read_owned = read_owned
        self._wanted = wanted
        self._roles = tuple(item.id for item in wanted.of_kind(Kind.ROLE))
        self._old = tuple(role for role in self._roles if history.made(role))
        self._history = history

    def is_exact(self, grant_id: ObjectId) -> bool:
        """Whether a role may have nothing on an object beyond what is declared; PUBLIC stands for all roles."""
        names = {role.name for role in self._roles}
        if not names or (grant_id.grantee == PUBLIC and grant_id.granted_on.kind is Kind.SCHEMA):
            return False
        if grant_id.grantee not in (*names, PUBLIC):
            return False
        is_declared = any(target in self._wanted.by_id for target in target_of(grant_id))
        return is_declared or self._owned.get(ObjectId(Kind.SEQUENCE, *grant_id.qualified)) in self._wanted.by_id

    def close(self, actions: Iterable[Action], current: Catalog) -> Iterator[Action]:
        """Return actions that leave no rights on what they make, but those that are granted afterwards.

        Args:
            current: what is there, and is made again by who goes back.
        """
        before = self._roles_before(current)
        for action in actions:
            new, old = self._wanted.find(action.id), current.find(action.id)
            if before and action.is_remade_by_down:
                yield self._close_what_down_makes(action, current, before)
            elif action.id.kind not in CLOSED:
                yield action
            elif new and self._roles and action.verb is Verb.CREATE:
                up = self._take(new, action.up, self._roles, self._wanted)
                yield action._replace(up=up, requires=action.requires.union(self._roles))
            elif old and before and action.verb is Verb.DROP and action.up:
                down = self._take(old, action.down, before, current)
                yield action._replace(down=down, releases=action.releases.union(before))
            else:
                yield action

    @staticmethod
    def _close_what_down_makes(action: Action, current: Catalog, roles: tuple[ObjectId, ...]) -> Action:
        """Return an action that leaves no rights on what going back makes again."""
        names = [role.name for role in roles]
        items = (current.by_id[each] for each in sorted(action.anew_by_down) if each.kind in CLOSED)
        made = {render_create(item)[0]: item for item in items}
        down: list[str] = []
        for sql in action.down:
            down += [each.text for each in close(made[sql], (Sql(sql),), names, current)] if sql in made else [sql]
        return action._replace(down=tuple(down), releases=action.releases.union(roles))

    def close_tables(self, actions: Iterable[Action], current: Catalog) -> Iterator[Action]:
        """Return what takes rights on new tables and on the sequences of new columns, and on tables that come back."""
        before = self._roles_before(current)
        for action in actions if self._roles or before else ():
            match action.verb, action.id.kind:
                case Verb.CREATE, Kind.TABLE if self._roles:
                    name = (str(action.id.schema), action.id.name)
                    yield self._close_new(action.id, action.id, [name], self._numbered(action.id))
                case Verb.CREATE, Kind.COLUMN if self._roles and has_sequence(self._wanted.find(action.id)):
                    yield self._close_new(action.id, action.id.table, [], [action.id])
                case Verb.DROP, Kind.TABLE if before and action.id in current.by_id:
                    yield self._close_again(current.by_id[action.id], current, before)
                case Verb.DROP, Kind.COLUMN if before and has_sequence(current.find(action.id)):
                    down = self._close_column(action.id, before, current)
                    needs = frozenset({action.id, *before})
                    yield Action(Verb.ALTER, action.id, (), down, releases=needs)

    def close_columns(self, actions: Iterable[Action], current: Catalog) -> Iterator[Action]:
        """Return actions that leave no rights on the sequence that a column gets where it stands, there or back."""
        before = self._roles_before(current)
        for action in actions:
            if action.verb is not Verb.ALTER or action.id.kind is not Kind.COLUMN or not action.facts:
                yield action
                continue
            old, new = current.find(action.id), self._wanted.find(action.id)
            is_new, is_back = _gets_sequence(old, new), _gets_sequence(new, old)
            up = self._close_column(action.id, self._roles, self._wanted) if is_new else ()
            down = self._close_column(action.id, before, current) if is_back else ()
            yield action._replace(
                up=(*action.up, *up),
                down=(*action.down, *down),
                requires=action.requires.union(self._roles if up else ()),
                releases=action.releases.union(before if down else ()),
            )

    def _close_column(self, column: ObjectId, roles: tuple[ObjectId, ...], catalog: Catalog) -> tuple[str, ...]:
        if not roles:
            return ()
        names = [role.name for role in roles]
        taking = take_rights_on_relations([], [column], self._grantees(roles))
        return (taking, give_owners([], [column], [], names)) if may_deploy(names, catalog) else (taking,)

    def _close_new(
        self, subject: ObjectId, table: ObjectId, relations: list[tuple[str, str]], columns: Iterable[ObjectId]
    ) -> Action:
        item = self._wanted.find(table)
        owner = getattr(item.definition, "owner", None) if item else None  # whose rights come with that
        roles = tuple(role for role in self._roles if role.name != owner)
        up = self._close_column(subject, roles, self._wanted)
        if relations:
            gives_back = may_deploy((role.name for role in roles), self._wanted)
            up = (take_rights_on_relations(relations, columns, self._grantees(roles), gives_back=gives_back),)
        needs = frozenset({subject, table, *roles})
        return Action(Verb.ALTER, subject, up, (), origins=item.origins if item else (), requires=needs)

    def close_to_new_roles(self, current: Catalog, touched: frozenset[ObjectId]) -> Iterator[Action]:
        """Return what takes rights on the objects that are there from roles that the revision declares first.

        Args:
            touched: objects that the revision makes or drops.
        """
        fresh = tuple(role for role in self._roles if role not in self._old)
        stays = (item for item in self._wanted.objects if item.id in current.by_id and item.id not in touched)
        there = [item for item in stays if self._history.made(item.id)]
        relations = [(str(item.id.schema), item.id.name) for item in there if item.id.kind in RELATIONS]
        columns = [
            column
            for item in there
            if item.id.kind is Kind.TABLE
            for column in self._numbered(item.id)
            if has_sequence(current.find(column))
        ]
        objects = [item for item in there if item.id.kind in (Kind.FUNCTION, Kind.SCHEMA)]
        if not fresh or not (relations or objects):
            return
        names = tuple(role.name for role in fresh)
        up = []
        if relations:
            up.append(take_rights_on_relations(relations, columns, names if self._old else (PUBLIC, *names)))
        functions = [item for item in there if item.id.kind is Kind.FUNCTION]
        schemas = [item for item in there if item.id.kind is Kind.SCHEMA]
        up += [take_rights(item, names) for item in functions]
        is_owner = may_deploy(names, self._wanted)
        if is_owner and (relations or functions):
            up.append(give_owners(relations, columns, functions, names))
        up += [take_rights(item, names) for item in schemas]  # nothing in them can be named without
        if is_owner and schemas:
            up.append(give_owners([], [], schemas, names))
        hazards = (hazard_of_closing(fresh),)
        yield Action(Verb.ALTER, fresh[-1], tuple(up), (), hazards=hazards, requires=frozenset(fresh))

    def _roles_before(self, current: Catalog) -> tuple[ObjectId, ...]:
        """Return the roles that are there for who goes back, whether the models keep them or not."""
        return tuple(item.id for item in current.of_kind(Kind.ROLE) if self._history.made(item.id))

    @staticmethod
    def _take(
        item: CatalogObject, sql: tuple[str, ...], roles: tuple[ObjectId, ...], catalog: Catalog
    ) -> tuple[str, ...]:
        names = [role.name for role in roles]
        return tuple([each.text for each in close(item, tuple(map(Sql, sql)), names, catalog)])

    @staticmethod
    def _close_again(table: CatalogObject, current: Catalog, roles: tuple[ObjectId, ...]) -> Action:
        """Return what does nothing, and whoever goes back closes the table before its grants come back."""
        (_, closing) = close(table, (Sql(""),), (role.name for role in roles), current)
        only = frozenset({table.id})
        return Action(Verb.ALTER, table.id, (), (closing.text,), releases=only.union(roles), along=only)

    @staticmethod
    def _grantees(roles: tuple[ObjectId, ...]) -> tuple[str, ...]:
        return (PUBLIC, *(role.name for role in roles))

    def _numbered(self, table: ObjectId) -> Iterator[ObjectId]:
        """Return the columns of a table of the models that PostgreSQL makes a sequence for."""
        item = self._wanted.find(table)
        return list_counting(item, self._wanted) if item else iter(())

    @cached_property
    def _owned(self) -> Mapping[ObjectId, ObjectId]:
        return self._read_owned()


def _gets_sequence(old: CatalogObject | None, new: CatalogObject | None) -> bool:
    """Whether a column gets a sequence that it had not: one of another kind is another one."""
    if not has_sequence(new):
        return False
    was, is_ = (
        (item.defined_as(Column).is_serial, item.defined_as(Column).identity is None) if item else None
        for item in (old, new)
    )
    return was != is_
