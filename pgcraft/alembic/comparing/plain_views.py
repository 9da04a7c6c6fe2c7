"""Views that only list columns of one relation: their text tells by itself whether it is what the server keeps.

Most API views are of this kind, so that with nothing to do there is nothing to ask.
"""

import re
from dataclasses import dataclass

from pgcraft.catalog.definitions import View

_NAME = r'(?:"(?:[^"]|"")+"|[a-z_][a-z0-9_$]*)'
_PLAIN = re.compile(
    rf"\s*SELECT\s+(?P<columns>(?:{_NAME}\.)?{_NAME}(?:\s*,\s*(?:{_NAME}\.)?{_NAME})*)"
    rf"\s+FROM\s+(?P<schema>{_NAME})\.(?P<relation>{_NAME})(?:(?:\s+AS)?\s+(?P<alias>{_NAME}))?\s*;?\s*"
)
_COLUMN = re.compile(rf"(?:(?P<qualifier>{_NAME})\.)?(?P<name>{_NAME})")
_RESERVED = re.compile(r"\b(?:all|distinct|from|where|group|order|limit|union|join|as)\b")


@dataclass(frozen=True, slots=True)
class _Listing:
    schema: str
    relation: str
    alias: str
    columns: tuple[str, ...]


def is_same_listing(wanted: View, current: View) -> bool:
    """Whether two queries surely list the same columns of the same relation; False also when that is not clear."""
    listing = _parse(current.query)
    return listing is not None and _parse(wanted.query) == listing and wanted.columns in ((), current.columns)


def _parse(query: str) -> _Listing | None:
    match = _PLAIN.fullmatch(query)
    if match is None or _RESERVED.search(match["columns"]):
        return None
    alias = match["alias"] or match["relation"]
    columns = [_COLUMN.fullmatch(column.strip()) for column in match["columns"].split(",")]
    if any(column is None or column["qualifier"] not in (None, alias) for column in columns):
        return None
    return _Listing(match["schema"], match["relation"], alias, tuple(column["name"] for column in columns if column))
