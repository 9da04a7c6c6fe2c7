"""What others set and a change in place would take off: CREATE OR REPLACE of views and functions, TYPE of columns.

A statement before the first of them asks for options of views, for settings, costs and rows of functions, for storage
and compression of columns and for the targets of what follows their type, as far as that is not the models'; it keeps
them as SQL in a setting of the session, and another one behind the last of them runs that.
"""

from collections.abc import Iterable, Iterator
from textwrap import indent

from pgcraft.catalog.objects import Kind, ObjectId
from pgcraft.identifiers import quote_literal, quote_on_a_line, quote_qualified
from pgcraft.render.kept_facts import ROUTINE_FACTS

SETTING = "pgcraft.settings"

REPLACED = (Kind.VIEW, Kind.FUNCTION)
"""The kinds that lose what others set on them."""

_COLUMNS = """
(WITH ours (id, part, forgotten) AS (VALUES
{rows}
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
FROM {rows} JOIN pg_class ON oid = id CROSS JOIN unnest(reloptions) option
WHERE split_part(option, '=', 1) <> ALL (forgotten) GROUP BY oid
"""

_ROUTINES = f"""
SELECT format('ALTER ROUTINE %s %s', oid::regprocedure, fact)
FROM {{rows}} JOIN pg_proc ON oid = id AND prokind <> 'a' CROSS JOIN LATERAL (
{indent(ROUTINE_FACTS.strip(), "  ")}
) facts (fact)
"""


def keep_settings(replaced: Iterable[Replaced]) -> str:
    """Return the statement that keeps what others set on objects before they are replaced."""
    queries = "\nUNION ALL\n".join(text.strip() for text in _select(tuple(replaced)))
    return f"""\
SELECT set_config({quote_literal(SETTING)}, coalesce(string_agg(change, '; '), 'SELECT'), false)
FROM (
{indent(queries, "  ")}
) kept (change)"""


def put_settings_back() -> str:
    """Return the statement that sets again what was kept."""
    return f"DO $$BEGIN EXECUTE current_setting({quote_literal(SETTING)}); END$$"


def _select(replaced: tuple[Replaced, ...]) -> Iterator[str]:
    views = [_row("to_regclass", _name(each), names) for each, names in replaced if each.kind is Kind.VIEW]
    if views:
        yield _OPTIONS.format(rows=_values(views))
    routines = [
        _row("to_regprocedure", f"{_name(each)}{each.arguments}", names)
        for each, names in replaced
        if each.kind is Kind.FUNCTION
    ]
    if routines:
        yield _ROUTINES.format(rows=_values(routines))
    columns = [
        _row("to_regclass", quote_qualified(*each.relation), names, each.name)
        for each, names in replaced
        if each.kind is Kind.COLUMN
    ]
    if columns:
        yield _COLUMNS.replace("{rows}", indent(",\n".join(columns), "  "))


def _values(rows: list[str]) -> str:
    return "(VALUES\n" + indent(",\n".join(rows), "  ") + "\n) ours (id, forgotten)"


def _row(function: str, name: str, ours: tuple[str, ...], part: str | None = None) -> str:
    found = f"{function}({quote_on_a_line(name)})" + (f", {quote_on_a_line(part)}" if part is not None else "")
    return f"({found}, ARRAY[{', '.join(map(quote_on_a_line, sorted(ours)))}]::text[])"


def _name(object_id: ObjectId) -> str:
    return quote_qualified(object_id.schema, object_id.name)
