"""Models and a database side by side: what differs, and what is done about it as far as it is ours."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import Connection, MetaData

from pgcraft.catalog.definitions import Column, Definition, Role
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId, OldName, make_catalog
from pgcraft.collect.metadata import collect_drafts, link_drafts
from pgcraft.configure import check_server
from pgcraft.diff.actions import Action, Verb
from pgcraft.diff.cascade import find_fallen
from pgcraft.diff.casts import Casting
from pgcraft.diff.compare import Diff, compare_again, compare_catalogs
from pgcraft.diff.following import find_following
from pgcraft.diff.hazards import hazards_of_dependents
from pgcraft.diff.intentions.grouping import Planned
from pgcraft.diff.likely import take_answers
from pgcraft.diff.old_names import find_renames
from pgcraft.diff.online import go_online
from pgcraft.diff.renames import Rename
from pgcraft.diff.schemas_first import find_schemas
from pgcraft.diff.whole import plan_whole
from pgcraft.elements.declared import find_declared
from pgcraft.introspect import read_catalog
from pgcraft.reconcile.bare_types import adopt_schemas
from pgcraft.reconcile.canonical import canonicalize
from pgcraft.reconcile.casts import find_cast
from pgcraft.reconcile.closing import Closing
from pgcraft.reconcile.foreign_facts import leave_owners, overlook_settings
from pgcraft.reconcile.kept_values import plan_kept_values
from pgcraft.reconcile.lent_sequences import plan_keeping, take_back
from pgcraft.reconcile.owned_grants import leave_owned
from pgcraft.reconcile.ownership import Ownership
from pgcraft.reconcile.range_makers import check_range_makers
from pgcraft.reconcile.renaming import Renaming
from pgcraft.reconcile.rewriting import rewrites
from pgcraft.reconcile.unnamed_constraints import adopt_names, step_aside
from pgcraft.reconcile.unsaid import adopt_storage
from pgcraft.render.statement import HazardType
from pgcraft.scripts.made import History


@dataclass(frozen=True, slots=True)
class Place:
    """Where migrations run.

    Attributes:
        default_schema: the one that names without a schema mean.
        schemas: those that are looked into; None for the default one.
        version_table: schema, None for the default one, and name of Alembic's own.
    """

    default_schema: str
    schemas: tuple[str | None, ...]
    version_table: tuple[str | None, str]

    def table_id(self, schema: str | None, name: str) -> ObjectId:
        """Return the id of a table; schema is None in the default one."""
        return ObjectId(Kind.TABLE, schema or self.default_schema, name)


@dataclass(frozen=True, slots=True)
class Plan:
    """All that is done, in no particular order.

    Attributes:
        first: what is done before all else, in run order: schemas are made, and then objects renamed and moved.
        inside: to tables and what they consist of, and to what rests while these change.
        beside: to everything else.
        new_columns: that are dropped and added.
        planned: the same as it is told as changes.
    """

    first: tuple[tuple[Action, Rename | None], ...]
    inside: tuple[Action, ...]
    beside: tuple[Action, ...]
    new_columns: frozenset[ObjectId]
    planned: Planned


class Comparison:
    """Models and database side by side.

    Args:
        connection: to the database.
        metadata: the models.
        read: gives the database; its objects need not be linked. It is called when the models are collected.
        find_history: gives what the migrations made, once the database is read: both may want the connection.
        renaming: what is renamed is taken for done in it.
        renamed: old names that somebody told beside the models, by what has the new ones.

    Attributes:
        current: the database.
        wanted: the models.
        declared: tables, columns and indexes of the models, as the user wrote them.
        collected: what was collected of the models, before it took on anything of the database.
        history: what the migrations made.
        ownership: tells what of the database is ours.
    """

    def __init__(
        self,
        connection: Connection,
        metadata: tuple[MetaData, ...],
        read: Callable[[], Catalog],
        find_history: Callable[[], History],
        place: Place,
        renaming: Renaming,
        renamed: Mapping[ObjectId, OldName],
    ) -> None:
        self._connection = connection
        self._metadata = metadata
        self._place = place
        self._renaming = renaming
        self._taken: frozenset[ObjectId] = frozenset()
        self._drafts = [collect_drafts(each) for each in metadata]
        collected = take_answers(make_catalog(draft.object for drafts in self._drafts for draft in drafts), renamed)
        self.collected = collected.by_id
        self.declared = find_declared(metadata)
        self.current = read()
        for each in metadata:
            check_server(each, self.current.server_version)
        self.wanted = self._name(collected)
        self.history = find_history()
        self._rename(collected)
        history = self.history
        self.current = self._overlook(self.current)
        closing = Closing(renaming.read_owned_sequences, self.wanted, history)
        schemas = frozenset(schema or place.default_schema for schema in place.schemas)
        version_table = place.table_id(*place.version_table)
        self.ownership = Ownership(connection, history, closing, self.current, schemas, version_table)
        self._canonical, self._diff = self._compare()

    def _rename(self, collected: Catalog) -> None:
        """Take what is declared to be renamed for done, and look again."""
        renaming = self._renaming

        def is_ours(object_id: ObjectId) -> bool:
            return object_id in self.wanted.by_id

        if not renaming.do(find_renames(self.current, self.wanted, self.history.has_changed_places), is_ours):
            return
        self._look_again(collected)
        sequences = {column: sequence for sequence, column in renaming.read_owned_sequences().items()}
        if renaming.do(find_following(self.current, self.wanted, renaming.done, sequences), is_ours):
            self._look_again(collected)
        check_range_makers(self._connection, renaming.done, self.wanted)
        self.history = self.history.after((each.id, each.up) for each in renaming.written if not each.is_inside)

    def _look_again(self, collected: Catalog) -> None:
        self.current = self._renaming.read()
        self.wanted = self._name(collected)

    @property
    def is_settled(self) -> bool:
        """Whether nothing is to be done: what is only in the database may belong to somebody else."""
        diff = self._diff
        if self._renaming.done:
            return False
        return not diff.added and not diff.changed and not any(self._may_go(item.id) for item in diff.removed)

    def list_new_passwords(self) -> tuple[tuple[ObjectId, str], ...]:
        """Return the roles whose password no migration sets yet, each with its environment variable."""
        roles = ((item.id, item.defined_as(Role).password_variable) for item in self.wanted.of_kind(Kind.ROLE))
        return tuple(
            (role, variable)
            for role, variable in roles
            if variable and self.history.is_kept and not self.history.has_password(role, variable)
        )

    def link(self) -> None:
        """Read again, now with what depends on what: there is something to plan."""
        self.current = self._renaming.read() if self._renaming.done else read_catalog(self._connection)
        linked = [link_drafts(drafts, each) for drafts, each in zip(self._drafts, self._metadata, strict=True)]
        compared = self.wanted
        self.wanted = self._name(
            linked[0] if len(linked) == 1 else make_catalog(item for catalog in linked for item in catalog.objects)
        )
        self.current = leave_owners(self._overlook(self.current), self.wanted, self.history)
        if self._canonical is compared:
            self._canonical = self.wanted
            return
        canonical = self._canonical.by_id
        self._canonical = Catalog(tuple(_define(item, canonical[item.id].definition) for item in self.wanted.objects))

    def plan(self, limit: Callable[[Diff], Diff], *, is_online: bool = False) -> Plan:
        """Return all that is done once objects are linked, so that our roles have no rights but declared ones.

        Args:
            limit: takes what is to be left alone out of a difference.
            is_online: tables go on being read and written meanwhile.
        """
        diff = limit(self.ownership.limit(compare_catalogs(self.current, self._canonical), self.wanted))
        kept = plan_kept_values(self._metadata, self.current, self.wanted, self._place.table_id)
        whole = plan_whole(
            self.current,
            self.wanted,
            diff,
            is_ours=self.ownership.is_ours,
            cast=self._find_cast,
            more=kept.actions,
        )
        closing = Closing(self._renaming.read_owned_sequences, self.wanted, self.history)
        inside = tuple(closing.close_columns(whole.inside, self.current))
        inside += tuple(plan_keeping((*inside, *whole.beside), self.current, self.wanted, self._renaming.read_owned))
        if is_online:
            inside = tuple(go_online(inside, self.current, self.wanted, self._rewrites))
        closed = self._close(closing, inside, whole.beside)
        beside = tuple(self._renaming.let_go_back(action, self.current) for action in closed)
        schemas = find_schemas(beside, self.wanted, self._renaming.written)
        renames = [(rename.action, rename) for rename in self._renaming.written]
        told = (action for action, rename in renames if not rename.is_passing)
        return Plan(
            (*((action, None) for action in schemas), *renames),
            tuple(self._endanger(action, kept.emptied) for action in inside),
            tuple(action for action in beside if action not in schemas),
            whole.new_columns,
            Planned(self.current, self.wanted, diff, (*told, *inside, *whole.beside)),
        )

    def _find_cast(self, value: str, old_type: str, new_type: str) -> Casting:
        there, back = self._renaming.redirection.there, self._renaming.redirection.back
        found = find_cast(self._connection, value, there(old_type), there(new_type))
        return Casting(found.there and back(found.there), back(found.back))

    def _rewrites(self, column: Column) -> bool:
        there = self._renaming.redirection.there
        default = column.default and there(column.default)
        return rewrites(self._connection, replace(column, type=there(column.type), default=default))

    def _overlook(self, found: Catalog) -> Catalog:
        """Return the database without what others did to objects of ours, and which stays."""
        found = take_back(found, self.wanted, self.history, self._renaming.read_owned)
        return overlook_settings(found, self.wanted, self.history)

    def _name(self, collected: Catalog) -> Catalog:
        collected = adopt_schemas(collected, self.current)
        collected = adopt_storage(collected, self.current, self.declared)
        named = step_aside(adopt_names(collected, self.current), self._taken)
        return leave_owned(named, self.current, self._renaming.read_owned_sequences)

    def _compare(self) -> tuple[Catalog, Diff]:
        by_text = compare_catalogs(self.current, self.wanted)
        canonical = canonicalize(self._connection, self.wanted, by_text, self._renaming.redirection)
        diff = compare_again(by_text, canonical)
        taken = frozenset(change.id for change in diff.changed if "text" in change.facts and self._is_taken(change.id))
        if taken - self._taken:
            self._taken |= taken
            self.wanted = step_aside(self.wanted, self._taken)
            return self._compare()
        return canonical, self.ownership.limit(diff, self.wanted)

    def _is_taken(self, object_id: ObjectId) -> bool:
        return object_id.kind is Kind.CONSTRAINT and self.history.is_kept and not self.ownership.is_ours(object_id)

    def _may_go(self, object_id: ObjectId) -> bool:
        is_our_column = object_id.kind is Kind.COLUMN and self.wanted.find(object_id.table) is not None
        return is_our_column or self.ownership.is_ours(object_id)

    def _close(self, closing: Closing, inside: tuple[Action, ...], beside: tuple[Action, ...]) -> Iterator[Action]:
        yield from closing.close_tables(inside, self.current)
        yield from closing.close(beside, self.current)
        goes = (action.id for action in inside if action.verb in (Verb.DROP, Verb.SET_ASIDE))
        made = (action.id for action in beside if action.verb in (Verb.CREATE, Verb.DROP))
        yield from closing.close_to_new_roles(self.current, frozenset({*goes, *made}))

    def _endanger(self, action: Action, emptied: frozenset[ObjectId]) -> Action:
        """Return an action with what it endangers of others; values that get into another column are not lost."""
        if not action.goes or action.id in self.wanted.by_id:  # what comes back finds others put back on it
            return action
        known = (each for each in action.hazards if action.id not in emptied or each.type is not HazardType.DATA_LOSS)
        fallen = find_fallen(self.current, {action.id})
        strangers = (other for other in fallen if other not in self.wanted.by_id)
        foreign = sorted(other for other in strangers if not self.ownership.is_ours(other))
        return action._replace(hazards=(*known, *hazards_of_dependents(foreign)))


def _define(item: CatalogObject, definition: Definition) -> CatalogObject:
    return item if item.definition is definition else replace(item, definition=definition)
