"""What looks odd about a schema, though PostgreSQL takes it; standard library only."""

from collections.abc import Callable, Iterator
from itertools import chain

from pgcraft.catalog.definitions import Column, Constraint, Function, Index
from pgcraft.catalog.kinds import RELATIONS
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId
from pgcraft.service.ddl import is_grant_on
from pgcraft.service.row_bypass import find_bypasses
from pgcraft.service.row_filters import find_open_filters
from pgcraft.service.types import Finding, LoadedModels
from pgcraft.service.unpinned import find_unpinned_definers

Rule = Callable[[LoadedModels], Iterator[Finding]]


def lint(loaded: LoadedModels) -> tuple[Finding, ...]:
    """Give a note for everything that looks odd, by rule, then by object."""
    return tuple(chain.from_iterable(rule(loaded) for rule in RULES))


def find_missing_keys(loaded: LoadedModels) -> Iterator[Finding]:
    """Tables that no row of which can be named."""
    for table in loaded.catalog.of_kind(Kind.TABLE):
        if not any(part.type == "primary key" for part in _constraints(loaded.catalog, table)):
            yield _note(table, "has no primary key", "give it one: rows can then be updated one by one")


def find_unindexed_keys(loaded: LoadedModels) -> Iterator[Finding]:
    """Foreign keys whose columns lead no index: every delete of a parent reads the whole table."""
    for table in loaded.catalog.of_kind(Kind.TABLE):
        led = [columns for columns, _ in _indexed(loaded.catalog, table)]
        for key in _constraints(loaded.catalog, table):
            is_led = any(set(columns[: len(key.columns)]) == set(key.columns) for columns in led)
            if key.type == "foreign key" and not is_led:
                listed = ", ".join(key.columns)
                yield _note(
                    table, f"has a foreign key on {listed} without an index", f"add one: PGCraftIndex on {listed}"
                )


def find_nullable_unique(loaded: LoadedModels) -> Iterator[Finding]:
    """Unique keys with a column that may be NULL: any number of rows may then bear the same values."""
    for table in loaded.catalog.of_kind(Kind.TABLE):
        nullable = {name for name, column in _columns(loaded.catalog, table) if column.nullable}
        for columns, is_strict in _indexed(loaded.catalog, table):
            loose = [name for name in columns if name in nullable]
            if is_strict is False and loose:
                yield _note(
                    table,
                    f"has a unique key on {', '.join(columns)}, and {', '.join(loose)} may be NULL",
                    "rows with NULL never clash: make the column NOT NULL, or NULLS NOT DISTINCT",
                )


def find_idle_functions(loaded: LoadedModels) -> Iterator[Finding]:
    """Trigger functions that no trigger calls."""
    for item in loaded.catalog.of_kind(Kind.FUNCTION):
        is_trigger = isinstance(item.definition, Function) and item.definition.returns == "trigger"
        if is_trigger and not loaded.catalog.dependents.get(item.id):
            yield _note(item, "is a trigger function that no trigger calls", "take it out, or make its trigger")


def find_unreachable(loaded: LoadedModels) -> Iterator[Finding]:
    """Relations in an API schema that nobody was granted."""
    schemas = {resource.view.schema for resource in loaded.resources}
    grants: dict[tuple[str | None, str], list[ObjectId]] = {}
    for grant in loaded.catalog.of_kind(Kind.GRANT):
        grants.setdefault((grant.id.schema, grant.id.name), []).append(grant.id)
    for item in loaded.catalog.of_kind(*RELATIONS):
        near = grants.get((item.id.schema, item.id.name), ())
        if item.id.schema in schemas and not any(is_grant_on(grant, item.id) for grant in near):
            yield _note(item, "is in an API schema, and nobody may use it", "expose it with PostgRESTView, or move it")


RULES: tuple[Rule, ...] = (
    find_missing_keys,
    find_unindexed_keys,
    find_nullable_unique,
    find_idle_functions,
    find_unreachable,
    find_unpinned_definers,
    find_bypasses,
    find_open_filters,
)
"""To add one: a function that gives a note for each object, a line here, a case in tests/service/test_lint.py."""


def _note(item: CatalogObject, message: str, remedy: str) -> Finding:
    at = next((f" ({origin.declared_at})" for origin in item.origins if origin.declared_at), "")
    return Finding("schema", "note", f"{item.id} {message}{at}", remedy, item.id)


def _constraints(catalog: Catalog, table: CatalogObject) -> Iterator[Constraint]:
    for definition in _parts(catalog, table.parts):
        if isinstance(definition, Constraint):
            yield definition


def _columns(catalog: Catalog, table: CatalogObject) -> Iterator[tuple[str, Column]]:
    for part in table.parts:
        item = catalog.find(part)
        if item and isinstance(item.definition, Column):
            yield part.name, item.definition


def _indexed(catalog: Catalog, table: CatalogObject) -> Iterator[tuple[tuple[str, ...], bool | None]]:
    """Give the columns of each index over whole rows; whether its uniqueness counts NULLs, None where it has none."""
    for definition in _parts(catalog, table.parts):
        if isinstance(definition, Constraint) and definition.type in ("primary key", "unique"):
            is_strict = definition.type == "primary key" or "NULLS NOT DISTINCT" in definition.text
            yield definition.columns, is_strict
        if isinstance(definition, Index) and definition.where is None and definition.columns:
            yield definition.columns, definition.nulls_not_distinct if definition.unique else None


def _parts(catalog: Catalog, ids: tuple[ObjectId, ...]) -> Iterator[object]:
    return (item.definition for item in map(catalog.find, ids) if item)
