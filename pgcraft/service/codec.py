"""Frozen dataclasses as JSON and back, directed by their type hints; standard library only.

A dataclass becomes the list of its fields' values in order. Values that stand in many places (ids, origins) are written
once into a table and named by their index, which keeps a catalog of thousands of objects small and quick to read: equal
ids are one object again after decoding.
"""

import base64
import types
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, fields, is_dataclass
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from pgcraft.catalog.objects import ObjectId
from pgcraft.catalog.origins import Origin
from pgcraft.errors import ErrorFields, PGCraftError, from_dict

T = TypeVar("T")
_SHARED_TYPES = (ObjectId, Origin)
_PLAIN_TYPES = (str, int, float, bool, type(None))


@dataclass
class _Table:
    """The values written once: while encoding their indexes, while decoding the values themselves."""

    indexes: dict[object, int] = field(default_factory=dict)
    rows: list[object] = field(default_factory=list)
    values: list[object] = field(default_factory=list)


_Step = Callable[[object, _Table], object]


@dataclass(frozen=True)
class _Plan:
    """How one type is written and read; ``is_plain`` values are JSON as they are."""

    encode: _Step
    decode: _Step
    is_plain: bool = False


def encode(value: object) -> dict[str, object]:
    """Return a dataclass as JSON can hold it; its fields are dataclasses, enums, paths, bytes, tuples, plain values."""
    table = _Table()
    body = _plan(type(value)).encode(value, table)
    return {"shared": table.rows, "body": body}


def decode(as_type: type[T], data: dict[str, object]) -> T:
    """Build the value again that :func:`encode` took apart."""
    table = _Table()
    for row in cast("list[list[object]]", data["shared"]):
        cls = _SHARED_TYPES[cast("int", row[0])]
        table.values.append(_dataclass_plan(cls).decode(row[1], table))
    return cast("T", _plan(as_type).decode(data["body"], table))


def _keep(value: object, _table: _Table) -> object:
    return value


_KEEP = _Plan(_keep, _keep, is_plain=True)


def _plan(hint: object) -> _Plan:
    return _plan_for(hint)


def _dataclass_plan(cls: object) -> _Plan:
    return _dataclass_plan_for(cls)


@cache
def _plan_for(hint: Hashable) -> _Plan:
    origin = get_origin(hint)
    if origin is Literal or hint in _PLAIN_TYPES:
        return _KEEP
    if origin in (Union, types.UnionType):
        return _union_plan(get_args(hint))
    if origin is tuple:
        return _tuple_plan(get_args(hint))
    if isinstance(hint, type):
        return _class_plan(hint)
    raise TypeError(f"{hint!r} cannot cross the pipe")


def _class_plan(cls: type[object]) -> _Plan:
    if cls in _SHARED_TYPES:
        return _shared_plan(cls)
    if is_dataclass(cls):
        return _dataclass_plan(cls)
    if issubclass(cls, PGCraftError):
        return _Plan(
            lambda value, _: cast("PGCraftError", value).to_dict(), lambda data, _: from_dict(cast("ErrorFields", data))
        )
    if issubclass(cls, Enum):
        return _Plan(lambda value, _: cast("Enum", value).value, lambda data, _: cls(data))
    if issubclass(cls, Path):
        return _Plan(lambda value, _: str(value), lambda data, _: Path(cast("str", data)))
    if issubclass(cls, bytes):
        return _Plan(
            lambda value, _: base64.b64encode(cast("bytes", value)).decode(),
            lambda data, _: base64.b64decode(cast("str", data)),
        )
    raise TypeError(f"{cls!r} cannot cross the pipe")


@cache
def _dataclass_plan_for(key: Hashable) -> _Plan:
    cls = cast("type[object]", key)
    hints = get_type_hints(cls)
    names = _list_names(cls)
    plans = tuple(_plan(hints[name]) for name in names)
    if all(plan.is_plain for plan in plans):
        return _Plan(
            lambda value, _: [getattr(value, name) for name in names],
            lambda data, _: cls(*cast("list[object]", data)),
        )
    pairs = tuple(zip(names, (plan.encode for plan in plans), strict=True))
    readers = tuple(plan.decode for plan in plans)
    return _Plan(
        lambda value, table: [step(getattr(value, name), table) for name, step in pairs],
        lambda data, table: cls(
            *[step(item, table) for step, item in zip(readers, cast("list[object]", data), strict=True)]
        ),
    )


def _list_names(cls: type[object]) -> tuple[str, ...]:
    """Return the fields that a dataclass, or a named tuple, is made of."""
    if is_dataclass(cls):
        return tuple(item.name for item in fields(cls) if item.init)
    return cast("type[ObjectId]", cls)._fields


def _shared_plan(cls: type[object]) -> _Plan:
    number = _SHARED_TYPES.index(cast("type[ObjectId]", cls))
    inner = _dataclass_plan(cls)

    def encode_shared(value: object, table: _Table) -> object:
        index = table.indexes.get(value)
        if index is None:
            index = table.indexes[value] = len(table.rows)
            table.rows.append([number, inner.encode(value, table)])
        return index

    return _Plan(encode_shared, lambda data, table: table.values[cast("int", data)])


def _tuple_plan(args: tuple[object, ...]) -> _Plan:
    if len(args) == 2 and args[1] is Ellipsis:
        inner = _plan(args[0])
        if inner.is_plain:
            return _Plan(
                lambda value, _: list(cast("tuple[object]", value)), lambda data, _: tuple(cast("list[object]", data))
            )
        return _Plan(
            lambda value, table: [inner.encode(item, table) for item in cast("tuple[object]", value)],
            lambda data, table: tuple([inner.decode(item, table) for item in cast("list[object]", data)]),
        )
    plans = tuple(_plan(arg) for arg in args)
    return _Plan(
        lambda value, table: [p.encode(v, table) for p, v in zip(plans, cast("tuple[object]", value), strict=True)],
        lambda data, table: tuple([p.decode(v, table) for p, v in zip(plans, cast("list[object]", data), strict=True)]),
    )


def _union_plan(args: tuple[object, ...]) -> _Plan:
    """``X | None`` as null or X; a union of dataclasses as ``[class name, fields]``."""
    members = tuple(arg for arg in args if arg is not type(None))
    if all(_plan(member).is_plain for member in members):
        return _KEEP
    if len(members) == 1:
        inner = _plan(members[0])
        return _Plan(
            lambda value, table: None if value is None else inner.encode(value, table),
            lambda data, table: None if data is None else inner.decode(data, table),
        )
    plans = {cast("type[object]", member).__name__: _plan(member) for member in members}

    def encode_member(value: object, table: _Table) -> object:
        name = type(value).__name__
        return None if value is None else [name, plans[name].encode(value, table)]

    def decode_member(data: object, table: _Table) -> object:
        if data is None:
            return None
        name, body = cast("tuple[str, object]", data)
        return plans[name].decode(body, table)

    return _Plan(encode_member, decode_member)
