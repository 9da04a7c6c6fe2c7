"""Owners of what an extension makes, where the extension names one for all of it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from pgcraft.catalog.definitions import Function, View
from pgcraft.catalog.kinds import Kind
from pgcraft.catalog.linking import Draft
from pgcraft.catalog.objects import ObjectId
from pgcraft.catalog.origins import Layer


def give_owners(drafts: Iterable[Draft], owners: Mapping[str, str]) -> list[Draft]:
    """Return drafts with the owners that their extensions name; what says its own keeps it.

    Args:
        owners: by the names of extensions.
    """
    return [_give(draft, owners) for draft in drafts] if owners else list(drafts)


def _give(draft: Draft, owners: Mapping[str, str]) -> Draft:
    item = draft.object
    names = (origin.name for origin in item.origins if origin.layer is Layer.EXTENSION)
    owner = next((owners[name] for name in names if name in owners), None)
    definition = item.definition
    if owner is None or not isinstance(definition, View | Function) or definition.owner is not None:
        return draft
    needs = (*draft.needs, ObjectId(Kind.ROLE, None, owner))
    return draft._replace(object=replace(item, definition=replace(definition, owner=owner)), needs=needs)
