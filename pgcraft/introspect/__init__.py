"""From a live database to a catalog, with one query per kind of object."""

from pgcraft.introspect.fetching import Fetch
from pgcraft.introspect.notes import read_unmodelled
from pgcraft.introspect.read import read_catalog, read_texts

__all__ = ["Fetch", "read_catalog", "read_texts", "read_unmodelled"]
