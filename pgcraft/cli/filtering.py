"""Which objects a user means by a few words."""

from pgcraft.catalog.kinds import INSIDE
from pgcraft.catalog.lookup import get_objects
from pgcraft.catalog.objects import Catalog, CatalogObject
from pgcraft.errors import PGCraftConfigError


def select(catalog: Catalog, text: str | None) -> tuple[CatalogObject, ...]:
    """Return the objects of a name, else those whose printed id holds every word; all of them without a text.

    Raises:
        PGCraftConfigError: PGC005, there is none.
    """
    if text is None:
        return catalog.objects
    try:
        return tuple(catalog.by_id[object_id] for object_id in get_objects(catalog, text))
    except PGCraftConfigError:
        words = text.casefold().split()
        found = tuple(item for item in catalog.objects if all(word in str(item.id).casefold() for word in words))
        outer = tuple(item for item in found if item.id.kind not in INSIDE)
        if not found:
            raise
        return outer or found
