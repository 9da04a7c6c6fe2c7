"""Changes inside of tables that Alembic does not see: texts of checks and expressions, keys, indexes, identities."""

from collections.abc import Callable, Iterator

from pgcraft.catalog.definitions import Column, Constraint, Index, Table
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId
from pgcraft.catalog.tokens import mentions_name
from pgcraft.diff.actions import Action, Verb
from pgcraft.diff.columns import alter_column, find_generating, loses_expression
from pgcraft.diff.compare import Change, Diff
from pgcraft.diff.hazards import hazards_of_drop, hazards_of_index, hazards_of_validation
from pgcraft.diff.plan import is_planned
from pgcraft.render.dispatch import render_create, render_drop
from pgcraft.render.statement import Hazard
from pgcraft.render.tables import row_security

_UNSEEN = ("check", "exclude", "primary key")
"""The types of constraint that Alembic neither adds nor drops on a table that is there."""

_KEYS = ("primary key", "unique")


def plan_tables(
    current: Catalog,
    wanted: Catalog,
    diff: Diff,
    *,
    covered: frozenset[ObjectId],
    moved: frozenset[ObjectId],
    new_columns: frozenset[ObjectId] = frozenset(),
    is_ours: Callable[[CatalogObject], bool],
) -> tuple[Action, ...]:
    """Plan what is left to do inside of tables, in no particular order.

    Args:
        diff: of the two, with SQL text in one form on both sides; the text of ``wanted`` is what gets executed.
        covered: what somebody else's operations make, change or drop; it is left to them.
        moved: columns that somebody else's statements give another type; nothing may stand on them meanwhile.
        new_columns: columns that must be dropped and added.
        is_ours: whether a constraint that only the current catalog has may be dropped.
    """
    return tuple(_TablePlanner(current, wanted, diff, covered, moved, new_columns, is_ours).plan())


class _TablePlanner:
    def __init__(
        self,
        current: Catalog,
        wanted: Catalog,
        diff: Diff,
        covered: frozenset[ObjectId],
        moved: frozenset[ObjectId],
        new_columns: frozenset[ObjectId],
        is_ours: Callable[[CatalogObject], bool],
    ) -> None:
        self._current = current
        self._wanted = wanted
        self._diff = diff
        self._covered = covered
        self._is_ours = is_ours
        self._changes = [
            change for change in diff.changed if change.id not in covered and not is_planned(change.wanted)
        ]
        columns = (change for change in self._changes if change.id.kind is Kind.COLUMN)
        self._moved = moved
        self._new_columns = new_columns
        self._remade = frozenset(change.id for change in columns if loses_expression(change))

    def plan(self) -> Iterator[Action]:
        yield from self._secure_rows()
        for change in self._changes:
            if change.id.kind is Kind.COLUMN and change.id not in self._new_columns:
                yield from self._alter_column(change)
        anew = self._find_anew() - self._remade - self._moved
        removed = (item for item in self._diff.removed if item.id not in anew)
        for item in (*removed, *(self._current.by_id[object_id] for object_id in sorted(anew))):
            if item.id in anew and self._is_foreign(item):
                # What others built is kept and put back by whoever runs the revision: nothing to do here.
                yield Action(Verb.SET_ASIDE, item.id, (), (), releases=frozenset(item.depends_on))
            elif item.id in anew or self._may_drop(item):
                yield self._drop(item)
        for item in (*self._diff.added, *(self._new_or_old(object_id) for object_id in sorted(anew))):
            if item.id in anew and self._is_foreign(item):
                yield Action(Verb.RESTORE, item.id, (), (), requires=frozenset(item.depends_on))
            elif item.id in self._wanted.by_id and (item.id in anew or self._must_add(item)):
                yield self._create(item)

    def _is_foreign(self, item: CatalogObject) -> bool:
        return item.id not in self._wanted.by_id and not self._is_ours(item)

    def _secure_rows(self) -> Iterator[Action]:
        """Switch row security, also of tables that are created elsewhere in the same plan."""
        for item in self._wanted.of_kind(Kind.TABLE):
            old = self._current.find(item.id)
            before = old.defined_as(Table) if old else Table()
            after = item.defined_as(Table)
            up = row_security(item.id, before, after)
            if up:
                down = row_security(item.id, after, before) if old else ()
                needs = frozenset({item.id, *item.depends_on})
                yield Action(Verb.ALTER, item.id, up, down, origins=item.origins, requires=needs)

    def _alter_column(self, change: Change) -> Iterator[Action]:
        declared = self._wanted.by_id[change.id]
        up = alter_column(change.current, declared, change.facts)
        down = alter_column(declared, change.current, change.facts)
        if change.id in self._remade:
            down = (*render_drop(declared), *render_create(change.current))
        if up:
            yield Action(
                Verb.ALTER,
                change.id,
                up,
                down,
                origins=declared.origins,
                requires=frozenset({*declared.depends_on, change.id.table}),
                releases=frozenset({*change.current.depends_on, *find_generating(change.current, self._current)}),
                is_remade_by_down=change.id in self._remade,
                anew_by_down=self._remade.intersection({change.id}),
            )

    def _find_anew(self) -> frozenset[ObjectId]:
        """Return what must be recreated, with the keys and indexes that stand on it."""
        found = {change.id for change in self._changes if _is_made_anew(change)}
        found |= self._new_columns | self._remade | self._moved
        waiting = sorted(found)
        while waiting:
            base = self._current.by_id[waiting.pop()]
            fresh = {item.id for item in self._current.objects if _stands_on(item, base)} - found - self._covered
            found |= fresh
            waiting += sorted(fresh)
        return frozenset(found)

    def _new_or_old(self, object_id: ObjectId) -> CatalogObject:
        return self._wanted.find(object_id) or self._current.by_id[object_id]

    def _may_drop(self, item: CatalogObject) -> bool:
        if not self._is_unseen(item) or self._wanted.find(item.id.table) is None:
            return False
        return not self._is_renamed_key(item, self._wanted) and self._is_ours(item)

    def _must_add(self, item: CatalogObject) -> bool:
        if not self._is_unseen(item) or self._current.find(item.id.table) is None:
            return False
        return not self._is_renamed_key(item, self._current)

    def _is_unseen(self, item: CatalogObject) -> bool:
        is_constraint = isinstance(item.definition, Constraint) and item.definition.type in _UNSEEN
        return is_constraint and item.id not in self._covered

    @staticmethod
    def _is_renamed_key(item: CatalogObject, other: Catalog) -> bool:
        """Whether the other catalog has the same primary key under another name, which nobody means to change."""
        definition = item.defined_as(Constraint)
        parts = (other.by_id[part] for part in other.by_id[item.id.table].parts)
        texts = [part.definition.text for part in parts if isinstance(part.definition, Constraint)]
        return definition.type == "primary key" and definition.text in texts

    def _drop(self, item: CatalogObject) -> Action:
        declared = self._wanted.find(item.id)
        return Action(
            Verb.DROP,
            item.id,
            render_drop(item),
            render_create(item),
            origins=declared.origins if declared else (),
            hazards=hazards_of_drop(item.id) if item.id.kind is Kind.COLUMN else (),
            releases=frozenset({*item.depends_on, *_ground(item, self._current)}),
        )

    def _create(self, item: CatalogObject) -> Action:
        return Action(
            Verb.CREATE,
            item.id,
            render_create(item),
            render_drop(item),
            origins=item.origins,
            hazards=_hazards(item),
            requires=frozenset({*item.depends_on, *_ground(item, self._wanted)}),
        )


