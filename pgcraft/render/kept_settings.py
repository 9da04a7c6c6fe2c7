"""What others set and a change in place would take off: CREATE OR REPLACE of views and functions, TYPE of columns.

A statement before the first of them asks for options of views, for settings, costs and rows of functions, for storage
and compression of columns and for the targets of what follows their type, as far as that is not the models'; it keeps
them as SQL in a setting of the session, and another one behind the last of them runs that.
"""

from collections.abc import Iterable
from textwrap import indent

from pgcraft.catalog.objects import Kind, ObjectId
from pgcraft.identifiers import quote_literal, quote_on_a_line, quote_qualified
from pgcraft.render.kept_facts import ROUTINE_FACTS
from pgcraft.render.shared import SharedSql

SETTING = "pgcraft.settings"

REPLACED = (Kind.VIEW, Kind.FUNCTION)
"""The kinds that lose what others set on them."""

_COLUMNS = """
(WITH ours (id, part, forgotten) AS (VALUES
  <COLUMNS>
)
SELECT format('DO %L', format('BEGIN ALTER TABLE %s ALTER COLUMN %I SET %s; '
  'EXCEPTION WHEN feature_not_supported THEN NULL; END', id::regclass, part, fact)) -- the new type may have neither
FROM ours JOIN pg_attribute ON (attrelid, attname) = (id, part) JOIN pg_type t ON t.oid = atttypid
CROSS JOIN LATERAL unnest(ARRAY['COMPRESSION ' || CASE attcompression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END,
  'STORAGE ' || (ARRAY['PLAIN', 'MAIN', 'EXTERNAL', 'EXTENDED'])[strpos('pmex', nullif(attstorage, typstorage)::text)]
]) fact WHERE fact IS NOT NULL AND lower(split_part(fact, ' ', 1)) <> ALL (forgotten)
UNION
SELECT format('ALTER INDEX %s ALTER COLUMN %s SET STATISTICS %s', attrelid::regclass, attnum, attstattarget)
FROM ours JOIN pg_index ON indrelid = id JOIN pg_attribute ON attrelid = indexrelid AND attstattarget >= 0
UNION
SELECT format('ALTER STATISTICS %s.%I %s', stxnamespace::regnamespace, stxname, fact)
FROM ours JOIN pg_statistic_ext ON stxrelid = id CROSS JOIN LATERAL unnest(ARRAY[
  'SET STATISTICS ' || nullif(stxstattarget, -1),
  'OWNER TO ' || quote_ident(nullif(pg_get_userbyid(stxowner), current_user))
]) fact WHERE fact IS NOT NULL)
"""

Replaced = tuple[ObjectId, tuple[str, ...]]
"""An object, and the names of options or settings that are the models'."""

_OPTIONS = """
SELECT format('ALTER VIEW %s SET (%s)', oid::regclass, string_agg(option, ', '))
FROM (VALUES
  <VIEWS>
) ours (id, forgotten) JOIN pg_class ON oid = id CROSS JOIN unnest(reloptions) option
WHERE split_part(option, '=', 1) <> ALL (forgotten) GROUP BY oid
"""

_FUNCTIONS = f"""
SELECT format('ALTER ROUTINE %s %s', oid::regprocedure, fact)
FROM (VALUES
  <FUNCTIONS>
) ours (id, forgotten) JOIN pg_proc ON oid = id AND prokind <> 'a' CROSS JOIN LATERAL (
{indent(ROUTINE_FACTS.strip(), "  ")}
) facts (fact)
"""


_QUERIES = (
    (Kind.VIEW, "views", _OPTIONS),
    (Kind.FUNCTION, "functions", _FUNCTIONS),
    (Kind.COLUMN, "columns", _COLUMNS),
)


def keep_settings(replaced: Iterable[Replaced]) -> SharedSql:
    """Return the statement that keeps what others set on objects before they are replaced."""
    rows: dict[Kind, list[str]] = {}
    for each, names in replaced:
        rows.setdefault(each.kind, []).append(_row(each, names))
    found = [(name, text, rows[kind]) for kind, name, text in _QUERIES if kind in rows]
    queries = "\nUNION ALL\n".join(text.strip() for _, text, _ in found)
    text = f"""\
SELECT set_config({quote_literal(SETTING)}, coalesce(string_agg(change, '; '), 'SELECT'), false)
FROM ( -- what others set on what is replaced; the same text in every revision
{indent(queries, "  ")}
) kept (change)"""
    return SharedSql("keep_settings", text, tuple((name, ",\n    ".join(rows)) for name, _, rows in found))


def put_settings_back() -> str:
    """Return the statement that sets again what was kept."""
    return f"DO $$BEGIN EXECUTE current_setting({quote_literal(SETTING)}); END$$"


def _row(object_id: ObjectId, ours: tuple[str, ...]) -> str:
    name = quote_on_a_line(_name(object_id))
    match object_id.kind:
        case Kind.FUNCTION:
            found = f"to_regprocedure({name})"
        case Kind.COLUMN:
            found = f"to_regclass({name}), {quote_on_a_line(object_id.name)}"
        case _:
            found = f"to_regclass({name})"
    return f"({found}, ARRAY[{', '.join(map(quote_on_a_line, sorted(ours)))}]::text[])"


def _name(object_id: ObjectId) -> str:
    if object_id.kind is Kind.COLUMN:
        return quote_qualified(*object_id.relation)
    return f"{quote_qualified(object_id.schema, object_id.name)}{object_id.arguments}"
