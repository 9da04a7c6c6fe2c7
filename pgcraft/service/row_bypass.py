"""What shows or writes rows past a row security policy, since the user has said so."""

from collections.abc import Iterator

from pgcraft.catalog.definitions import Function, Table, View
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId
from pgcraft.service.types import Finding, LoadedModels


def find_bypasses(loaded: LoadedModels) -> Iterator[Finding]:
    """Views and functions over tables under row security that ask as their owner; triggers' functions are no door."""
    catalog = loaded.catalog
    for item in catalog.of_kind(Kind.VIEW, Kind.MATERIALIZED_VIEW, Kind.FUNCTION):
        table = _find_guarded(catalog, item) if _asks_as_owner(item) else None
        if table is not None:
            at = next((f" ({origin.declared_at})" for origin in item.origins if origin.declared_at), "")
            told = f"{item.id} shows or writes the rows of everyone, past the policies of {table}{at}"
            yield Finding("schema", "note", told, "take bypass_row_security out where that is not meant", item.id)


def _asks_as_owner(item: CatalogObject) -> bool:
    match item.definition:
        case View():
            return ("security_invoker", "true") not in item.definition.options
        case Function():
            return item.definition.security_definer and item.definition.returns != "trigger"
        case _:
            return False


def _find_guarded(catalog: Catalog, item: CatalogObject) -> ObjectId | None:
    """Give a table under row security that it reads itself, or by what asks as its reader or caller."""
    waiting, seen = list(item.depends_on), set[ObjectId]()
    while waiting:
        needed = waiting.pop()
        found = catalog.find(needed)
        if needed in seen or found is None:
            continue
        seen.add(needed)
        if isinstance(found.definition, Table) and found.definition.row_security:
            return needed
        if isinstance(found.definition, View | Function) and not _asks_as_owner(found):
            waiting += found.depends_on
    return None
