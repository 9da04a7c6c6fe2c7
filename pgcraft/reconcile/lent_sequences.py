"""Sequences of the models that somebody has given to a column (OWNED BY): PostgreSQL would call that column serial."""

from collections.abc import Iterator
from dataclasses import replace

from pgcraft.catalog.definitions import Column
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId, make_catalog
from pgcraft.catalog.tokens import TokenType, tokenize
from pgcraft.catalog.words import list_words


def take_back(current: Catalog, wanted: Catalog) -> Catalog:
    """Return what the database has with such sequences as objects of their own, and columns that take values from them.

    How such a sequence counts is not known, and taken to be as declared.
    """
    missing = {item.id: item for item in wanted.of_kind(Kind.SEQUENCE) if item.id not in current.by_id}
    found = list(_find(current, wanted, missing)) if missing else []
    if not found:
        return current
    taken = {column.id: column for column, _ in found}
    sequences = {sequence: replace(missing[sequence], depends_on=(), origins=()) for _, sequence in found}
    objects = (taken.get(item.id, item) for item in current.objects)
    return make_catalog((*objects, *sequences.values()), server_version=current.server_version)


def _find(
    current: Catalog, wanted: Catalog, missing: dict[ObjectId, CatalogObject]
) -> Iterator[tuple[CatalogObject, ObjectId]]:
    names = {sequence.qualified: sequence for sequence in missing}
    for item in wanted.of_kind(Kind.COLUMN):
        meant, there = item.defined_as(Column), current.find(item.id)
        old = there.defined_as(Column) if there else None
        if there is None or old is None or not old.is_serial or meant.is_serial or not meant.default:
            continue
        sequence = names.get(_read_sequence(meant.default))
        if sequence is not None:
            yield replace(there, definition=replace(old, is_serial=False, default=meant.default)), sequence


def _read_sequence(default: str) -> tuple[str, str]:
    """Return schema and name of the sequence that a default takes from; empty where it does otherwise."""
    tokens = list_words(default)
    if len(tokens) < 3 or tokens[0].name != "nextval" or tokens[2].type is not TokenType.STRING:
        return "", ""
    path = [token.name for token in tokenize(tokens[2].value or "") if token.name is not None]
    return (path[0], path[1]) if len(path) == 2 else ("", "")
