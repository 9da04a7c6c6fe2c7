"""Views that show all columns of what they read: PostgreSQL keeps those that were there when the view was made."""

from collections.abc import Iterator
from dataclasses import replace

from pgcraft.catalog.definitions import Function, View
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId
from pgcraft.catalog.tokens import mentions_name, tokenize
from pgcraft.diff.compare import Change, Diff

_AFTER_ALL = frozenset(
    {
        *("", ",", ")", ";", "FROM", "WHERE", "GROUP", "HAVING", "WINDOW", "UNION", "INTERSECT", "EXCEPT", "ORDER"),
        *("LIMIT", "OFFSET", "FETCH", "FOR"),
    }
)
"""What stands behind a star that is no multiplication."""


def reopen_stars(diff: Diff, current: Catalog, wanted: Catalog) -> Diff:
    """Return a difference with the views that are to show columns that come to what they read.

    Args:
        diff: of the two, whose views are in the form of the database.
        wanted: the models, as they were declared; its objects know what they need.
    """
    widened = {item.id.table for item in diff.added if item.id.kind is Kind.COLUMN and item.id.table in current.by_id}
    changed = {change.id: change for change in diff.changed}
    widened |= {each for each, change in changed.items() if isinstance(change.wanted.definition, View)}
    if not widened:
        return diff
    found = dict(_find(widened, current, wanted))
    fresh = [change for change in found.values() if change.id not in changed]
    return (
        replace(diff, changed=tuple(sorted((*diff.changed, *fresh), key=lambda change: change.id))) if fresh else diff
    )


def _find(widened: set[ObjectId], current: Catalog, wanted: Catalog) -> Iterator[tuple[ObjectId, Change]]:
    """Return the views that show all of what gets columns, and those that show all of these."""
    views = [item for item in wanted.of_kind(Kind.VIEW, Kind.MATERIALIZED_VIEW) if item.id in current.by_id]
    functions = [item for item in wanted.of_kind(Kind.FUNCTION) if item.id in current.by_id]
    starred = [item for item in views if shows_all(item.defined_as(View).query)]
    waiting = sorted(widened)
    while waiting:
        base = waiting.pop()
        for item in functions:
            if base in item.depends_on and item.id not in widened and _gives_rows_of(item, base):
                widened.add(item.id)
                waiting.append(item.id)
        for item in starred:
            if base in item.depends_on and item.id not in widened:
                widened.add(item.id)
                waiting.append(item.id)
                yield item.id, Change(current.by_id[item.id], _unknown(item), ("query",))


def _gives_rows_of(item: CatalogObject, relation: ObjectId) -> bool:
    """Whether what a function gives has the columns of a relation."""
    return mentions_name(item.defined_as(Function).returns, relation.name)


def _unknown(item: CatalogObject) -> CatalogObject:
    """Return a view whose columns only the server will tell."""
    return replace(item, definition=replace(item.defined_as(View), columns=(), column_types=()))


def shows_all(query: str) -> bool:
    """Whether a query shows columns that it does not name."""
    words = ["", *(token.keyword or token.text for token in tokenize(query) if not token.is_blank), ""]
    for before, word, after in zip(words, words[1:], words[2:], strict=False):
        if (word == "*" and before != "(" and after in _AFTER_ALL) or (word == "TABLE" and before in ("", "(")):
            return True
    return False
