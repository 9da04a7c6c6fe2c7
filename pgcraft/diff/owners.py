"""Objects that belong to another role than they should, as far as that can be told."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pgcraft.catalog.definitions import Schema
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId, make_catalog
from pgcraft.catalog.privileges import right_to_own
from pgcraft.diff.actions import Action, Verb
from pgcraft.diff.compare import Diff
from pgcraft.render.owners import change_owner

DATABASE_OWNER = "pg_database_owner"
"""Who owns schema public: whoever owns the database."""


def find_other_owners(
    owners: Mapping[ObjectId, str], wanted: Mapping[ObjectId, str], shared: Collection[ObjectId]
) -> dict[ObjectId, str]:
    """Return the owner that objects have on the other side, where it is another one.

    Args:
        owners: of the current objects.
        wanted: of the wanted ones; empty where nobody says: then whoever owns most of the current objects is meant.
        shared: what both sides have.
    """
    if wanted:
        return {
            each: wanted[each] for each in shared if each in owners and each in wanted and owners[each] != wanted[each]
        }
    own = {each: owners[each] for each in shared if each in owners and owners[each] != DATABASE_OWNER}
    usual = find_usual_owner(own)
    return {each: usual for each, owner in own.items() if owner != usual}


def find_special_owners(owners: Mapping[ObjectId, str], diff: Diff) -> dict[ObjectId, str]:
    """Return the owners that objects which are made have on the other side, but for who owns most there."""
    usual = (find_usual_owner(owners), DATABASE_OWNER)
    return {item.id: owners[item.id] for item in diff.added if owners.get(item.id, usual[0]) not in usual}


def find_stated_owners(catalog: Catalog) -> dict[ObjectId, str]:
    """Return the owners that models state by name."""
    stated = ((item.id, getattr(item.definition, "owner", None)) for item in catalog.objects)
    return {object_id: owner for object_id, owner in stated if owner}


def await_rights(actions: Sequence[Action], current: Catalog, wanted: Catalog) -> Sequence[Action]:
    """Return actions that give objects to roles while these have the right to own them."""
    granted = {action.id for action in actions if action.id.kind is Kind.GRANT and action.id.schema is None}

    def find(item: CatalogObject | None) -> frozenset[ObjectId]:
        right = right_to_own(item) if item else None
        return frozenset({right} if right in granted else ())

    def wait(action: Action) -> Action:
        required, released = find(wanted.find(action.id)), find(current.find(action.id))
        if not required and not released:
            return action
        return action._replace(requires=action.requires | required, releases=action.releases | released)

    return [wait(action) for action in actions] if granted else actions


def give_schemas_back_first(actions: Sequence[Action], current: Catalog) -> Iterator[Action]:
    """Return actions that give schemas to other roles before what is in them does, on the way back, too.

    Whoever owns a schema may make things in it, so that it must come first both ways.
    """
    owned = [action for action in actions if action.verb is not Verb.DROP and _is_owned(current.find(action.id))]
    inside: dict[str | None, set[ObjectId]] = {}
    for action in owned:
        inside.setdefault(action.id.schema, set()).add(action.id)
    back = []
    for action in actions:
        before = current.find(action.id)
        after_all = inside.get(action.id.name) if action.id.kind is Kind.SCHEMA and _is_owned(before) else None
        if after_all and before and action.verb is Verb.ALTER:
            given = change_owner(action.id, before.defined_as(Schema).owner or "")
            if given in action.down:
                requires = frozenset({*after_all, action.id})
                back.append(Action(Verb.ALTER, action.id, (), (given,), requires=requires, is_awaited=False))
                yield action._replace(down=tuple(sql for sql in action.down if sql != given))
                continue
        yield action
    yield from back


def _is_owned(item: CatalogObject | None) -> bool:
    return item is not None and bool(getattr(item.definition, "owner", None))


def leave_owners(catalog: Catalog, *, only: Callable[[str], bool] = lambda _: True) -> Catalog:
    """Return a catalog that says nothing of owners: who deploys has another name elsewhere, and they are told apart.

    Args:
        only: whether that goes for an owner of this name.
    """

    def without(item: CatalogObject) -> CatalogObject:
        definition: Any = item.definition
        owner = getattr(definition, "owner", None)
        return replace(item, definition=replace(definition, owner=None)) if owner and only(owner) else item

    return make_catalog(map(without, catalog.objects), server_version=catalog.server_version)


def find_usual_owner(owners: Mapping[ObjectId, str]) -> str:
    """Return who owns most of the objects: whoever deployed them; empty where there are none."""
    counts = Counter(owner for each, owner in owners.items() if each.kind is not Kind.SCHEMA)
    return min(counts, key=lambda owner: (-counts[owner], owner), default="")
