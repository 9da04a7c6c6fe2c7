"""Enumerated types, domains, composite and range types, and sequences that no column owns."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from pgcraft.catalog.definitions import Domain, Enum, Sequence
from pgcraft.catalog.made_types import Composite, Range
from pgcraft.catalog.objects import Kind, ObjectId
from pgcraft.catalog.tokens import canonical_condition
from pgcraft.introspect.fetching import Rows
from pgcraft.introspect.reading import Reader, Reading

_COLLATION = """CASE WHEN l.oid IS NULL THEN NULL
              WHEN l.collnamespace = 'pg_catalog'::regnamespace THEN quote_ident(l.collname)
              ELSE l.collnamespace::regnamespace || '.' || quote_ident(l.collname) END"""

# All types by one query: letter, oid and those of what comes with it, name, comment, and the facts of the kind as JSON.
_TYPES = f"""
WITH types AS (
  SELECT t.*, n.nspname, obj_description(t.oid, 'pg_type') AS comment, pg_get_userbyid(t.typowner) AS owner
  FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
  WHERE t.typtype IN ('e', 'd', 'c', 'r') AND {{types}} AND (
    t.typtype <> 'c' OR EXISTS (SELECT FROM pg_class c WHERE c.oid = t.typrelid AND c.relkind = 'c'))
)
SELECT 'e', t.oid, t.typarray, NULL::oid, NULL::oid, t.nspname, t.typname, t.comment, t.owner,
       (SELECT json_agg(l.enumlabel ORDER BY l.enumsortorder) FROM pg_enum l WHERE l.enumtypid = t.oid)
FROM types t WHERE t.typtype = 'e'
UNION ALL
SELECT 'd', t.oid, t.typarray, NULL, NULL, t.nspname, t.typname, t.comment, t.owner,
       json_build_array(
         format_type(t.typbasetype, t.typtypmod),
         nullif(pg_get_expr(t.typdefaultbin, 0), pg_get_expr(b.typdefaultbin, 0)), NOT t.typnotnull,
         (SELECT json_agg(json_build_array(k.conname, pg_get_expr(k.conbin, 0), k.oid::text)) FROM pg_constraint k
          WHERE k.contypid = t.oid AND k.contype = 'c'),
         {_COLLATION})
FROM types t JOIN pg_type b ON b.oid = t.typbasetype
LEFT JOIN pg_collation l ON l.oid = t.typcollation AND t.typcollation <> b.typcollation
WHERE t.typtype = 'd'
UNION ALL
SELECT 'c', t.oid, t.typarray, t.typrelid, NULL, t.nspname, t.typname, t.comment, t.owner,
       (SELECT json_agg(json_build_array(a.attname, format_type(a.atttypid, a.atttypmod), {_COLLATION},
                                         col_description(t.typrelid, a.attnum)) ORDER BY a.attnum)
        FROM pg_attribute a JOIN pg_type b ON b.oid = a.atttypid
        LEFT JOIN pg_collation l ON l.oid = a.attcollation AND a.attcollation <> b.typcollation
        WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped)
FROM types t WHERE t.typtype = 'c'
UNION ALL
SELECT 'r', t.oid, t.typarray, m.oid, m.typarray, t.nspname, t.typname, t.comment, t.owner,
       json_build_array(
         format_type(r.rngsubtype, NULL), m.typname,
         CASE WHEN o.opcdefault THEN NULL WHEN o.opcnamespace = 'pg_catalog'::regnamespace THEN quote_ident(o.opcname)
              ELSE o.opcnamespace::regnamespace || '.' || quote_ident(o.opcname) END,
         {_COLLATION},
         (SELECT json_build_array(x.nspname, f.proname) FROM pg_proc f JOIN pg_namespace x ON x.oid = f.pronamespace
          WHERE f.oid = r.rngcanonical),
         (SELECT json_build_array(x.nspname, f.proname) FROM pg_proc f JOIN pg_namespace x ON x.oid = f.pronamespace
          WHERE f.oid = r.rngsubdiff))
