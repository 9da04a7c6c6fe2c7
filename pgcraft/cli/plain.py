"""Answers as plain values for JSON."""

from dataclasses import fields, is_dataclass
from enum import Enum
from pathlib import Path

from pgcraft.catalog.objects import ObjectId
from pgcraft.errors import PGCraftError


def to_plain(value: object) -> object:
    """Return a value as dictionaries, lists, strings, numbers and None; an id as its parts and its printed form."""
    if isinstance(value, ObjectId):
        return {
            "id": str(value),
            "kind": value.kind.value,
            "schema": value.schema,
            "name": value.name,
            "parent": value.parent,
            "signature": value.signature,
        }
    if isinstance(value, PGCraftError):
        return value.to_dict()
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, dict):
        return {str(key): to_plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list | frozenset):
        return [to_plain(item) for item in value]
    return value
