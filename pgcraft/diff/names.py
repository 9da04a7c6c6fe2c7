"""Names that belong to what has another id: a key's index, a column's sequence, what comes with a range type."""

from collections.abc import Iterator

from pgcraft.catalog.definitions import Column, Constraint
from pgcraft.catalog.implicit import make_object_name
from pgcraft.catalog.kinds import TYPES
from pgcraft.catalog.made_types import Range
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId
from pgcraft.diff.actions import Action, Verb
from pgcraft.diff.claims import Claim, claim_relation, claim_type
from pgcraft.identifiers import quote_qualified

INDEXED = ("primary key", "unique", "exclude")
"""The constraints that PostgreSQL makes an index of the same name for."""


def settle_names(actions: tuple[Action, ...], current: Catalog, wanted: Catalog) -> tuple[Action, ...]:
    """Return actions that know which such names they leave and take; where none is left, nobody waits for one."""
    leaves = [frozenset(_list_left(action, current, wanted)) for action in actions]
    if not any(leaves):
        return actions
    return tuple(
        action._replace(leaves=left, takes=frozenset(_list_taken(action, wanted)))
        for action, left in zip(actions, leaves, strict=True)
    )


def _list_left(action: Action, current: Catalog, wanted: Catalog) -> Iterator[Claim]:
    if action.verb is Verb.DROP:
        for each in (action.id, *action.parts):
            yield from _list_names(current.find(each))
    elif _may_rename(action):
        yield from set(_list_names(current.find(action.id))).difference(_list_names(wanted.find(action.id)))


def _list_taken(action: Action, wanted: Catalog) -> Iterator[Claim]:
    if action.verb is Verb.CREATE:
        for each in (action.id, *action.parts):
            yield from _list_names(wanted.find(each))
    elif _may_rename(action):
        yield from _list_names(wanted.find(action.id))


def _may_rename(action: Action) -> bool:
    is_altered = action.verb is Verb.ALTER
    return is_altered and (action.id.kind in TYPES or (action.id.kind is Kind.COLUMN and bool(action.facts)))


def _list_names(item: CatalogObject | None) -> Iterator[Claim]:
    match item.definition if item else None:
        case Constraint(type=type_) if item and type_ in INDEXED:
            yield claim_relation(item.id.schema, item.id.name)
        case Column(is_counting=True) if item:
            yield claim_relation(item.id.schema, make_object_name(str(item.id.parent), item.id.name, "seq"))
        case Range() as made if item:
            yield claim_type(item.id.schema, made.multirange)
            yield from _list_constructors(item.id, made)


def _list_constructors(type_id: ObjectId, made: Range) -> Iterator[ObjectId]:
    """Return the functions that PostgreSQL makes beside a range type."""
    itself = quote_qualified(type_id.schema, type_id.name)
    bounds = f"{made.subtype}, {made.subtype}"
    for name, signature in (
        (type_id.name, bounds),
        (type_id.name, f"{bounds}, text"),
        (made.multirange, ""),
        (made.multirange, itself),
        (made.multirange, f"{itself}[]"),
    ):
        yield ObjectId(Kind.FUNCTION, type_id.schema, name, signature=signature)
