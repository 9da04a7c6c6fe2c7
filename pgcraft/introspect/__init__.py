"""From a live database to a catalog, with one query per kind of object in one statement."""

from pgcraft.introspect.fetching import Fetch, RefusedError
from pgcraft.introspect.notes import list_unmodelled, read_unmodelled
from pgcraft.introspect.owners import read_owners
from pgcraft.introspect.read import read_catalog, read_texts, reading_ahead

__all__ = [
    "Fetch",
    "RefusedError",
    "list_unmodelled",
    "read_catalog",
    "read_owners",
    "read_texts",
    "read_unmodelled",
    "reading_ahead",
]
