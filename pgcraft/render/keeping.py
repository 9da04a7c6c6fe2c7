"""What stands on an object that is recreated, kept over that in whatever database it runs.

One block goes before the first drop: it asks the system catalogs what is there beside what the revision makes itself
(owner, privileges, comments, options, and what others built on top), keeps that as SQL in a setting of the session, and
drops what others built, which stands in the way. Another block behind the last statement runs that SQL. Whatever is
there by then is left as it is.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from textwrap import indent

from pgcraft.catalog.kinds import KINDS
from pgcraft.catalog.objects import Kind, ObjectId
from pgcraft.identifiers import quote_body, quote_literal, quote_on_a_line, quote_qualified
from pgcraft.render.kept_facts import select_facts, select_standing
from pgcraft.render.shared import SharedSql

SETTING = "pgcraft.kept"

CODE = "PGC406"
"""What the server says where something cannot be put back."""

_FUNCTIONS = "\n  functions oid[] := ARRAY[<FUNCTIONS>]::regprocedure[]::oid[];"
"""They are found before the path is empty: the type of an argument may be an extension's, on the path."""

_ATTACHED = {
    Kind.TRIGGER: ("pg_trigger", "tgrelid", "tgname"),
    Kind.POLICY: ("pg_policy", "polrelid", "polname"),
    Kind.STATISTICS: ("pg_statistic_ext", "stxrelid", "stxname"),
    Kind.CONSTRAINT: ("pg_constraint", "conrelid", "conname"),
    Kind.PUBLISHED: ("pg_publication_rel", "prrelid", "prpubid"),
}


@dataclass(frozen=True, slots=True)
class Remade:
    """An object that statements of ours drop.

    Attributes:
        forgotten: the facts that do not come back because they were ours: names of options and settings, ``comment``,
            ``PUBLIC``, and for columns ``comment on …`` and ``default of …``.
        is_back: it is made again; otherwise only what is built on it by others must not count as theirs to lose.
    """

    id: ObjectId
    forgotten: tuple[str, ...] = ()
    is_back: bool = True


def keep_standing(
    remade: Iterable[Remade], our_roles: Iterable[str] = (), beside: Iterable[ObjectId] = ()
) -> SharedSql:
    """Return the block that keeps what stands on objects before they are dropped.

    Args:
        our_roles: roles that have on our objects what is declared and nothing else.
        beside: what other blocks of the same revision keep; one text is shared by all of them.
    """
    listed = sorted(remade, key=lambda each: each.id)
    functions = [each.id for each in listed if each.id.kind is Kind.FUNCTION]
    rows = ",\n    ".join(_row(each, functions) for each in listed)
    ids = [*(each.id for each in listed), *beside]
    has_functions = any(each.kind is Kind.FUNCTION for each in ids)
    body = f""" -- keeps what others made of what is made again; the same text in every revision
DECLARE
  our_roles text[] := <ROLES>;
  path text := current_setting('search_path');
  kept json;{_FUNCTIONS if has_functions else ""}
BEGIN
  PERFORM set_config('search_path', '', true); -- names are printed with their schema
  WITH RECURSIVE ours (class, id, part, forgotten) AS (VALUES
    <OURS>
{indent(select_standing(ids), " " * 2)}
  ), facts (place, grantor, statement) AS (
{indent(select_facts(ids), " " * 4)}
  ) SELECT json_agg(facts ORDER BY place, statement) INTO kept FROM facts;
  PERFORM set_config({quote_literal(SETTING)}, coalesce(kept, '[]')::text, false);
  EXECUTE (SELECT coalesce(string_agg(fact ->> 'statement', '; '), 'SELECT')
           FROM json_array_elements(kept) fact WHERE (fact ->> 'place')::int < 0);
  PERFORM set_config('search_path', path, true);
END
"""
    filling = [("roles", _roles(our_roles)), ("ours", rows)]
    if has_functions:
        filling.append(("functions", ", ".join(map(_spell_function, functions))))
    return _share("keep_others", body, tuple(filling))


