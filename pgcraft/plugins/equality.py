"""When two values are the same.

PostgreSQL calls equal what may be told apart: ``1.0`` and ``1.00``, ``1 day`` and ``24 hours``. Types like ``json``
have no ``=`` at all, or have it in a schema that a function with a pinned path does not search. Where ``=`` does not
tell for sure, values are compared as they are stored
(https://www.postgresql.org/docs/current/functions-comparisons.html#COMPOSITE-TYPE-COMPARISON).
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ARRAY, Boolean, Date, DateTime, Enum, Float, Integer, LargeBinary, Numeric, String, Time, Uuid
from sqlalchemy.dialects.postgresql import CIDR, CITEXT, DOMAIN, INET, MACADDR
from sqlalchemy.types import TypeEngine

from pgcraft.dialect import find_stored_type
from pgcraft.plpgsql import LINE_WIDTH

_IMAGE_EQUAL = "pg_catalog.record_image_eq"
"""What ``*=`` between two rows calls; between two row constructors, that operator compares their columns instead."""
_EXACT = (Boolean, CIDR, Date, DateTime, Enum, INET, Integer, LargeBinary, MACADDR, Time, Uuid)


def has_exact_equality(type_: TypeEngine[Any]) -> bool:
    """Whether ``=`` of a type is PostgreSQL's own, and true of values alone that are the same."""
    match stored := find_stored_type(type_):
        case DOMAIN():
            return has_exact_equality(stored.data_type)
        case ARRAY():
            return has_exact_equality(stored.item_type)
        case _:
            return _is_exact(stored)


def write_same(one: str, other: str, *, is_exact: bool) -> str:
    """Write the condition that two values are the same, or both NULL."""
    return f"{one} IS NOT DISTINCT FROM {other}" if is_exact else f"{_IMAGE_EQUAL}(ROW({one}), ROW({other}))"


def write_differing(one: str, other: str, *, is_exact: bool) -> str:
    """Write the condition that two values are not the same."""
    return f"{one} IS DISTINCT FROM {other}" if is_exact else f"NOT {_IMAGE_EQUAL}(ROW({one}), ROW({other}))"


def write_same_rows(ones: Sequence[str], others: Sequence[str], *, is_exact: bool) -> list[str]:
    """Write the condition that several values are the same as several others, on one line or two."""
    one, other = ", ".join(ones), ", ".join(others)
    if not is_exact:
        lines = [f"{_IMAGE_EQUAL}(ROW({one}),", f"ROW({other}))"]
    elif len(ones) == 1:
        lines = [write_same(one, other, is_exact=True)]
    else:
        lines = [f"({one})", f"IS NOT DISTINCT FROM ({other})"]
    line = " ".join(lines)
    return [line] if len(line) < LINE_WIDTH else lines


def _is_exact(type_: TypeEngine[Any]) -> bool:
    match type_:
        case Float() | CITEXT():
            return False
        case Numeric():
            return type_.scale is not None
        case String():
            return type_.collation is None
        case _:
            return isinstance(type_, _EXACT)