FROM types t JOIN pg_range r ON r.rngtypid = t.oid
JOIN pg_type m ON m.oid = r.rngmultitypid JOIN pg_type b ON b.oid = r.rngsubtype
JOIN pg_opclass o ON o.oid = r.rngsubopc
LEFT JOIN pg_collation l ON l.oid = r.rngcollation AND r.rngcollation <> b.typcollation
"""

_SEQUENCES = """
SELECT c.oid, n.nspname, c.relname, format_type(s.seqtypid, NULL), s.seqstart, s.seqincrement, s.seqmin, s.seqmax,
       s.seqcache, s.seqcycle, obj_description(c.oid, 'pg_class'), pg_get_userbyid(c.relowner)
FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE {relations} AND NOT EXISTS (
  SELECT FROM pg_depend d
  WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.refclassid = 'pg_class'::regclass
    AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
)
"""


def take_types(reading: Reading, rows: Rows) -> None:
    """Take the types that somebody made, and know them by the oids of their arrays, multiranges and rows, too."""
    for letter, oid, array, other, its_array, schema, name, comment, owner, facts in rows:
        kind, read = _READ[letter]
        object_id = ObjectId(kind, schema, name)
        definition, texts = read(facts or [], comment)
        reading.add(object_id, replace(definition, owner=owner), texts=texts)
        reading.ids["pg_type", oid, 0] = reading.ids["pg_type", array, 0] = object_id
        if kind is Kind.COMPOSITE:
            reading.ids["pg_class", other, 0] = object_id
        elif kind is Kind.RANGE:
            reading.ids["pg_type", other, 0] = reading.ids["pg_type", its_array, 0] = object_id
        elif kind is Kind.DOMAIN:  # what its checks call is known by the oids of these
            checks = facts[3] or ()
            reading.ids.update({("pg_constraint", check, 0): object_id for *_, check in checks})


_Read = tuple[Enum | Domain | Composite | Range, tuple[str, ...]]


def _read_enum(values: list[str], comment: str | None) -> _Read:
    return Enum(tuple(values), comment), ()


def _read_domain(facts: list[Any], comment: str | None) -> _Read:
    type_, default, nullable, found, collation = facts
    checks = tuple(sorted((name, canonical_condition(text)) for name, text, _ in found or ()))
    return Domain(type_, default, nullable, checks, collation, comment), (type_, default or "")


def _read_composite(attributes: list[Any], comment: str | None) -> _Read:
    types = tuple((name, type_) for name, type_, *_ in attributes)
    collations = ((name, collation) for name, _, collation, _ in attributes if collation is not None)
    comments = ((name, text) for name, *_, text in attributes if text is not None)
    definition = Composite(types, tuple(sorted(collations)), comment, tuple(sorted(comments)))
    return definition, tuple(type_ for _, type_ in types)


def _read_range(facts: list[Any], comment: str | None) -> _Read:
    subtype, multirange, operator_class, collation, *functions = facts
    canonical, difference = (tuple(function) if function else None for function in functions)
    return Range(subtype, multirange, operator_class, collation, canonical, difference, comment), (subtype,)


_READ: dict[str, tuple[Kind, Callable[[list[Any], str | None], _Read]]] = {
    "e": (Kind.ENUM, _read_enum),
    "d": (Kind.DOMAIN, _read_domain),
    "c": (Kind.COMPOSITE, _read_composite),
    "r": (Kind.RANGE, _read_range),
}


def take_sequences(reading: Reading, rows: Rows) -> None:
    """Take the sequences that no column owns."""
    for oid, schema, name, type_, *facts in rows:
        object_id = ObjectId(Kind.SEQUENCE, schema, name)
        reading.add(object_id, Sequence(type_, *facts))
        reading.ids["pg_class", oid, 0] = object_id


READERS = (
    Reader(tuple(kind for kind, _ in _READ.values()), _TYPES, take_types),
    Reader((Kind.SEQUENCE,), _SEQUENCES, take_sequences),
)
