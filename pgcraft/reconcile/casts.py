"""How the values of a column become values of another type and these the old ones again, which the server knows."""

from sqlalchemy import Connection, text

from pgcraft.catalog.types import canonical_type
from pgcraft.diff.columns import Casting
from pgcraft.identifiers import quote_name

_HOW_TO_CAST = text(
    """
    SELECT CASE
        WHEN target.typname = 'bit' AND source.typcategory = 'V' THEN 'direct'
        WHEN target.typname = 'bytea' AND source.typcategory = 'S' THEN 'encode'
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
          ('B', 'V', 'into bit'), ('V', 'B', 'out of bit'), ('A', 'A', 'by text'), ('R', 'R', 'by text')
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
    "direct": "{name}::{type}",
    "encode": "convert_to({name}, 'UTF8')",
    "decode": "convert_from({name}, 'UTF8')",
    "on a day": "date '1970-01-01' + {name}",
    "into array": "CASE WHEN {name} IS NOT NULL THEN ARRAY[{name}] END",
    "out of array": "{name}[1]",
    "into json": "to_json({name})",
    "into jsonb": "to_jsonb({name})",
    "list of json": "translate({name}::text, '[]', '{{}}')::{type}",
    "out of json": "({name} #>> '{{}}')::{type}",
    "merge": "range_merge({name})",
    "out of boolean": "{name}::integer::{type}",
    "into boolean": "{name} <> 0",
    "into boolean by number": "{name}::numeric <> 0",
    "into bit": "{name}::integer::bit::{type}",
    "out of bit": "position(B'1' IN {name}) > 0",
    "since 1970": "{type} 'epoch' + {name}",  # as SQLAlchemy's Interval counts where it is not native
    "till then": "{name} - 'epoch'",
    "by number": "{name}::numeric::{type}",
    "by bigint": "{name}::bigint::{type}",
    "by text": "{name}::text::{type}",
}
"""How each way is written."""


def find_cast(
    connection: Connection, column_name: str, old_type: str, new_type: str, *, insists: bool = False
) -> Casting:
    """Return how values get into the new type and back; the new type need not exist yet.

    Args:
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
    name = quote_name(column_name)
    found, back_again = (
        _WAYS[each].format(name=name, type=type_) if each != "none" else None
        for each, type_ in ((there, new_type), (back, old_type))
    )
    return Casting(found, back_again or "")


def _find_way(connection: Connection, source: str, target: str) -> str:
    """Return the way from one type to another: ``none`` where no value of the one is one of the other."""
    row = connection.execute(_HOW_TO_CAST, {"source": source, "target": target}).one_or_none()
    if row is None:
        return "by text"
    way, *parts = row
    if way != "by text":
        return str(way)
    for one, other in (parts[:2], parts[2:]):
        if one and other and _find_way(connection, one, other) == "none":
            return "none"
    return "by text"
