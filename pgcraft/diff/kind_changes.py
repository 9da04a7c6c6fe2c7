"""Types that become types of another kind under their own name, while columns keep them.

PostgreSQL cannot alter one into the other. The old type is lent the id of the new one, and is made again under its
columns as any other type that cannot change where it stands.
"""

from dataclasses import replace

from pgcraft.catalog.kinds import KINDS, TYPES
from pgcraft.catalog.objects import Catalog, CatalogObject, ObjectId, lend_ids
from pgcraft.diff.compare import Change, Diff, compare_objects
from pgcraft.diff.type_uses import find_columns, find_nested
from pgcraft.render.statement import Hazard, HazardType

_KINDS = {KINDS[kind].definition: kind for kind in TYPES}


def settle_kinds(current: Catalog, wanted: Catalog, diff: Diff) -> tuple[Catalog, Diff]:
    """Return the current catalog with the ids that its types get, and the difference as it is then.

    Args:
        diff: of the two; what it says goes may go.
    """
    lent = _find(current, wanted, diff)
    if not lent:
        return current, diff
    settled = lend_ids(current, lent)
    taken = {new.id: new for new in diff.added if new.id in lent.values()}
    changes = [compare_objects(settled.by_id[new], item) for new, item in taken.items()]
    changes += [replace(change, current=settled.by_id[change.id]) for change in diff.changed]
    return settled, Diff(
        added=tuple(item for item in diff.added if item.id not in taken),
        removed=tuple(settled.by_id[item.id] for item in diff.removed if item.id not in lent),
        changed=tuple(sorted(changes, key=lambda change: change.id)),
    )


def is_of_another_kind(change: Change) -> bool:
    """Whether an object was lent the id of what it becomes."""
    return type(change.current.definition) is not type(change.wanted.definition)


def take_kind(item: CatalogObject) -> CatalogObject:
    """Return a type under the id that it has by what it is."""
    return replace(item, id=item.id._replace(kind=_KINDS.get(type(item.definition), item.id.kind)))


def _find(current: Catalog, wanted: Catalog, diff: Diff) -> dict[ObjectId, ObjectId]:
    """Return the new ids by the old ones, of types that columns keep."""
    coming = {item.id.qualified: item.id for item in diff.added if item.id.kind in TYPES}
    going = (item.id for item in diff.removed if item.id.kind in TYPES and item.id.qualified in coming)
    return {each: coming[each.qualified] for each in going if _is_kept(each, current, wanted)}


def _is_kept(type_id: ObjectId, current: Catalog, wanted: Catalog) -> bool:
    columns = find_columns(current, type_id, *find_nested(current, type_id))
    return any(column.id in wanted.by_id for column in columns)


def hazards_of_kind(change: Change) -> tuple[Hazard, ...]:
    """Return the hazards of a type that becomes one of another kind."""
    return (
        Hazard(HazardType.TABLE_REWRITE, f"every row that holds a value of {change.id} is written anew"),
        Hazard(HazardType.MAY_FAIL, f"fails on the first value that {change.id} does not have"),
    )
