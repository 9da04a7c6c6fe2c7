"""Names among a schema's relations that belong to what has another id: the index of a key, the sequence of a column."""

from collections.abc import Iterator

from pgcraft.catalog.definitions import Column, Constraint
from pgcraft.catalog.implicit import make_object_name
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind
from pgcraft.diff.actions import Action, Name, Verb

_INDEXED = ("primary key", "unique", "exclude")


def settle_names(actions: tuple[Action, ...], current: Catalog, wanted: Catalog) -> tuple[Action, ...]:
    """Return actions that know which such names they leave and take; where none is left, nobody waits for one."""
    leaves = [frozenset(_list_left(action, current, wanted)) for action in actions]
    if not any(leaves):
        return actions
    return tuple(
        action._replace(leaves=left, takes=frozenset(_list_taken(action, wanted)))
        for action, left in zip(actions, leaves, strict=True)
    )


def _list_left(action: Action, current: Catalog, wanted: Catalog) -> Iterator[Name]:
    if action.verb is Verb.DROP:
        for each in (action.id, *action.parts):
            yield from _list_names(current.find(each))
    elif action.verb is Verb.ALTER and action.id.kind is Kind.COLUMN and action.facts:
        yield from set(_list_names(current.find(action.id))).difference(_list_names(wanted.find(action.id)))


def _list_taken(action: Action, wanted: Catalog) -> Iterator[Name]:
    if action.verb is Verb.CREATE:
        for each in (action.id, *action.parts):
            yield from _list_names(wanted.find(each))
    elif action.verb is Verb.ALTER and action.id.kind is Kind.COLUMN and action.facts:
        yield from _list_names(wanted.find(action.id))


def _list_names(item: CatalogObject | None) -> Iterator[Name]:
    match item.definition if item else None:
        case Constraint(type=type_) if item and type_ in _INDEXED:
            yield str(item.id.schema), item.id.name
        case Column(is_counting=True) if item:
            yield str(item.id.schema), make_object_name(str(item.id.parent), item.id.name, "seq")
