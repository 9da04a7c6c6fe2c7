"""All or nothing: what was declared since a mark, and taking it back."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice

from sqlalchemy import MetaData, Table

from pgcraft.models.declarations import Changes, Mark, get_declarations


def mark_now(metadata: MetaData) -> Mark:
    """Mark this moment."""
    registries = get_declarations(metadata).registries
    return Mark(len(metadata.tables), tuple(registry.mark() for registry in registries))


def tables_since(metadata: MetaData, count: int) -> tuple[Table, ...]:
    """Return the tables that came after the first ``count`` of them."""
    newest_first = islice(reversed(metadata.tables.values()), len(metadata.tables) - count)
    return tuple(newest_first)[::-1]


def changes_since(metadata: MetaData, mark: Mark) -> Changes:
    """Return what was declared after a mark."""
    registries = get_declarations(metadata).registries
    keys = tuple(registry.keys_since(at) for registry, at in zip(registries, mark.registries, strict=True))
    return Changes(tables_since(metadata, mark.tables), keys)


def take_back(metadata: MetaData, changes: Changes) -> None:
    """Undo declarations, newest first."""
    for table in reversed(changes.tables):
        metadata.remove(table)
    for registry, keys in zip(get_declarations(metadata).registries, changes.keys, strict=True):
        registry.forget(keys)


@contextmanager
def all_or_nothing(metadata: MetaData) -> Iterator[None]:
    """Take back everything declared inside when the body fails."""
    mark = mark_now(metadata)
    try:
        yield
    except BaseException:
        take_back(metadata, changes_since(metadata, mark))
        raise
