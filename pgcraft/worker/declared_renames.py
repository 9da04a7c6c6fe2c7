"""What of a database the models declare to have had another name."""

from contextlib import suppress
from dataclasses import replace

from pgcraft.catalog.objects import Catalog, CatalogObject, make_catalog
from pgcraft.diff.old_names import find_renames
from pgcraft.diff.renames import Rename
from pgcraft.errors import PGCraftPlanError


def find_declared_renames(here: Catalog, there: Catalog, declared: Catalog) -> tuple[Rename, ...]:
    """Return what one side has under the name that the models say it had before, and the other under the new one.

    Where nobody can tell what is meant, the two are what they look like.
    """
    known = {item.id: item for item in declared.objects if item.renamed_from or item.renamed_inside}
    if not known:
        return ()
    with suppress(PGCraftPlanError):
        told = make_catalog(_tell(item, known.get(item.id)) for item in there.objects)
        return find_renames(here, told, lambda _: True)
    return ()


def turn_back(renames: tuple[Rename, ...]) -> tuple[Rename, ...]:
    """Return the way back."""
    return tuple(each.back for each in reversed(renames))


def _tell(item: CatalogObject, declared: CatalogObject | None) -> CatalogObject:
    if declared is None:
        return item
    old, inside = declared.renamed_from, declared.renamed_inside
    return replace(item, renamed_from=old, renamed_inside=inside, origins=declared.origins)
