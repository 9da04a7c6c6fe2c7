"""How the values of a column become values of another type and these the old ones again, which the server knows."""

import re

from sqlalchemy import Connection, text

from pgcraft.catalog.types import canonical_type
from pgcraft.diff.casts import Casting

_HOW_TO_CAST = text(
    """
    SELECT CASE
        WHEN target.typname = 'bit' AND source.typcategory = 'V' THEN 'direct'
        WHEN target.typname = 'bytea' AND source.typcategory = 'S' THEN 'encode'
        WHEN source.typcategory = 'A' AND target.typcategory = 'A' THEN 'each'
        WHEN source.oid = target.oid OR target.typcategory = 'S' THEN ''
        WHEN cast_.castcontext IN ('a', 'i') THEN ''
        WHEN cast_.castcontext = 'e' THEN 'direct'
        WHEN target.typcategory = 'A' AND target.typelem = source.oid THEN 'into array'
        WHEN source.typcategory = 'A' AND source.typelem = target.oid THEN 'out of array'
        WHEN source.typcategory = 'S' OR source.oid >= 16384 OR target.oid >= 16384 THEN 'by text'
        WHEN source.typname = 'interval' AND target.typname LIKE 'timestamp%' THEN 'since 1970'
        WHEN source.typname LIKE 'timestamp%' AND target.typname = 'interval' THEN 'till then'
        WHEN target.typname IN ('json', 'jsonb') THEN 'into ' || target.typname
        WHEN source.typname IN ('json', 'jsonb') AND target.typcategory = 'A' THEN 'list of json'
        WHEN source.typname IN ('json', 'jsonb') THEN 'out of json'
        WHEN source.oid IN (SELECT rngmultitypid FROM pg_catalog.pg_range WHERE rngtypid = target.oid) THEN 'merge'
        WHEN source.typname = 'money' AND target.typname = 'bool' THEN 'into boolean by number'
        WHEN 'oid' IN (source.typname, target.typname) THEN
          CASE WHEN source.typcategory <> target.typcategory OR 'money' IN (source.typname, target.typname) THEN 'none'
               ELSE 'by bigint' END
        WHEN source.typtype <> target.typtype THEN 'none'
        ELSE coalesce((SELECT way FROM (VALUES
          ('B', 'N', 'out of boolean'), ('N', 'B', 'into boolean'), ('N', 'N', 'by number'),
          ('B', 'V', 'into bit'), ('V', 'B', 'out of bit'), ('R', 'R', 'by text')
        ) ways (one, other, way) WHERE one = source.typcategory AND other = target.typcategory), 'none')
    END,
    nullif(source.typelem, 0)::regtype, nullif(target.typelem, 0)::regtype,
    (SELECT rngsubtype::regtype FROM pg_catalog.pg_range WHERE rngtypid = source.oid),
    (SELECT rngsubtype::regtype FROM pg_catalog.pg_range WHERE rngtypid = target.oid)
    FROM (SELECT coalesce(nullif(typbasetype, 0), oid) AS oid FROM pg_catalog.pg_type WHERE oid = to_regtype(:source)) s
    CROSS JOIN LATERAL (
      SELECT coalesce(nullif(typbasetype, 0), oid) AS oid FROM pg_catalog.pg_type WHERE oid = to_regtype(:target)
    ) t
    JOIN pg_catalog.pg_type AS source ON source.oid = s.oid
    JOIN pg_catalog.pg_type AS target ON target.oid = t.oid
    LEFT JOIN pg_catalog.pg_cast AS cast_ ON castsource = source.oid AND casttarget = target.oid
    """
)

