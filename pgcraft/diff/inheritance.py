"""What comes with a table that another one inherits from: it changes where it stands first, and once."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from pgcraft.catalog.definitions import Table
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId
from pgcraft.catalog.partitions import Partition
from pgcraft.diff.actions import Action, Verb
from pgcraft.diff.compare import Change, Diff
from pgcraft.render.tables import inherit


def leave_inherited(diff: Diff) -> Diff:
    """Return a difference without what is done by a change of another table.

    A table that gets a parent must have the columns of that before; one that loses a parent keeps them.
    """
    settling = frozenset(change.id for change in diff.changed if "inherits" in change.facts)
    changed = (_leave(change) for change in diff.changed)
    return Diff(
        added=tuple(item for item in diff.added if not _is_inherited(item) or item.id.table in settling),
        removed=tuple(item for item in diff.removed if not _is_inherited(item) or item.id.table in settling),
        changed=tuple(change for change in changed if change.facts),
    )


def find_following(diff: Diff) -> frozenset[ObjectId]:
    """Return the columns that go, or get another type, with those of another table."""
    columns = (item.id for item in diff.removed if item.id.kind is Kind.COLUMN and _is_inherited(item))
    retyped = (change.id for change in diff.changed if "type" in change.facts and _is_inherited(change.current))
    return frozenset((*columns, *retyped))


def find_heirs(current: Catalog, columns: Iterable[ObjectId]) -> frozenset[ObjectId]:
    """Return what changes with columns of other tables: those that inherit from them, of others too, and partitions."""
    waiting = [each for each in columns if each.kind is Kind.COLUMN]
    below: dict[tuple[str, str], list[ObjectId]] = {}
    for item in current.of_kind(Kind.TABLE, Kind.PARTITION) if waiting else ():
        table = item.definition
        for parent in (table.parent,) if isinstance(table, Partition) else item.defined_as(Table).inherits:
            below.setdefault(parent, []).append(item.id)
    found: set[ObjectId] = set()
    while waiting and below:
        column = waiting.pop()
        for heir in below.get(column.relation, ()):
            waiting.append(heir.part(Kind.COLUMN, column.name))
            found.add(heir if heir.kind is Kind.PARTITION else waiting[-1])
    return frozenset(found)


def _is_inherited(item: CatalogObject) -> bool:
    return bool(getattr(item.definition, "is_inherited", False))


def _leave(change: Change) -> Change:
    if not (_is_inherited(change.current) and _is_inherited(change.wanted)):
        return change
    return replace(change, facts=tuple(fact for fact in change.facts if fact == "comment"))


def plan_parents(change: Change, current: Catalog, wanted: Catalog) -> Iterator[Action]:
    """Plan that a table gets other parents: when it has their columns, and before it loses any."""
    if "inherits" not in change.facts:
        return
    old, new = change.current.defined_as(Table), change.wanted.defined_as(Table)
    above = frozenset(ObjectId(Kind.TABLE, *parent) for parent in new.inherits)
    columns = (part for parent in above if parent in wanted.by_id for part in wanted.by_id[parent].parts)
    yield Action(
        Verb.ALTER,
        change.id,
        inherit(change.id, old, new),
        inherit(change.id, new, old),
        origins=wanted.by_id[change.id].origins,
        requires=frozenset({change.id, *above, *wanted.by_id[change.id].parts, *columns}),
        releases=frozenset(current.by_id[change.id].parts) - frozenset(wanted.by_id[change.id].parts),
        is_awaited=False,
        facts=("inherits",),
    )
