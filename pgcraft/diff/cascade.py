"""What cannot stay while something below it goes or changes its shape: views on a column, triggers on a view."""

from collections.abc import Iterable

from pgcraft.catalog.definitions import Definition, Function, Policy, Trigger, View
from pgcraft.catalog.kinds import KINDS, RELATIONS, Falls, select
from pgcraft.catalog.made_types import Range
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId
from pgcraft.catalog.publications import Published
from pgcraft.catalog.statistics import Statistics
from pgcraft.catalog.tokens import mentions_name
from pgcraft.graph import order_groups

_ATTACHED = select(lambda row: row.cascades)


def find_fallen(current: Catalog, roots: Iterable[ObjectId]) -> frozenset[ObjectId]:
    """Return everything that PostgreSQL would drop (or refuse to keep) when the roots go, the roots left out.

    Args:
        roots: relations, functions and columns that go, or change so that nothing can stand on them meanwhile.
    """
    return frozenset(trace_fallen(current, roots))


def trace_fallen(current: Catalog, roots: Iterable[ObjectId]) -> dict[ObjectId, frozenset[ObjectId]]:
    """Return what :func:`find_fallen` does, each with what it stands on that goes."""
    roots = frozenset(roots)
    found: dict[ObjectId, set[ObjectId]] = {}
    waiting = sorted(roots)
    while waiting:
        root = waiting.pop()
        for dependent in _dependents(current, root):
            if dependent not in found and dependent not in roots:
                waiting.append(dependent)
            if dependent not in roots:
                found.setdefault(dependent, set()).add(root)
    return {object_id: frozenset(below) for object_id, below in found.items()}


def order_objects(catalog: Catalog, ids: Iterable[ObjectId]) -> tuple[ObjectId, ...]:
    """Put objects in an order in which they can be made."""
    ids = frozenset(ids)
    needs = {object_id: catalog.by_id[object_id].depends_on for object_id in ids}
    rank = {kind: place for place, kind in enumerate(Kind)}
    groups = order_groups(ids, needs, key=lambda object_id: (rank[object_id.kind], object_id.sort_key))
    return tuple(object_id for group in groups for object_id in group)


def is_attached(item: CatalogObject, relations: frozenset[ObjectId]) -> bool:
    """Whether an object goes with one of these relations or functions without being dropped by name."""
    if item.id.kind not in _ATTACHED:
        return False
    return any(needed in relations and is_owner(needed, item.id) for needed in item.depends_on)


def is_owner(owner: ObjectId, part: ObjectId) -> bool:
    """Whether a trigger, policy or index stands on this relation, or a grant is on this object."""
    if part.kind is Kind.GRANT:
        return (owner.schema, owner.name) == (part.schema, part.name) and owner.kind not in (Kind.ROLE, Kind.SCHEMA)
    return owner.kind in RELATIONS and (owner.schema, owner.name) == (part.schema, part.parent)


def _dependents(current: Catalog, root: ObjectId) -> Iterable[ObjectId]:
    if root.kind is Kind.COLUMN:
        yield from _dependents_of_column(current, root)
        return
    for dependent in current.dependents.get(root, ()):
        if _falls(current.by_id[dependent], root, current.by_id[root].definition):
            yield dependent


def _falls(item: CatalogObject, root: ObjectId, definition: Definition) -> bool:
    """Whether an object falls with what it depends on."""
    match KINDS[item.id.kind].falls:
        case Falls.ALWAYS:
            return True
        case Falls.WITH_OWNER_OR_VIEW:
            return root.kind is not Kind.TABLE or is_owner(root, item.id)
        case Falls.WITH_OWNER:
            return is_owner(root, item.id) or root.kind in (Kind.FUNCTION, Kind.PUBLICATION)
        case Falls.WHEN_NAMED:
            if not isinstance(item.definition, Function):
                return False
            text = _read_by_server(item.definition)
            is_named = isinstance(definition, Range) and mentions_name(text, definition.multirange)
            return is_named or mentions_name(text, root.name)
        case Falls.WITH_FUNCTION:
            return root.kind is Kind.FUNCTION
        case Falls.NEVER:  # what holds rows never falls with something else; see ``defaults``
            return False


def _read_by_server(function: Function) -> str:
    """Return what PostgreSQL looks into: the signature, and a body that is SQL itself."""
    options = " ".join(value for _, value in function.aggregate)
    return f"{function.returns} {function.arguments} {function.body if function.is_atomic else options}"


def _dependents_of_column(current: Catalog, column: ObjectId) -> Iterable[ObjectId]:
    table = column.table
    for dependent in current.dependents.get(table, ()):
        if uses_column(current.by_id[dependent], column):
            yield dependent


def uses_column(item: CatalogObject, column: ObjectId) -> bool:
    """Whether something on a column's table cannot stay while the column goes."""
    match item.definition:
        case View():
            return column in item.depends_on or mentions_name(item.definition.query, column.name)
        case Trigger():
            return column.name in item.definition.update_columns or mentions_name(
                item.definition.when or "", column.name
            )
        case Statistics():
            texts = " ".join(item.definition.expressions)
            return column.name in item.definition.columns or mentions_name(texts, column.name)
        case Published():
            return column.name in item.definition.columns or mentions_name(item.definition.where or "", column.name)
        case Function():
            return item.definition.is_atomic and mentions_name(item.definition.body, column.name)
        case Policy():
            return mentions_name(f"{item.definition.using} {item.definition.check}", column.name)
        case _:
            return False
