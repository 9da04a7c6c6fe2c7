"""When two values are the same.

PostgreSQL calls equal what may be told apart: ``1.0`` and ``1.00``, ``1 day`` and ``24 hours``. Types like ``json``
have no ``=`` at all, or have it in a schema that a function with a pinned path does not search. Where ``=`` does not
tell for sure, values are compared as they are stored
(https://www.postgresql.org/docs/current/functions-comparisons.html#COMPOSITE-TYPE-COMPARISON).
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ARRAY,
    Boolean,
    ColumnElement,
    Date,
    DateTime,
    Enum,
    Float,
    Integer,
    LargeBinary,
    Numeric,
    String,
    Time,
    Uuid,
    func,
)
from sqlalchemy.dialects.postgresql import CIDR, CITEXT, DOMAIN, HSTORE, INET, MACADDR
from sqlalchemy.types import TypeEngine, UserDefinedType

from pgcraft.sqltext.compiling import compile_type
from pgcraft.sqltext.dialect import find_stored_type
from pgcraft.sqltext.plpgsql import LINE_WIDTH

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


def has_own_equality(type_: TypeEngine[Any]) -> bool:
    """Whether ``=`` of a type is PostgreSQL's own: a function with a pinned path finds no other."""
    match stored := find_stored_type(type_):
        case DOMAIN():
            return has_own_equality(stored.data_type)
        case UserDefinedType():
            return compile_type(stored).startswith("pg_catalog.")
        case _:
            return not isinstance(stored, CITEXT | HSTORE)


def write_equal(one: str, other: str, *, has_own_equality: bool) -> str:
    """Write the condition that two values are equal, neither of which is NULL.

    Where ``=`` is not PostgreSQL's, it is the one that the type is ordered by, and no index serves it.
    """
    return f"{one} = {other}" if has_own_equality else f"pg_catalog.record_eq(ROW({one}), ROW({other}))"


def write_equal_of(type_: TypeEngine[Any], one: str, other: str) -> str:
    """Write the condition that two values of a type are equal, neither of which is NULL."""
    return write_equal(one, other, has_own_equality=has_own_equality(type_))


def are_same(one: ColumnElement[Any], other: ColumnElement[Any]) -> ColumnElement[bool]:
    """Return the condition that two values are equal by what their type calls equal, or both NULL."""
    if has_own_equality(one.type) or has_own_equality(other.type):
        return one.is_not_distinct_from(other)
    equal: ColumnElement[bool] = func.pg_catalog.record_eq(func.ROW(one), func.ROW(other), type_=Boolean())
    return equal


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