def _share(name: str, body: str, filling: tuple[tuple[str, str], ...] = ()) -> SharedSql:
    """Return a block; what only other dollars can quote is shared with none."""
    shared = SharedSql(name, f"DO $${body}$$", filling)
    inside = shared.sql.removeprefix("DO $$").removesuffix("$$")
    quoted = f"DO {quote_body(inside)}"
    return shared if quoted == shared.sql else SharedSql("", quoted)


def _spell_function(object_id: ObjectId) -> str:
    return quote_on_a_line(f"{quote_qualified(object_id.schema, object_id.name)}{object_id.arguments}")


def _roles(names: Iterable[str]) -> str:
    """Return an array of roles, and with them PUBLIC."""
    quoted = [quote_on_a_line(name) for name in sorted(names)]
    return f"ARRAY[{', '.join([quote_literal('PUBLIC'), *quoted])}]" if quoted else "'{}'"


def put_back() -> SharedSql:
    """Return the block that brings back what was kept."""
    body = f""" -- puts it back
DECLARE
  kept record;
  role text := current_setting('role');
  checks text := current_setting('check_function_bodies');
BEGIN
  PERFORM set_config('check_function_bodies', 'off', true);
  FOR kept IN
    SELECT * FROM json_to_recordset(current_setting({quote_literal(SETTING)})::json)
      AS fact (place int, grantor text, statement text) WHERE place > 0
  LOOP
    BEGIN
      PERFORM set_config('role', coalesce(kept.grantor, role), true);
      EXECUTE kept.statement;
    EXCEPTION WHEN OTHERS THEN
      IF SQLSTATE NOT IN ('42710', '42P07', '42P16') -- it is there already
        AND (kept.place < 300 OR SQLSTATE NOT IN ('42P01', '42703', '42704', '0A000')) THEN -- what that is of is gone
        RAISE EXCEPTION USING MESSAGE = '{CODE}: what others made cannot be put back: ' || SQLERRM, ERRCODE = SQLSTATE,
          DETAIL = kept.statement, HINT = 'run it as a member of the roles in it, or drop that and make it again later';
      END IF;
    END;
  END LOOP;
  PERFORM set_config('role', role, true), set_config('check_function_bodies', checks, true);
END
"""
    return _share("put_back_others", body)


def _row(remade: Remade, functions: Sequence[ObjectId]) -> str:
    forgotten = "NULL"
    if remade.is_back:
        listed = ", ".join(map(quote_on_a_line, sorted(remade.forgotten)))
        forgotten = f"ARRAY[{listed}]::text[]"
    catalog, oid, part = _address(remade.id, functions)
    return f"('{catalog}', {oid}, {part}, {forgotten})"


def _address(object_id: ObjectId, functions: Sequence[ObjectId]) -> tuple[str, str, str]:
    """Return system catalog, oid and number of the column."""
    relation = quote_on_a_line(quote_qualified(*object_id.relation)) + "::regclass"
    name = quote_on_a_line(quote_qualified(object_id.schema, object_id.name))
    match object_id.kind:
        case Kind.FUNCTION:
            return "pg_proc", f"functions[{functions.index(object_id) + 1}]", "0"
        case kind if KINDS[kind].is_type:
            return "pg_type", f"{name}::regtype::oid", "0"
        case Kind.COLUMN:
            number = f"attrelid = {relation} AND attname = {quote_on_a_line(object_id.name)}"
            return "pg_class", f"{relation}::oid", f"(SELECT attnum::int FROM pg_attribute WHERE {number})"
        case kind if kind in _ATTACHED:
            catalog, parent, own = _ATTACHED[kind]
            meant = quote_on_a_line(object_id.name)
            if kind is Kind.PUBLISHED:
                meant = f"(SELECT oid FROM pg_publication WHERE pubname = {meant})"
            return catalog, f"(SELECT oid FROM {catalog} WHERE {parent} = {relation} AND {own} = {meant})", "0"
        case Kind.PUBLICATION:
            found = f"(SELECT oid FROM pg_publication WHERE pubname = {quote_on_a_line(object_id.name)})"
            return "pg_publication", found, "0"
        case Kind.SEQUENCE:  # which a column has under another name, perhaps
            return "pg_class", f"to_regclass({name.removesuffix('::regclass')})", "0"
        case _:
            return "pg_class", f"{name}::regclass::oid", "0"