_WAYS = {
    "": "",
    "direct": "{value}::{type}",
    "encode": "convert_to({value}, 'UTF8')",
    "decode": "convert_from({value}, 'UTF8')",
    "on a day": "date '1970-01-01' + {value}",
    "into array": "CASE WHEN {value} IS NOT NULL THEN ARRAY[{value}] END",
    "out of array": "{value}[1]",
    "into json": "to_json({value})",
    "into jsonb": "to_jsonb({value})",
    "list of json": "translate({value}::text, '[]', '{{}}')::{type}",
    "out of json": "({value} #>> '{{}}')::{type}",
    "merge": "range_merge({value})",
    "out of boolean": "{value}::integer::{type}",
    "into boolean": "{value} <> 0",
    "into boolean by number": "{value}::numeric <> 0",
    "into bit": "{value}::integer::bit::{type}",
    "out of bit": "position(B'1' IN {value}) > 0",
    "since 1970": "{type} 'epoch' + {value}",  # as SQLAlchemy's Interval counts where it is not native
    "till then": "{value} - 'epoch'",
    "by number": "{value}::numeric::{type}",
    "by bigint": "{value}::bigint::{type}",
    "by text": "{value}::text::{type}",
    "each ": "",
    "each direct": "{value}::{type}",
    "each into json": "{value}::text[]::{type}",
    "each into jsonb": "{value}::text[]::{type}",
    "each out of boolean": "{value}::integer[]::{type}",
    "each into boolean": "{value}::integer[]::{type}",
    "each into bit": "{value}::integer[]::bit[]::{type}",
    "each out of bit": "{value}::integer[]::{type}",
    "each by number": "{value}::numeric[]::{type}",
    "each by bigint": "{value}::bigint[]::{type}",
}
"""How each way is written; other arrays become each other by text."""

_ARRAY = "[]"
_LENGTH = re.compile(r"\((\d+)\)\Z")
_LETTERS = {"uuid": 36, "macaddr": 17, "macaddr8": 23, "date": 10, "timestamp": 19, "time": 8}
"""How long the text of every value of a type is, at least."""
_FALSE = len("false")


def find_cast(connection: Connection, value: str, old_type: str, new_type: str, *, insists: bool = False) -> Casting:
    """Return how values get into the new type and back; the new type need not exist yet.

    Args:
        value: its SQL, such as the name of a column.
        insists: an expression is returned also where no value of the old type is one of the new type.
    """
    way, back = _find_way(connection, old_type, new_type), _find_way(connection, new_type, old_type)
    if way == "encode":
        back = "decode"
    elif back == "encode":
        back = "direct"  # of what bytes look like as text
    elif back == "none":
        is_time = canonical_type(new_type).startswith("time ")
        back = "on a day" if is_time and canonical_type(old_type).startswith("timestamp") else "by text"
    there = "by text" if way == "none" and insists else way
    found = None if there == "none" else _WAYS[there].format(value=value, type=new_type)
    return Casting(found, _WAYS[back].format(value=value, type=old_type))


def _find_way(connection: Connection, source: str, target: str) -> str:
    """Return the way from one type to another: ``none`` where no value of the one is one of the other."""
    row = connection.execute(_HOW_TO_CAST, {"source": source, "target": target}).one_or_none()
    if row is None:
        return "by text"
    way, *parts = row
    if way == "each":
        each = _find_way(connection, *map(_find_element, (source, target), parts[:2]))
        return each if each == "none" else next(iter({f"each {each}"} & _WAYS.keys()), "by text")
    if way == "":
        return _find_way_into_length(source, target)
    if way != "by text":
        return str(way)
    for one, other in (parts[:2], parts[2:]):
        if one and other and _find_way(connection, one, other) == "none":
            return "none"
    return "by text"


def _find_element(array: str, element: str) -> str:
    """Return the type of an array's elements, with its length where the array tells it."""
    return array.removesuffix(_ARRAY) if array.endswith(_ARRAY) else element


def _find_way_into_length(source: str, target: str) -> str:
    """Return the way into a text that may be too short: letters of ``true`` are true, those of a uuid are none."""
    length = _LENGTH.search(target)
    if length is None:
        return ""
    known = canonical_type(source).partition(" ")[0].partition("(")[0]
    if known == "boolean" and int(length[1]) < _FALSE:
        return "direct"
    return "none" if int(length[1]) < _LETTERS.get(known, 0) else ""
