"""How the values of a column become values of another type, which the server knows."""

from sqlalchemy import Connection, text

from pgcraft.identifiers import quote_name

_HOW_TO_CAST = text(
    """
    SELECT CASE
        WHEN target.oid = 'bit'::regtype AND source.typcategory = 'V' THEN 'direct'
        WHEN source.oid = target.oid OR target.typcategory = 'S' AND target.typbasetype = 0 THEN ''
        WHEN cast_.castcontext IN ('a', 'i') THEN ''
        WHEN cast_.castcontext = 'e' THEN 'direct'
        WHEN target.typcategory = 'A' AND target.typelem = source.oid THEN 'into array'
        WHEN source.typcategory = 'A' AND source.typelem = target.oid THEN 'out of array'
        WHEN source.oid = 'boolean'::regtype AND target.typcategory = 'N' THEN 'out of boolean'
        WHEN target.oid = 'boolean'::regtype AND source.typcategory = 'N' THEN 'into boolean'
        WHEN source.typcategory = 'N' AND target.typcategory = 'N' THEN 'by number'
        ELSE 'by text'
    END
    FROM (SELECT to_regtype(:source) AS source, to_regtype(:target) AS target) AS names
    LEFT JOIN pg_catalog.pg_type AS source ON source.oid = names.source
    LEFT JOIN pg_catalog.pg_type AS target ON target.oid = names.target
    LEFT JOIN pg_catalog.pg_cast AS cast_ ON castsource = names.source AND casttarget = names.target
    """
)


def find_cast(connection: Connection, column_name: str, old_type: str, new_type: str) -> str:
    """Return the expression for USING; empty where PostgreSQL knows by itself. The new type need not exist yet."""
    way = connection.scalar(_HOW_TO_CAST, {"source": old_type, "target": new_type})
    name = quote_name(column_name)
    ways = {
        "direct": f"{name}::{new_type}",
        "into array": f"CASE WHEN {name} IS NOT NULL THEN ARRAY[{name}] END",
        "out of array": f"{name}[1]",
        "out of boolean": f"{name}::integer::{new_type}",
        "into boolean": f"{name} <> 0",
        "by number": f"{name}::numeric::{new_type}",
        "by text": f"{name}::text::{new_type}",
    }
    return ways.get(way or "", "")
