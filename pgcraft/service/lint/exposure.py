"""What stands in an API schema over tables without row security: whoever may use it, uses every row."""

from collections.abc import Iterator

from pgcraft.catalog.definitions import Grant, Table
from pgcraft.catalog.kinds import RELATIONS
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId
from pgcraft.catalog.privileges import PUBLIC, target_of
from pgcraft.service.lint.notes import Note, note
from pgcraft.service.types import LoadedModels

_CHANGES = ("update", "delete")


def find_open_tables(loaded: LoadedModels) -> Iterator[Note]:
    """Relations of the API over tables whose rows no policy filters."""
    for item, grants in _list_exposed(loaded):
        tables = ", ".join(map(str, sorted(_find_unguarded(loaded.catalog, item))))
        if tables and grants:
            who = ", ".join(sorted(grants))
            told = f"gives {who} every row of {tables}: no row security there"
            yield note(item, told, "register a policy for the table, where rows are somebody's")


def find_open_changes(loaded: LoadedModels) -> Iterator[Note]:
    """Relations of the API by which those who have not logged in change rows that no policy filters."""
    anyone = {resource.role for resource in loaded.resources} | {PUBLIC}
    for item, grants in _list_exposed(loaded):
        changes = [name for name in _CHANGES if any(name in grants[role] for role in anyone & set(grants))]
        tables = sorted(_find_unguarded(loaded.catalog, item))
        if changes and tables:
            told = f"lets whoever has not logged in {' and '.join(changes)} every row of {tables[0]}"
            yield note(item, told, "grant that to a role that logs in, or register a policy for the table")


def _list_exposed(loaded: LoadedModels) -> Iterator[tuple[CatalogObject, dict[str, set[str]]]]:
    """Return the relations of API schemas, with the privileges of each role."""
    schemas = {resource.view.schema for resource in loaded.resources}
    grants: dict[ObjectId, dict[str, set[str]]] = {}
    for grant in loaded.catalog.of_kind(Kind.GRANT):
        if grant.id.schema in schemas:
            definition = grant.defined_as(Grant)
            names = {*definition.privileges, *(name for name, _ in definition.columns)}
            for target in target_of(grant.id):
                grants.setdefault(target, {}).setdefault(grant.id.grantee, set()).update(names)
    for item in loaded.catalog.of_kind(*RELATIONS):
        if item.id.schema in schemas:
            yield item, grants.get(item.id, {})


def _find_unguarded(catalog: Catalog, item: CatalogObject) -> set[ObjectId]:
    """Return the tables without row security that a relation is, or reads."""
    waiting, seen, found = [item.id], set[ObjectId](), set[ObjectId]()
    while waiting:
        each = catalog.find(waiting.pop())
        if each is None or each.id in seen or each.id.kind not in RELATIONS:
            continue
        seen.add(each.id)
        if isinstance(each.definition, Table):
            found |= set() if each.definition.row_security else {each.id}
        else:
            waiting += each.depends_on
    return found
