"""Types of a catalog, which are texts, as SQLAlchemy's."""

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeEngine

from pgcraft.catalog.definitions import Domain, Enum
from pgcraft.catalog.objects import Catalog, Kind, ObjectId
from pgcraft.catalog.types import canonical_type, split_modifier
from pgcraft.catalog.words import list_words
from pgcraft.sqltext.dialect import DEFAULT_SCHEMA, DIALECT

_TIMES = re.compile(r"(timestamp|time) (with|without) time zone\Z")
_INTERVAL = re.compile(r"interval(?: (.+))?\Z")

_NAMES: Mapping[str, type[TypeEngine[Any]]] = postgresql.dialect.ischema_names
"""SQLAlchemy's own table of what ``format_type`` prints, by which it reflects."""


def make_type(text: str, catalog: Catalog) -> TypeEngine[Any] | None:
    """Return the type that a text stands for; None where SQLAlchemy has none that says the same.

    Args:
        text: as ``format_type`` prints it.
        catalog: where enumerated types and domains are found.
    """
    made = _make(text, catalog)
    if made is None or canonical_type(str(made.compile(dialect=DIALECT))) != text:
        return None
    return made


def _make(text: str, catalog: Catalog) -> TypeEngine[Any] | None:
    base = text.removesuffix("[]")
    if base != text:
        element = _make(base, catalog)
        return None if element is None else postgresql.ARRAY(element)
    name, modifier, rest = split_modifier(base)
    name = f"{name} {rest}".strip()
    declared = _find_declared(name, catalog)
    if declared is not None:
        return _make_declared(*declared, catalog)
    return _make_builtin(name, modifier)


def _make_builtin(name: str, modifier: str) -> TypeEngine[Any] | None:
    arguments = [int(part) for part in modifier.split(",")] if re.fullmatch(r"\d+(,\d+)?", modifier) else []
    if modifier and not arguments:
        return None
    times = _TIMES.match(name)
    if times:
        made: Any = postgresql.TIMESTAMP if times[1] == "timestamp" else postgresql.TIME
        found: TypeEngine[Any] = made(timezone=times[2] == "with", precision=arguments[0] if arguments else None)
        return found
    interval = _INTERVAL.match(name)
    if interval:
        return postgresql.INTERVAL(fields=interval[1], precision=arguments[0] if arguments else None)
    if name == "bit varying":
        return postgresql.BIT(arguments[0] if arguments else None, varying=True)
    if name == "double precision":
        return postgresql.DOUBLE_PRECISION(precision=53)
    class_: Any = _NAMES.get(name)
    return None if class_ is None else class_(*arguments)


def _find_declared(name: str, catalog: Catalog) -> tuple[ObjectId, Enum | Domain] | None:
    tokens = list_words(name)
    names = [token.name for token in tokens[::2]]
    if not 1 <= len(tokens) <= 3 or None in names or any(token.text != "." for token in tokens[1::2]):
        return None
    schema, bare = (names[0], names[-1]) if len(names) == 2 else (DEFAULT_SCHEMA, names[0])
    for kind in (Kind.ENUM, Kind.DOMAIN):
        item = catalog.find(ObjectId(kind, schema, str(bare)))
        if item is not None and isinstance(item.definition, Enum | Domain):
            return item.id, item.definition
    return None


def _make_declared(object_id: ObjectId, definition: Enum | Domain, catalog: Catalog) -> TypeEngine[Any] | None:
    """Return the type by its name; it is made, and changed, by operations of its own."""
    schema = None if object_id.schema == DEFAULT_SCHEMA else object_id.schema
    if isinstance(definition, Enum):
        return postgresql.ENUM(*definition.values, name=object_id.name, schema=schema, create_type=False)
    base = _make(definition.type, catalog)
    return None if base is None else postgresql.DOMAIN(object_id.name, base, schema=schema, create_type=False)
