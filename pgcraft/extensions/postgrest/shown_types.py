"""Columns whose type clients of an API may not name.

PostgREST names the type of every column that a client writes, and naming one takes USAGE of its schema, which nobody
but the owner has on the schemas behind an API. A view that is written shows such a column as text, or as what its
domain is made of where that is PostgreSQL's own; the functions that write take it back.
"""

from typing import Any

from sqlalchemy import ARRAY, Enum, Text
from sqlalchemy.dialects.postgresql import DOMAIN
from sqlalchemy.types import TypeDecorator, TypeEngine

from pgcraft.sqltext.compiling import compile_type, is_found_anywhere
from pgcraft.sqltext.dialect import DEFAULT_SCHEMA, find_stored_type

_OPEN = frozenset((DEFAULT_SCHEMA, "pg_catalog"))
"""The schemas whose types everyone may name."""
_MADE_OF_OTHERS = (ARRAY, DOMAIN, Enum, TypeDecorator)


def find_shown_type(type_: TypeEngine[Any], api_schema: str) -> TypeEngine[Any] | None:
    """Return the type that stands in a view for one that clients may not name; None for one that they may."""
    if not (isinstance(type_, _MADE_OF_OTHERS) or type_._variant_mapping):  # noqa: SLF001  no other way to see variants
        return None  # nearly every column: asking what is stored makes an object of each
    match stored := find_stored_type(type_):
        case ARRAY():
            item = find_shown_type(stored.item_type, api_schema)
            return None if item is None else ARRAY(item)
        case DOMAIN():
            return None if _is_open(stored.schema, api_schema) else _name_base(stored, api_schema)
        case Enum() if stored.native_enum and stored.name:
            return None if _is_open(stored.schema, api_schema) else Text()
        case _:
            return None


def _name_base(domain: DOMAIN, api_schema: str) -> TypeEngine[Any]:
    shown = find_shown_type(domain.data_type, api_schema) or domain.data_type
    return shown if is_found_anywhere(compile_type(shown)) else Text()


def _is_open(schema: str | None, api_schema: str) -> bool:
    return (schema or DEFAULT_SCHEMA) in {*_OPEN, api_schema}
