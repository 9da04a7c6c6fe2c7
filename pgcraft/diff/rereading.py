"""Expressions over columns that get another type: PostgreSQL reads its own text of them again, casts and all."""

from collections.abc import Iterable, Iterator

from pgcraft.catalog.definitions import Column, Constraint, Index
from pgcraft.catalog.objects import Catalog, CatalogObject, ObjectId
from pgcraft.catalog.tokens import mentions_name
from pgcraft.catalog.types import canonical_type
from pgcraft.diff.compare import Change

_FAMILIES = ({"smallint", "integer", "bigint"}, {"text", "character varying"})
"""Types between which an expression stays the same."""


def find_reread(changes: Iterable[Change], current: Catalog) -> Iterator[ObjectId]:
    """Return the checks, exclusion constraints and indexes that compute with columns whose type changes in kind.

    ``CHECK (a > 0)`` over a number with decimals is ``a > 0::numeric`` to PostgreSQL, and stays that over an integer.
    """
    for change in changes:
        if _changes_in_kind(change):
            table = current.by_id[change.id.table]
            parts = (current.by_id[part] for part in table.parts)
            yield from (part.id for part in parts if _computes_with(part, change.id.name))


def _changes_in_kind(change: Change) -> bool:
    if "type" not in change.facts or not isinstance(change.current.definition, Column):
        return False
    names = {_name_type(each.defined_as(Column).type) for each in (change.current, change.wanted)}
    return len(names) > 1 and not any(names <= family for family in _FAMILIES)


def _name_type(type_: str) -> str:
    """Return a type without its length."""
    return canonical_type(type_).partition("(")[0].strip()


def _computes_with(part: CatalogObject, column: str) -> bool:
    match part.definition:
        case Constraint(type="check" | "exclude", text=text):
            return mentions_name(text, column)
        case Index() as index:
            computed = (each for each in index.elements if each not in index.columns)
            return any(mentions_name(text, column) for text in (*computed, index.where or ""))
        case _:
            return False
