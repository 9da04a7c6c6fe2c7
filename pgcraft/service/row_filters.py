"""API views that filter rows: what clients write past the filter, and what they learn of what it hides."""

from collections.abc import Iterator

from pgcraft.catalog.definitions import Function, Trigger, View
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind
from pgcraft.catalog.tokens import depth_change, tokenize
from pgcraft.service.types import Finding, LoadedModels

_REFUSAL = "with_check_option_violation"
_WRITES = {"insert", "update"}


def find_open_filters(loaded: LoadedModels) -> Iterator[Finding]:
    """API views that filter rows without a check option, or without a barrier."""
    for resource in loaded.resources:
        item = loaded.catalog.find(resource.view)
        if item is None or not isinstance(item.definition, View) or not _filters(item.definition.query):
            continue
        written = sorted(_WRITES.intersection(_list_unchecked(loaded.catalog, item)))
        if written:
            remedy = "let it refuse them: check_option=True"
            yield _note(item, f"filters rows, and an {' or '.join(written)} may make one that it does not show", remedy)
        if ("security_barrier", "true") not in item.definition.options:
            told = "filters rows, and a function in a reader's condition may be given those that it hides"
            yield _note(item, told, "let the filter run first: security_barrier=True")


def _filters(query: str) -> bool:
    """Whether the query itself has WHERE; what its nested queries leave out is no row of it."""
    depth = 0
    for token in tokenize(query):
        depth += depth_change(token)
        if not depth and token.keyword == "WHERE":
            return True
    return False


def _list_unchecked(catalog: Catalog, view: CatalogObject) -> Iterator[str]:
    """Give the operations whose functions do not look whether the view shows the row."""
    for part in view.parts:
        trigger = catalog.by_id[part].definition
        if isinstance(trigger, Trigger):
            functions = (item for item in catalog.of_kind(Kind.FUNCTION) if item.id in catalog.by_id[part].depends_on)
            if not any(_REFUSAL in item.defined_as(Function).body for item in functions):
                yield from trigger.events


def _note(item: CatalogObject, message: str, remedy: str) -> Finding:
    at = next((f" ({origin.declared_at})" for origin in item.origins if origin.declared_at), "")
    return Finding("schema", "note", f"{item.id} {message}{at}", remedy, item.id)
