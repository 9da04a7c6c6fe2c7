"""Partitions that take other rows, tables that become partitions, and partitions that become tables."""

from collections.abc import Iterable, Iterator, Sequence

from pgcraft.catalog.definitions import Column, Constraint, Table
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId
from pgcraft.catalog.partitions import Partition
from pgcraft.catalog.tokens import mentions_name
from pgcraft.diff.actions import Action, Verb
from pgcraft.diff.changes import Alteration
from pgcraft.diff.compare import Change, Diff
from pgcraft.diff.hazards import hazards_of_validation
from pgcraft.errors import PGCraftPlanError
from pgcraft.render.dispatch import render_drop
from pgcraft.render.partitions import alter_partition, attach_partition, detach_partition

_HELD = frozenset({"type", "collation"})
_OTHER_TABLE = (
    "declare a table of another name that is divided so, and attach this one to it by register_partition, or"
    "\ncopy its rows there in a revision of your own; the old name goes to the new table when the old one is gone"
)
_MOVING = frozenset({"parent", "bounds"})


def find_root(catalog: Catalog, partition: Partition) -> tuple[ObjectId | None, str | None]:
    """Return the table that a partition is of, through other partitions, and how its own parent is divided."""
    division: str | None = None
    above: Partition | None = partition
    while above is not None:
        parent = catalog.find(ObjectId(Kind.PARTITION, *above.parent))
        if parent is None:
            table = catalog.find(ObjectId(Kind.TABLE, *above.parent))
            return (table.id, division or table.defined_as(Table).partition_by) if table else (None, None)
        above = parent.defined_as(Partition)
        division = division or above.partition_by
    return None, None


def find_partitions(catalog: Catalog) -> dict[ObjectId, list[ObjectId]]:
    """Return the partitions of each divided table, and those of partitions with them."""
    found: dict[ObjectId, list[ObjectId]] = {}
    for item in catalog.of_kind(Kind.PARTITION):
        root, _ = find_root(catalog, item.defined_as(Partition))
        if root is not None:
            found.setdefault(root, []).append(item.id)
    return found


def drop_whole(current: Catalog, leaving: frozenset[ObjectId], item: CatalogObject) -> tuple[str, ...]:
    """Return the SQL that drops an object: a partition leaves its table first where foreign keys point to that."""
    is_partition = isinstance(item.definition, Partition) and _is_pointed_to(item.definition, current, leaving)
    return (detach_partition(item), *render_drop(item)) if is_partition else render_drop(item)


def _is_pointed_to(partition: Partition, current: Catalog, leaving: frozenset[ObjectId]) -> bool:
    root, _ = find_root(current, partition)
    return root is not None and any(
        key.defined_as(Constraint).references == root.qualified and leaving.isdisjoint((key.id, key.id.table))
        for key in current.of_kind(Kind.CONSTRAINT)
    )


def find_attached(diff: Diff) -> frozenset[ObjectId]:
    """Return the tables that become partitions, and those that partitions become."""
    return _find_both(diff.removed, diff.added) | _find_both(diff.added, diff.removed)


def _find_both(tables: Sequence[CatalogObject], partitions: Sequence[CatalogObject]) -> frozenset[ObjectId]:
    if not tables or not partitions:
        return frozenset()
    names = {item.id.qualified for item in partitions if item.id.kind is Kind.PARTITION}
    return frozenset(item.id for item in tables if item.id.kind is Kind.TABLE and item.id.qualified in names)


def alter_partitions(diff: Diff, wanted: Catalog) -> dict[ObjectId, Alteration]:
    """Return the way from one form of each changed partition to the other; the first of those that move moves all.

    What one of them takes another may have taken before, so that all are detached before one is attached.
    """
    changes = [change for change in diff.changed if change.id.kind is Kind.PARTITION]
    moving = [change for change in changes if not _MOVING.isdisjoint(change.facts)]
    found = {change.id: _alter(change, wanted.by_id[change.id]) for change in changes}
    if moving:
        old, new = [change.current for change in moving], [wanted.by_id[change.id] for change in moving]
        first = found[moving[0].id]
        hazards = tuple(hazard for item in new for hazard in hazards_of_validation(f"what {item.id} takes"))
        found[moving[0].id] = Alteration(
            (*_move(old, new), *first.up), (*_move(new, old), *(first.down or ())), hazards
        )
    return found


