"""What is done to tables and what they consist of: columns, constraints, indexes."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from pgcraft.catalog.definitions import Column, Table
from pgcraft.catalog.kinds import INSIDE
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId
from pgcraft.diff.actions import Action, Verb
from pgcraft.diff.casts import Cast, cast_column
from pgcraft.diff.columns import alter_column, find_generating, loses_expression
from pgcraft.diff.compare import Change, Diff
from pgcraft.diff.ground import PARTS, Ground, find_renamed_key, is_key
from pgcraft.diff.hazards import hazards_of_drop
from pgcraft.diff.inheritance import Heirs, drop_column, leave_inherited, plan_parents
from pgcraft.diff.logged import find_keys_in_ring, find_logged_before
from pgcraft.diff.long_values import plan_long_values, split_options
from pgcraft.diff.own_defaults import OwnDefaults
from pgcraft.diff.part_hazards import hazards_of_alteration, hazards_of_part, hazards_of_rewriting
from pgcraft.diff.partitions import check_division, find_attached, refuse_division
from pgcraft.diff.plan import is_planned
from pgcraft.diff.recreating import find_forgotten_between
from pgcraft.diff.rereading import find_reread
from pgcraft.diff.rings import find_separate_keys
from pgcraft.diff.row_security import plan_row_security
from pgcraft.diff.serials import find_new_sequence
from pgcraft.render.comments import comment_on, object_target, relation_target
from pgcraft.render.dispatch import render_create, render_drop
from pgcraft.render.tables import alter_table, create_table_without


def plan_tables(
    current: Catalog,
    wanted: Catalog,
    diff: Diff,
    *,
    moved: frozenset[ObjectId],
    new_columns: frozenset[ObjectId] = frozenset(),
    resting: frozenset[ObjectId] = frozenset(),
    is_ours: Callable[[ObjectId], bool],
    cast: Cast,
) -> tuple[Action, ...]:
    """Plan everything about tables and their parts, in no particular order.

    Args:
        diff: of the two, with SQL text in one form on both sides; the text of ``wanted`` is what gets executed.
        moved: columns whose type is recreated by another plan; nothing may stand on them meanwhile.
        new_columns: columns that must be dropped and added.
        resting: columns whose default another plan sets aside meanwhile.
        is_ours: whether a table, constraint or index that only the current catalog has may be dropped.
        cast: finds how old values become values of another type.
    """
    heirs = Heirs(diff.removed, current, wanted)
    own = OwnDefaults(current, wanted, diff.removed)
    coming = own.plan_with_columns(diff, heirs.left)
    diff = leave_inherited(diff, heirs.left, own)
    planner = _TablePlanner(current, wanted, diff, moved, new_columns, resting, is_ours, cast, heirs, own)
    return (*planner.plan(), *coming)


def find_leaving(
    diff: Diff, current: Catalog, wanted: Catalog, is_ours: Callable[[ObjectId], bool]
) -> frozenset[ObjectId]:
    """Return the tables and columns that go for good, with all that is in the tables."""
    found: set[ObjectId] = set()
    attached = find_attached(diff)
    for item in diff.removed:
        if item.id.kind is Kind.TABLE and is_ours(item.id) and item.id not in attached:
            found |= _inside(current.by_id[item.id])
        elif item.id.kind is Kind.COLUMN and wanted.find(item.id.table) is not None:
            found.add(item.id)
    return frozenset(found)


class _TablePlanner:
    def __init__(
        self,
        current: Catalog,
        wanted: Catalog,
        diff: Diff,
        moved: frozenset[ObjectId],
        new_columns: frozenset[ObjectId],
        resting: frozenset[ObjectId],
        is_ours: Callable[[ObjectId], bool],
        cast: Cast,
        heirs: Heirs,
        own: OwnDefaults,
    ) -> None:
        self._own = own
        self._heirs = heirs
        self._current = current
        self._wanted = wanted
        self._diff = diff
        self._is_ours = is_ours
        self._attached = find_attached(diff)
        self._there, self._meant = Ground(current), Ground(wanted)
        self._cast = cast
        self._changes = [change for change in diff.changed if not is_planned(change.wanted)]
        changes = {change.id: change for change in self._changes}
        self._find_forgotten = partial(find_forgotten_between, current, wanted, changes)
        columns = (change for change in self._changes if change.id.kind is Kind.COLUMN)
        self._moved = moved
        self._new_columns = new_columns
        self._resting = resting
        self._remade = frozenset(change.id for change in columns if loses_expression(change))
        self._anew, self._causes = self._find_anew()

    def plan(self) -> Iterator[Action]:
        yield from plan_row_security(self._current, self._wanted)
        yield from self._create_tables()
        yield from self._drop_tables()
        for change in self._changes:
            if change.id.kind is Kind.TABLE:
                yield from self._alter_table(change)
            elif not _is_made_anew(change) and change.id.kind in (Kind.CONSTRAINT, Kind.INDEX):
                yield self._comment(change)
            elif change.id.kind is Kind.COLUMN and change.id not in self._new_columns:
                yield from self._alter_column(change)
        yield from (action._replace(causes=self._causes.get(action.id, frozenset())) for action in self._plan_parts())

    def _plan_parts(self) -> Iterator[Action]:
        anew = self._anew
        removed = (item for item in self._diff.removed if item.id not in anew)
        for item in (*removed, *(self._current.by_id[object_id] for object_id in sorted(anew))):
            if item.id in anew and self._is_foreign(item):
                # What others built is kept and put back by whoever runs the revision: nothing to do here.
                yield Action(Verb.SET_ASIDE, item.id, (), (), releases=frozenset(item.depends_on))
            elif item.id in anew or self._may_drop(item):
                yield self._drop(item)
        for item in self._diff.added:
            yield from self._comment_key(item) if item.id.kind is Kind.CONSTRAINT else ()
        for item in (*self._diff.added, *(self._new_or_old(object_id) for object_id in sorted(anew))):
            if item.id in anew and self._is_foreign(item):
                yield Action(Verb.RESTORE, item.id, (), (), requires=frozenset(item.depends_on))
            elif item.id in self._wanted.by_id and (item.id in anew or self._must_add(item)):
                yield self._create(item)

    def _is_foreign(self, item: CatalogObject) -> bool:
        return item.id not in self._wanted.by_id and not self._is_ours(item.id)

    def _create_tables(self) -> Iterator[Action]:
        new = (item for item in self._diff.added if item.id.kind is Kind.TABLE and item.id not in self._attached)
        tables = [self._wanted.by_id[item.id] for item in new]
        separate = find_separate_keys(tables, self._wanted)
        for item in tables:
            inside = _inside(item) - separate
            open_ = replace(
                item, definition=replace(item.defined_as(Table), row_security=False, force_row_security=False)
            )
            yield Action(
                Verb.CREATE,
                item.id,
                tuple(sql.text for sql in create_table_without(open_, self._wanted, separate)),
                render_drop(item),
                origins=item.origins,
                parts=inside,
                requires=self._meant.below_all(inside) - inside,
            )
            for key in sorted(_inside(item) & separate):
                yield self._create(self._wanted.by_id[key])

    def _drop_tables(self) -> Iterator[Action]:
        gone = (item for item in self._diff.removed if item.id.kind is Kind.TABLE and item.id not in self._attached)
        tables = [item for item in gone if self._is_ours(item.id)]
        separate = find_separate_keys(tables, self._current)
        for item in tables:
            inside = _inside(item) - separate
            yield Action(
                Verb.DROP,
                item.id,
                render_drop(item),
                tuple(sql.text for sql in create_table_without(item, self._current, separate)),
                hazards=hazards_of_drop(item.id),
                parts=inside,
                releases=self._there.below_all(inside) - inside,
            )
            for key in sorted(_inside(item) & separate):
                yield self._drop(self._current.by_id[key])

    def _alter_table(self, change: Change) -> Iterator[Action]:
        yield from plan_parents(change, self._current, self._wanted)
        yield from plan_long_values(change, self._wanted)
        if "partition_by" in change.facts:
            raise refuse_division(change)
        old, new = (split_options(item.defined_as(Table))[0] for item in (change.current, change.wanted))
        up = alter_table(change.id, old, new)
        if up:
            declared = self._wanted.by_id[change.id]
            yield Action(
                Verb.ALTER,
                change.id,
                up,
                alter_table(change.id, new, old),
                origins=declared.origins,
                hazards=hazards_of_rewriting() if _REWRITTEN.intersection(change.facts) else (),
                requires=frozenset({change.id, *find_logged_before(change, self._current, self._wanted)}),
                facts=change.facts,
            )

    def _comment(self, change: Change) -> Action:
        target = (relation_target if change.id.kind is Kind.CONSTRAINT else object_target)(change.id)
        old, new = (getattr(item.definition, "comment", None) for item in (change.current, change.wanted))
        return Action(
            Verb.ALTER,
            change.id,
            (comment_on(target, new),),
            (comment_on(target, old),),
            origins=change.wanted.origins,
        )

    def _comment_key(self, item: CatalogObject) -> Iterator[Action]:
        """Comment a primary key under the name that it has."""
        key = find_renamed_key(item, self._current)
        comment = getattr(item.definition, "comment", None)
        if key is not None and comment not in (None, getattr(key.definition, "comment", None)):
            yield self._comment(Change(key, replace(item, id=key.id), ("comment",)))

    def _alter_column(self, change: Change) -> Iterator[Action]:
        check_division(change, self._current)
        declared = self._wanted.by_id[change.id]
        rests = change.id in self._resting
        there, meant = (
            each.by_id[change.id.table].defined_as(Table).is_unlogged for each in (self._current, self._wanted)
        )
        only = self._own.are_below(change.id)
        alter = partial(alter_column, facts=change.facts, rests=rests, only=only)
        using, using_back = cast_column(change, declared, self._cast)
        up = alter(change.current, declared, using=using, is_unlogged=meant)
        down = alter(declared, change.current, using=using_back, is_unlogged=there)
        if "type" in change.facts:
            up, down = self._own.go_along(change.id, up, down)
        if change.id in self._remade:
            down = (*render_drop(declared), *render_create(change.current))
        released = frozenset({*change.current.depends_on, *find_generating(change.current, self._current)})
        is_retyped, sequence = "type" in change.facts, find_new_sequence(change)
        if up:
            yield Action(
                Verb.ALTER,
                change.id,
                up,
                down,
                origins=declared.origins,
                hazards=hazards_of_alteration(change),
                requires=frozenset({*declared.depends_on, change.id.table}),
                releases=released,
                along=frozenset({change.id}) if is_retyped else frozenset(),
                is_remade_by_down=change.id in self._remade,
                anew=sequence,
                anew_by_down=self._remade.intersection({change.id}) | sequence,
                facts=change.facts,
                forgotten=self._find_forgotten(change.id),
            )

    def _find_anew(self) -> tuple[frozenset[ObjectId], dict[ObjectId, frozenset[ObjectId]]]:
        """Return what must be recreated, and of the keys and indexes among it what they stand on that goes."""
        found = {change.id for change in self._changes if _is_made_anew(change)}
        left = {item.id for item in self._diff.removed if is_key(item) and self._may_drop(item)}
        above = self._there.trace_above(left)
        pointing = {key: below for key, below in above.items() if self._wanted.find(key.table) is not None}
        disturbed = self._remade | self._moved
        reread = self._wanted.by_id.keys() & find_reread(self._changes, self._current)
        ring = frozenset(find_keys_in_ring(self._changes, self._current, self._wanted))
        roots = found.union(self._new_columns, disturbed, pointing, reread, ring)
        upon = self._there.trace_above(roots)
        return frozenset(roots.union(upon) - disturbed), {**pointing, **upon}

    def _new_or_old(self, object_id: ObjectId) -> CatalogObject:
        return self._wanted.find(object_id) or self._current.by_id[object_id]

    def _may_drop(self, item: CatalogObject) -> bool:
        """Whether a part goes that nobody declares; constraints and columns of a table that goes go with it."""
        if is_planned(item) or item.id.kind not in PARTS:
            return False
        if self._wanted.find(item.id.table) is None:
            return item.id.kind is Kind.INDEX and item.id.table not in self._attached and self._is_ours(item.id.table)
        if item.id.kind is Kind.COLUMN:
            return True
        return find_renamed_key(item, self._wanted) is None and self._is_ours(item.id)

    def _must_add(self, item: CatalogObject) -> bool:
        if is_planned(item) or item.id.kind not in PARTS:
            return False
        if self._current.find(item.id.table) is None:
            return item.id.kind is Kind.INDEX
        return find_renamed_key(item, self._current) is None

    def _drop(self, item: CatalogObject) -> Action:
        declared = self._wanted.find(item.id)
        up, down = drop_column(item, self._heirs) or (render_drop(item), render_create(item))
        return Action(
            Verb.DROP,
            item.id,
            up,
            down,
            origins=declared.origins if declared else (),
            hazards=hazards_of_drop(item.id) if self._loses_values(item) else (),
            releases=frozenset({*item.depends_on, *self._there.below(item), *self._heirs.find_left(item.id)}),
            forgotten=self._find_forgotten(item.id),
            place=-_place(item),
        )

    def _loses_values(self, item: CatalogObject) -> bool:
        """Whether values are lost with it; those of a generated column that is recreated follow from others."""
        if not isinstance(item.definition, Column):
            return False
        return item.id not in self._new_columns or item.definition.generated is None

    def _create(self, item: CatalogObject) -> Action:
        declared = self._wanted.by_id[item.id]
        return Action(
            Verb.CREATE,
            item.id,
            render_create(declared),
            render_drop(declared),
            origins=declared.origins,
            hazards=hazards_of_part(declared),
            requires=frozenset({*declared.depends_on, *self._meant.below(declared)}),
            forgotten=self._find_forgotten(item.id),
            place=_place(declared),
        )


_REWRITTEN = frozenset({"is_unlogged", "tablespace", "access_method"})
"""The facts of a table that change with all of its rows."""


def _place(item: CatalogObject) -> int:
    """Return the place of a column in its table: those that are added stand in the order in which that is done."""
    return item.definition.position if isinstance(item.definition, Column) else 0


def _inside(table: CatalogObject) -> frozenset[ObjectId]:
    """Return a table with its columns and constraints."""
    return frozenset({table.id, *(part for part in table.parts if part.kind in INSIDE)})


def _is_made_anew(change: Change) -> bool:
    return change.id.kind in (Kind.CONSTRAINT, Kind.INDEX) and set(change.facts) != {"comment"}
