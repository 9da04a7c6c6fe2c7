"""Who gets at what: relations that nobody reaches, policies that are passed by, filters that do not hold."""

from collections.abc import Iterator

from pgcraft.catalog.definitions import Function, Table, Trigger, View
from pgcraft.catalog.kinds import RELATIONS
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId
from pgcraft.catalog.tokens import depth_change, tokenize
from pgcraft.service.ddl import is_grant_on
from pgcraft.service.lint.notes import Note, note
from pgcraft.service.types import LoadedModels

_REFUSAL = "with_check_option_violation"
_WRITES = {"insert", "update"}


def find_unreachable(loaded: LoadedModels) -> Iterator[Note]:
    """Relations in an API schema that nobody was granted."""
    schemas = {resource.view.schema for resource in loaded.resources}
    grants: dict[tuple[str | None, str], list[ObjectId]] = {}
    for grant in loaded.catalog.of_kind(Kind.GRANT):
        grants.setdefault((grant.id.schema, grant.id.name), []).append(grant.id)
    for item in loaded.catalog.of_kind(*RELATIONS):
        near = grants.get((item.id.schema, item.id.name), ())
        if item.id.schema in schemas and not any(is_grant_on(grant, item.id) for grant in near):
            yield note(item, "is in an API schema, and nobody may use it", "expose it with PostgRESTView, or move it")


def find_bypasses(loaded: LoadedModels) -> Iterator[Note]:
    """Views and functions over tables under row security that ask as their owner; triggers' functions are no door."""
    catalog = loaded.catalog
    for item in catalog.of_kind(Kind.VIEW, Kind.MATERIALIZED_VIEW, Kind.FUNCTION):
        table = _find_guarded(catalog, item) if _asks_as_owner(item) else None
        if table is not None:
            told = f"shows or writes the rows of everyone, past the policies of {table}"
            yield note(item, told, "take bypass_row_security out where that is not meant")


def _asks_as_owner(item: CatalogObject) -> bool:
    match item.definition:
        case View():
            return ("security_invoker", "true") not in item.definition.options
        case Function():
            return item.definition.security_definer and item.definition.returns != "trigger"
        case _:
            return False


def _find_guarded(catalog: Catalog, item: CatalogObject) -> ObjectId | None:
    """Return a table under row security that it reads itself, or by what asks as its reader or caller."""
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


def find_unchecked_filters(loaded: LoadedModels) -> Iterator[Note]:
    """API views that filter rows without a check option."""
    for item in _list_filtering(loaded):
        written = sorted(_WRITES.intersection(_list_unchecked(loaded.catalog, item)))
        if written:
            remedy = "let it refuse them: check_option=True"
            yield note(item, f"filters rows, and an {' or '.join(written)} may make one that it does not show", remedy)


def find_leaking_filters(loaded: LoadedModels) -> Iterator[Note]:
    """API views that filter rows without a barrier."""
    for item in _list_filtering(loaded):
        if ("security_barrier", "true") not in item.defined_as(View).options:
            told = "filters rows, and a function in a reader's condition may be given those that it hides"
            yield note(item, told, "let the filter run first: security_barrier=True")


def _list_filtering(loaded: LoadedModels) -> Iterator[CatalogObject]:
    for resource in loaded.resources:
        item = loaded.catalog.find(resource.view)
        if item is not None and isinstance(item.definition, View) and _filters(item.definition.query):
            yield item


def _filters(query: str) -> bool:
    """Whether the query itself has WHERE; what its nested queries leave out is no row of it."""
    depth = 0
    for token in tokenize(query):
        depth += depth_change(token)
        if not depth and token.keyword == "WHERE":
            return True
    return False


def _list_unchecked(catalog: Catalog, view: CatalogObject) -> Iterator[str]:
    """Return the operations whose functions do not look whether the view shows the row."""
    for part in view.parts:
        trigger = catalog.by_id[part].definition
        if isinstance(trigger, Trigger):
            functions = (item for item in catalog.of_kind(Kind.FUNCTION) if item.id in catalog.by_id[part].depends_on)
            if not any(_REFUSAL in item.defined_as(Function).body for item in functions):
                yield from trigger.events