def _is_made_anew(change: Change) -> bool:
    return change.id.kind in (Kind.CONSTRAINT, Kind.INDEX) and set(change.facts) != {"comment"}


def _stands_on(item: CatalogObject, base: CatalogObject) -> bool:
    """Whether a constraint or an index cannot stay while a column or a key of its table is recreated."""
    definition = item.definition
    if not isinstance(definition, Constraint | Index):
        return False
    if base.id.kind is Kind.COLUMN:
        same_table = (item.id.schema, item.id.parent) == (base.id.schema, base.id.parent)
        return same_table and (base.id.name in definition.columns or _mentions(definition, base.id.name))
    key = base.definition
    if not isinstance(key, Constraint) or key.type not in _KEYS or not isinstance(definition, Constraint):
        return False
    points_there = definition.references == (base.id.schema, base.id.parent)
    return points_there and set(definition.referenced_columns) == set(key.columns)


def _mentions(definition: Constraint | Index, column: str) -> bool:
    if isinstance(definition, Constraint):
        return mentions_name(definition.text, column)
    return any(mentions_name(text, column) for text in (*definition.elements, definition.where or ""))


def _ground(item: CatalogObject, catalog: Catalog) -> Iterator[ObjectId]:
    """Return the table and columns that a part of a table stands on, and the columns a foreign key points to."""
    yield item.id.table
    if isinstance(item.definition, Column):
        yield from find_generating(item, catalog)
    if isinstance(item.definition, Constraint | Index):
        yield from (item.id.table.column(name) for name in item.definition.columns)
    if isinstance(item.definition, Constraint) and item.definition.references:
        target = ObjectId(Kind.TABLE, *item.definition.references)
        yield from (target.column(name) for name in item.definition.referenced_columns)


def _hazards(item: CatalogObject) -> tuple[Hazard, ...]:
    match item.definition:
        case Index():
            return hazards_of_index(is_unique=item.definition.unique)
        case Constraint() if item.definition.type in (*_KEYS, "exclude"):
            return hazards_of_index(is_unique=True)
        case Constraint():
            return hazards_of_validation(str(item.id))
        case _:
            return ()
