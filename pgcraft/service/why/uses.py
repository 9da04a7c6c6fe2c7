"""What needs an object: whole objects as the catalog says, columns as the texts around them name them."""

from collections.abc import Iterator

from pgcraft.catalog.definitions import Constraint, Function, Index, Policy, Trigger, View
from pgcraft.catalog.kinds import RELATIONS
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId
from pgcraft.catalog.privileges import target_of
from pgcraft.catalog.tokens import mentions_name
from pgcraft.service.why.types import Reason

_DOES = {
    Kind.TRIGGER: "calls it",
    Kind.FUNCTION: "calls it",
    Kind.VIEW: "reads it",
    Kind.MATERIALIZED_VIEW: "reads it",
    Kind.CONSTRAINT: "points to it",
    Kind.POLICY: "asks it",
    Kind.COLUMN: "is of it",
}
_UNASKED = (Kind.GRANT, Kind.DEFAULTS, Kind.PUBLISHED)
"""What is about an object, and no reason for it."""
_FOR_ITSELF = (Kind.TABLE, Kind.VIEW, Kind.MATERIALIZED_VIEW, Kind.SCHEMA, Kind.ROLE)
"""What somebody declares for its own sake."""


def find_reasons(catalog: Catalog, item: CatalogObject) -> tuple[Reason, ...]:
    """Return the shortest way from an object to a relation that it is there for; empty for what stands for itself."""
    if item.id.kind in _FOR_ITSELF:
        return ()
    ways: list[tuple[ObjectId, tuple[Reason, ...]]] = [(item.id, ())]
    seen = {item.id}
    while ways:
        current, way = ways.pop(0)
        for upper, how in _list_upper(catalog, current):
            found = catalog.find(upper)
            if found is None or upper in seen:
                continue
            seen.add(upper)
            longer = (*way, Reason(upper, how, found.origins))
            if upper.kind in _FOR_ITSELF:
                return longer
            ways.append((upper, longer))
    return ()


def list_users(catalog: Catalog, item: CatalogObject) -> tuple[ObjectId, ...]:
    """Return what needs an object, sorted; without grants on it, and parts beside the relation that they are on."""
    own = set(item.parts)
    found = {user for user in catalog.dependents.get(item.id, ()) if user not in own and user.kind not in _UNASKED}
    if item.id.kind is Kind.COLUMN:
        found |= set(_list_users_of_column(catalog, item.id))
    names = {user.qualified for user in found if user.kind in RELATIONS}
    return tuple(sorted(user for user in found if user.parent is None or user.relation not in names))


def _list_upper(catalog: Catalog, current: ObjectId) -> Iterator[tuple[ObjectId, str]]:
    """Return what stands above an object: what it is on, and what needs it."""
    if current.kind is Kind.GRANT:
        yield from ((target, "is what it is on") for target in target_of(current))
    elif current.parent is not None:
        yield from ((ObjectId(kind, *current.relation), "has it") for kind in RELATIONS)
    for user in catalog.dependents.get(current, ()):
        if user.kind not in _UNASKED:
            yield user, _DOES.get(user.kind, "needs it")


def _list_users_of_column(catalog: Catalog, column: ObjectId) -> Iterator[ObjectId]:
    """Return the parts of a table that name a column, keys that point to it, and what reads it by its name."""
    table = column.table
    item = catalog.find(table)
    for part in map(catalog.find, item.parts if item else ()):
        if part is not None and _names(part, column.name):
            yield part.id
    for user in map(catalog.find, catalog.dependents.get(table, ())):
        match user:
            case CatalogObject(definition=Constraint() as key) if key.references == table.qualified:
                if column.name in key.referenced_columns:
                    yield user.id
            case CatalogObject(definition=View() as view) if mentions_name(view.query, column.name):
                yield user.id
            case CatalogObject(definition=Function() as function) if mentions_name(function.body, column.name):
                yield user.id
            case _:
                pass


def _names(part: CatalogObject, name: str) -> bool:
    match part.definition:
        case Constraint() as constraint:
            return name in constraint.columns
        case Index() as index:
            return name in (*index.columns, *index.include) or any(mentions_name(each, name) for each in index.elements)
        case Policy() as policy:
            return any(mentions_name(each or "", name) for each in (policy.using, policy.check))
        case Trigger() as trigger:
            return name in trigger.update_columns or mentions_name(trigger.when or "", name)
        case _:
            return False
