"""Tables: rows that cannot be named, keys that do not hold."""

from collections.abc import Iterator

from pgcraft.catalog.definitions import Column, Constraint
from pgcraft.catalog.objects import Kind, ObjectId
from pgcraft.catalog.words import list_words
from pgcraft.service.lint.notes import Note, note
from pgcraft.service.lint.parts import list_columns, list_constraints, list_indexes
from pgcraft.service.types import LoadedModels

_TEXTS = {"character varying": "text"}


def find_missing_keys(loaded: LoadedModels) -> Iterator[Note]:
    """Tables that no row of which can be named."""
    for table in loaded.catalog.of_kind(Kind.TABLE):
        if not any(part.type == "primary key" for _, part in list_constraints(loaded.catalog, table)):
            yield note(table, "has no primary key", "give it one: rows can then be updated one by one")


def find_nullable_unique(loaded: LoadedModels) -> Iterator[Note]:
    """Unique keys with a column that may be NULL: any number of rows may then bear the same values."""
    for table in loaded.catalog.of_kind(Kind.TABLE):
        nullable = {name for name, column in list_columns(loaded.catalog, table).items() if column.nullable}
        for _, index in list_indexes(loaded.catalog, table):
            loose = [name for name in index.columns if name in nullable]
            if index.unique and index.where is None and not index.nulls_not_distinct and loose:
                yield note(
                    table,
                    f"has a unique key on {', '.join(index.columns)}, and {', '.join(loose)} may be NULL",
                    "rows with NULL never clash: make the column NOT NULL, or NULLS NOT DISTINCT",
                )


def find_mismatched_keys(loaded: LoadedModels) -> Iterator[Note]:
    """Foreign keys whose columns are of another type than those that they point to."""
    for table in loaded.catalog.of_kind(Kind.TABLE):
        columns = list_columns(loaded.catalog, table)
        for _, key in list_constraints(loaded.catalog, table):
            target = loaded.catalog.find(ObjectId(Kind.TABLE, *key.references)) if key.references else None
            other = list_columns(loaded.catalog, target) if target is not None else {}
            for name, referenced in zip(key.columns, key.referenced_columns, strict=False):
                if name in columns and referenced in other and _kind(columns[name]) != _kind(other[referenced]):
                    yield note(
                        table,
                        f"has a foreign key on {name}, of {columns[name].type}, to one of {other[referenced].type}",
                        f"make both {other[referenced].type}: else values that one holds do not fit the other",
                    )


def _kind(column: Column) -> str:
    """Return a type without its length, and all text alike."""
    bare = column.type.partition("(")[0]
    return _TEXTS.get(bare, bare)


def find_nulled_keys(loaded: LoadedModels) -> Iterator[Note]:
    """Foreign keys that set NULL what cannot be NULL: every delete of a parent with children fails."""
    for table in loaded.catalog.of_kind(Kind.TABLE):
        required = {name for name, column in list_columns(loaded.catalog, table).items() if not column.nullable}
        for _, key in list_constraints(loaded.catalog, table):
            held = [name for name in _list_nulled(key) if name in required]
            if key.type == "foreign key" and held:
                yield note(
                    table,
                    f"has a foreign key that sets {', '.join(held)} to NULL, which is NOT NULL",
                    "let the column be NULL, or say CASCADE or RESTRICT: each delete of a parent fails as it is",
                )


def _list_nulled(key: Constraint) -> tuple[str, ...]:
    """Return the columns that ``SET NULL`` is about; all of the key where it names none."""
    words = list_words(key.text)
    keywords = [token.keyword for token in words]
    for at in range(len(words) - 3):
        if keywords[at] == "ON" and keywords[at + 2 : at + 4] == ["SET", "NULL"]:
            rest = words[at + 4 :]
            if not rest or rest[0].text != "(":
                return key.columns
            end = next(place for place, token in enumerate(rest) if token.text == ")")
            return tuple(token.name for token in rest[:end] if token.name)
    return ()
