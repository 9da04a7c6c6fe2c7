"""What stands on an object that is dropped and made again, kept over that in whatever database it runs.

One block goes before the first drop: it asks the system catalogs what is there beside what the revision makes itself
(owner, privileges, comments, options, and what others built on top), keeps that as SQL in a setting of the session, and
drops what others built, which stands in the way. Another block behind the last statement runs that SQL. Whatever is
there by then is left as it is.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from pgcraft.catalog.objects import Kind, ObjectId
from pgcraft.identifiers import quote_body, quote_literal, quote_name, quote_qualified
from pgcraft.render.kept_facts import KEEP, STANDING, select_facts

SETTING = "pgcraft.kept"

_ATTACHED = {
    Kind.TRIGGER: ("pg_trigger", "tgrelid", "tgname"),
    Kind.POLICY: ("pg_policy", "polrelid", "polname"),
    Kind.CONSTRAINT: ("pg_constraint", "conrelid", "conname"),
}


@dataclass(frozen=True, slots=True)
class Remade:
    """An object that statements of ours drop.

    Attributes:
        forgotten: the facts that do not come back because they were ours: names of options and settings, ``comment``,
            ``public``, and for columns ``comment on …`` and ``default of …``.
        is_back: it is made again; otherwise only what is built on it by others must not count as theirs to lose.
    """

    id: ObjectId
    forgotten: tuple[str, ...] = ()
    is_back: bool = True


def keep_standing(remade: Iterable[Remade], our_roles: Iterable[str] = ()) -> str:
    """Give the block that keeps what stands on objects before they are dropped.

    Args:
        our_roles: roles that have on our objects what is declared and nothing else.
    """
    listed = sorted(remade, key=lambda each: each.id)
    rows = ",\n".join(map(_row, listed))
    facts = "\nUNION ALL\n".join(text.strip("\n") for text in select_facts(frozenset(each.id.kind for each in listed)))
    body = f"""
DECLARE
  our_roles oid[] := {_roles(our_roles)};
  path text := current_setting('search_path');
  kept json;
  removals text[];
  removal text;
  barred text;
BEGIN
  PERFORM set_config('search_path', '', true); -- names are printed with their schema
  WITH RECURSIVE ours (class, id, part, forgotten) AS (
    VALUES
{_indent(rows, 6)}
  ),
{_indent(STANDING, 2)},
  facts (place, condition, grantor, statement) AS (
{_indent(facts, 4)}
  )
{_indent(KEEP, 2)}
  IF barred IS NOT NULL THEN
    RAISE EXCEPTION '%, to whom % could not give it back', barred, current_user
      USING ERRCODE = 'insufficient_privilege', HINT = 'run this as a member of that role or as a superuser';
  END IF;
  PERFORM set_config({quote_literal(SETTING)}, coalesce(kept, '[]')::text, false);
  FOREACH removal IN ARRAY removals LOOP
    EXECUTE removal;
  END LOOP;
  PERFORM set_config('search_path', path, true);
END
"""
    return f"DO {quote_body(body)}"


def _roles(names: Iterable[str]) -> str:
    """Give an array of the oids of those roles that exist, and with them of PUBLIC, which is 0."""
    quoted = [f"to_regrole({quote_literal(quote_name(name))})::oid" for name in sorted(names)]
    return f"array_remove(ARRAY[{', '.join(['0::oid', *quoted])}], NULL)" if quoted else "'{}'"


def put_back() -> str:
    """Give the block that brings back what was kept."""
    body = f"""
DECLARE
  kept record;
  applies boolean;
  role_before text := current_setting('role');
  check_before text := current_setting('check_function_bodies');
BEGIN
  PERFORM set_config('check_function_bodies', 'off', true);
  FOR kept IN
    SELECT * FROM json_to_recordset(current_setting({quote_literal(SETTING)})::json)
      AS k (condition text, grantor text, statement text)
  LOOP
    EXECUTE 'SELECT ' || kept.condition INTO applies;
    IF applies THEN
      PERFORM set_config('role', coalesce(kept.grantor, role_before), true);
      EXECUTE kept.statement;
      PERFORM set_config('role', role_before, true);
    END IF;
  END LOOP;
  PERFORM set_config('check_function_bodies', check_before, true);
  PERFORM set_config({quote_literal(SETTING)}, '', false);
END
"""
    return f"DO {quote_body(body)}"


def _row(remade: Remade) -> str:
    forgotten = "NULL"
    if remade.is_back:
        listed = ", ".join(map(quote_literal, sorted(remade.forgotten)))
        forgotten = f"ARRAY[{listed}]::text[]"
    catalog, oid, part = _address(remade.id)
    return f"('{catalog}'::regclass::oid, {oid}, {part}, {forgotten})"


def _address(object_id: ObjectId) -> tuple[str, str, str]:
    """Give system catalog, oid and number of the column."""
    relation = quote_literal(quote_qualified(object_id.schema, object_id.parent or "")) + "::regclass"
    name = quote_literal(quote_qualified(object_id.schema, object_id.name))
    match object_id.kind:
        case Kind.FUNCTION:
            target = f"{quote_qualified(object_id.schema, object_id.name)}({object_id.signature or ''})"
            return "pg_proc", f"{quote_literal(target)}::regprocedure::oid", "0"
        case Kind.ENUM:
            return "pg_type", f"{name}::regtype::oid", "0"
        case Kind.COLUMN:
            number = f"attrelid = {relation} AND attname = {quote_literal(object_id.name)}"
            return "pg_class", f"{relation}::oid", f"(SELECT attnum::int FROM pg_attribute WHERE {number})"
        case Kind.TRIGGER | Kind.POLICY | Kind.CONSTRAINT as kind:
            catalog, parent, own = _ATTACHED[kind]
            found = f"{parent} = {relation} AND {own} = {quote_literal(object_id.name)}"
            return catalog, f"(SELECT oid FROM {catalog} WHERE {found})", "0"
        case _:
            return "pg_class", f"{name}::regclass::oid", "0"


def _indent(text: str, width: int) -> str:
    return "\n".join(" " * width + line if line else "" for line in text.strip("\n").split("\n"))