def find_moving(diff: Diff) -> frozenset[ObjectId]:
    """Return the partitions that take other rows than before, or of another table."""
    changes = (change for change in diff.changed if change.id.kind is Kind.PARTITION)
    return frozenset(change.id for change in changes if not _MOVING.isdisjoint(change.facts))


def _alter(change: Change, declared: CatalogObject) -> Alteration:
    if "partition_by" in change.facts:
        raise refuse_division(change)
    up = alter_partition(change.current, declared, change.facts)
    return Alteration(tuple(up), tuple(alter_partition(declared, change.current, change.facts)))


def _move(before: Iterable[CatalogObject], after: Iterable[CatalogObject]) -> Iterator[str]:
    yield from map(detach_partition, before)
    yield from map(attach_partition, after)


def plan_attaching(item: CatalogObject) -> Action:
    """Plan that a table becomes a partition."""
    return Action(
        Verb.CREATE,
        item.id,
        (attach_partition(item),),
        (detach_partition(item),),
        origins=item.origins,
        hazards=hazards_of_validation(f"what {item.id} takes"),
        requires=frozenset(item.depends_on),
    )


def plan_detaching(item: CatalogObject) -> Action:
    """Plan that a partition becomes a table."""
    return Action(
        Verb.DROP, item.id, (detach_partition(item),), (attach_partition(item),), releases=frozenset(item.depends_on)
    )


def check_division(change: Change, current: Catalog) -> None:
    """Look at a column that changes.

    Raises:
        PGCraftPlanError: PGC416, it gets another type or collation, and its table is divided by it.
    """
    if not _HELD.isdisjoint(change.facts):
        old, new = (side.defined_as(Column).type for side in (change.current, change.wanted))
        _refuse_divider(change.id, f"is {old}, and is to be {new}", current)


def check_divider(column: ObjectId, current: Catalog) -> None:
    """Look at a column whose type is to be made again.

    Raises:
        PGCraftPlanError: PGC416, its table is divided by it.
    """
    _refuse_divider(column, "is of a type that has to be made again", current)


def _refuse_divider(column: ObjectId, what: str, current: Catalog) -> None:
    for each, division in find_dividing(column, current):
        raise PGCraftPlanError(
            "PGC416",
            f"{column} {what}, but {each} is divided {division}: PostgreSQL divides a table when it makes it",
            remedy=_OTHER_TABLE,
        )


def find_dividing(column: ObjectId, catalog: Catalog) -> Iterator[tuple[ObjectId, str]]:
    """Return what is divided by a column, and how."""
    return (found for found in _find_divisions(column.table, catalog) if mentions_name(found[1], column.name))


def _find_divisions(table: ObjectId, catalog: Catalog) -> Iterator[tuple[ObjectId, str]]:
    """Return how a table is divided, and its partitions are."""
    if division := catalog.by_id[table].defined_as(Table).partition_by:
        yield table, division
        for item in catalog.of_kind(Kind.PARTITION):
            partition = item.defined_as(Partition)
            if partition.partition_by and find_root(catalog, partition)[0] == table:
                yield item.id, partition.partition_by


def refuse_division(change: Change) -> PGCraftPlanError:
    """Return the error for what is to be divided otherwise, which PostgreSQL does to no table."""
    sides = (change.current.definition, change.wanted.definition)
    old, new = (getattr(side, "partition_by", None) or "not at all" for side in sides)
    return PGCraftPlanError(
        "PGC416",
        f"{change.id} is divided {old}, and is to be {new}: PostgreSQL divides a table when it makes it",
        remedy=_OTHER_TABLE,
    )
