"""The types that a database uses, as far as values of them depend on it. One query; needs psycopg."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import psycopg

from pgcraft.catalog.tokens import replace_word
from pgcraft.devdb.rows.candidates import ColumnType

Connection = psycopg.Connection[Any]

VALUE = "VALUE"
"""How a domain's check names the value that it is about."""


@dataclass(frozen=True)
class Type:
    """A row of pg_type with what belongs to it; oids are 0 where there is none."""

    name: str
    kind: str
    sql: str
    base: int
    modifier: int
    element: int
    is_required: bool
    labels: tuple[str, ...]
    fields: tuple[Sequence[int], ...]
    checks: tuple[str, ...]

    @property
    def below(self) -> tuple[int, ...]:
        """The types that it is made of."""
        return tuple(oid for oid in (self.base, self.element, *(field for field, _ in self.fields)) if oid)


Types = Mapping[int, Type]
"""By oid."""


def read_types(connection: Connection, oids: Iterable[int]) -> Types:
    """Read some types, those of all functions' arguments, and what they are made of, step by step."""
    found: dict[int, Type] = {}
    wanted = {*oids, *(oid for (oid,) in connection.execute(_ARGUMENTS))}
    while wanted:
        rows = connection.execute(_TYPES, [list(wanted)])
        for oid, name, kind, sql, base, modifier, element, is_required, *lists in rows:
            labels, fields, checks = map(tuple, lists)
            found[oid] = Type(name, kind, sql, base, modifier, element, is_required, labels, fields, checks)
        wanted = {oid for one in found.values() for oid in one.below} - set(found)
    return found


def make_type(oid: int, modifier: int, types: Types) -> ColumnType:
    """Return a type with its length or precision; of a domain what is under it; a nameless one where it is unread."""
    found = types.get(oid)
    if found is None:
        return ColumnType("")
    if found.base:
        return make_type(found.base, found.modifier, types)
    made = ColumnType(found.name, found.kind, labels=found.labels)
    if found.element:
        return replace(made, element=make_type(found.element, modifier, types))
    if found.fields:
        return replace(made, fields=tuple(make_type(field, own, types) for field, own in found.fields))
    return replace(made, **_read_modifier(found.name, modifier))


def _read_modifier(name: str, modifier: int) -> dict[str, Any]:
    """Return length or precision; PostgreSQL packs them into one number, per type."""
    if modifier < 0:
        return {"length": 1} if name in {"bpchar", "bit", "char"} else {"length": 63} if name == "name" else {}
    match name:
        case "varchar" | "bpchar":
            return {"length": modifier - 4}
        case "numeric":
            scale = (modifier - 4) & 0x7FF
            return {"precision": ((modifier - 4) >> 16, scale - 0x800 if scale & 0x400 else scale)}
        case "bit" | "varbit" | "vector" | "halfvec":
            return {"length": modifier}
        case _:
            return {}


def find_base_sql(oid: int, types: Types) -> str:
    """Return the type under a domain, or the array of it for an array of domains; empty for others."""
    found = types[oid]
    if found.base:
        return find_base_sql(found.base, types) or found.sql
    below = find_base_sql(found.element, types) if found.element and found.kind == "b" else ""
    return f"{below}[]" if below else ""


def is_required_by_domain(oid: int, types: Types) -> bool:
    """Tell whether a domain, or one under it, refuses NULL."""
    found = types.get(oid)
    return bool(found and found.base and (found.is_required or is_required_by_domain(found.base, types)))


def list_domain_checks(oid: int, types: Types) -> tuple[str, ...]:
    """Return the checks of a domain and of those under it; of an array of domains as checks of the array."""
    found = types.get(oid)
    if found is None:
        return ()
    if found.base:
        return (*found.checks, *list_domain_checks(found.base, types))
    checks = list_domain_checks(found.element, types) if found.element and found.kind == "b" else ()
    return tuple(f"(SELECT bool_and({replace_word(check, VALUE, 'v')}) FROM unnest(VALUE) AS u(v))" for check in checks)


_ARGUMENTS = b"""
SELECT DISTINCT unnest(p.proargtypes)
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
"""

_TYPES = b"""
SELECT t.oid, t.typname, t.typtype::text,
  CASE WHEN t.typbasetype <> 0 THEN format_type(t.typbasetype, t.typtypmod) ELSE format_type(t.oid, NULL) END,
  t.typbasetype::bigint, t.typtypmod,
  CASE WHEN t.typcategory = 'A' THEN t.typelem WHEN r.rngtypid = t.oid THEN r.rngsubtype
    WHEN r.rngmultitypid = t.oid THEN r.rngtypid ELSE 0 END::bigint,
  t.typnotnull,
  ARRAY(SELECT e.enumlabel::text FROM pg_enum e WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder),
  ARRAY(SELECT ARRAY[a.atttypid::bigint, a.atttypmod] FROM pg_attribute a
    WHERE t.typtype = 'c' AND a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum),
  ARRAY(SELECT pg_get_expr(o.conbin, 0) FROM pg_constraint o
    WHERE o.contypid = t.oid AND o.contype = 'c' ORDER BY o.conname)
FROM pg_type t LEFT JOIN pg_range r ON t.oid IN (r.rngtypid, r.rngmultitypid) WHERE t.oid = ANY(%s)
"""
