"""Tables: rows that cannot be named, deletes that read everything, keys that do not hold."""

from collections.abc import Iterator

from pgcraft.catalog.definitions import Column, Constraint, Index
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId
from pgcraft.service.lint.notes import note
from pgcraft.service.types import Finding, LoadedModels


def find_missing_keys(loaded: LoadedModels) -> Iterator[Finding]:
    """Tables that no row of which can be named."""
    for table in loaded.catalog.of_kind(Kind.TABLE):
        if not any(part.type == "primary key" for part in _constraints(loaded.catalog, table)):
            yield note(table, "has no primary key", "give it one: rows can then be updated one by one")


def find_unindexed_keys(loaded: LoadedModels) -> Iterator[Finding]:
    """Foreign keys whose columns lead no index: every delete of a parent reads the whole table."""
    for table in loaded.catalog.of_kind(Kind.TABLE):
        led = [columns for columns, _ in _indexed(loaded.catalog, table)]
        for key in _constraints(loaded.catalog, table):
            is_led = any(set(columns[: len(key.columns)]) == set(key.columns) for columns in led)
            if key.type == "foreign key" and not is_led:
                listed = ", ".join(key.columns)
                yield note(
                    table, f"has a foreign key on {listed} without an index", f"add one: PGCraftIndex on {listed}"
                )


def find_nullable_unique(loaded: LoadedModels) -> Iterator[Finding]:
    """Unique keys with a column that may be NULL: any number of rows may then bear the same values."""
    for table in loaded.catalog.of_kind(Kind.TABLE):
        nullable = {name for name, column in _columns(loaded.catalog, table) if column.nullable}
        for columns, is_strict in _indexed(loaded.catalog, table):
            loose = [name for name in columns if name in nullable]
            if is_strict is False and loose:
                yield note(
                    table,
                    f"has a unique key on {', '.join(columns)}, and {', '.join(loose)} may be NULL",
                    "rows with NULL never clash: make the column NOT NULL, or NULLS NOT DISTINCT",
                )


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
    """Return the columns of each index over whole rows; whether its uniqueness counts NULLs, None where it has none."""
    for definition in _parts(catalog, table.parts):
        if isinstance(definition, Constraint) and definition.type in ("primary key", "unique"):
            is_strict = definition.type == "primary key" or "NULLS NOT DISTINCT" in definition.text
            yield definition.columns, is_strict
        if isinstance(definition, Index) and definition.where is None and definition.columns:
            yield definition.columns, definition.nulls_not_distinct if definition.unique else None


def _parts(catalog: Catalog, ids: tuple[ObjectId, ...]) -> Iterator[object]:
    return (item.definition for item in map(catalog.find, ids) if item)
