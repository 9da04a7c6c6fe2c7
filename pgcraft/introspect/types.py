"""Enumerated types, domains, and sequences that no column owns."""

from pgcraft.catalog.definitions import Domain, Enum, Sequence
from pgcraft.catalog.objects import Kind, ObjectId
from pgcraft.catalog.tokens import canonical_condition
from pgcraft.introspect.reading import Reader, Reading

_ENUMS = """
SELECT t.oid, t.typarray, n.nspname, t.typname,
       array(SELECT l.enumlabel::text FROM pg_enum l WHERE l.enumtypid = t.oid ORDER BY l.enumsortorder)
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE t.typtype = 'e' AND {owned}
"""

_DOMAINS = """
SELECT t.oid, t.typarray, n.nspname, t.typname, format_type(t.typbasetype, t.typtypmod),
       nullif(pg_get_expr(t.typdefaultbin, 0), pg_get_expr(b.typdefaultbin, 0)), NOT t.typnotnull,
       array(SELECT k.conname::text FROM pg_constraint k WHERE k.contypid = t.oid AND k.contype = 'c' ORDER BY k.oid),
       array(SELECT pg_get_expr(k.conbin, 0) FROM pg_constraint k
             WHERE k.contypid = t.oid AND k.contype = 'c' ORDER BY k.oid),
       array(SELECT k.oid::bigint FROM pg_constraint k WHERE k.contypid = t.oid AND k.contype = 'c' ORDER BY k.oid),
       CASE WHEN l.oid IS NULL THEN NULL WHEN l.collnamespace = 'pg_catalog'::regnamespace THEN quote_ident(l.collname)
            ELSE l.collnamespace::regnamespace || '.' || quote_ident(l.collname) END,
       obj_description(t.oid, 'pg_type')
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace JOIN pg_type b ON b.oid = t.typbasetype
LEFT JOIN pg_collation l ON l.oid = t.typcollation AND t.typcollation <> b.typcollation
WHERE t.typtype = 'd' AND {owned}
"""

_SEQUENCES = """
SELECT c.oid, n.nspname, c.relname, format_type(s.seqtypid, NULL), s.seqstart, s.seqincrement, s.seqmin, s.seqmax,
       s.seqcache, s.seqcycle, obj_description(c.oid, 'pg_class')
FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE {owned} AND NOT EXISTS (
  SELECT FROM pg_depend d
  WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.refclassid = 'pg_class'::regclass
    AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
)
"""


def read_enums(reading: Reading) -> None:
    """Read the enumerated types."""
    for oid, array_oid, schema, name, values in reading.rows(_ENUMS, owned=reading.scope.of("pg_type", "t")):
        object_id = ObjectId(Kind.ENUM, schema, name)
        reading.add(object_id, Enum(tuple(values)))
        reading.ids["pg_type", oid, 0] = reading.ids["pg_type", array_oid, 0] = object_id


def read_domains(reading: Reading) -> None:
    """Read the domains; what their checks call is known by the oids of these."""
    for oid, array_oid, schema, name, type_, default, nullable, names, conditions, oids, *facts in reading.rows(
        _DOMAINS, owned=reading.scope.of("pg_type", "t")
    ):
        object_id = ObjectId(Kind.DOMAIN, schema, name)
        checks = sorted(zip(names, map(canonical_condition, conditions), strict=True))
        reading.add(object_id, Domain(type_, default, nullable, tuple(checks), *facts), texts=(type_, default or ""))
        reading.ids["pg_type", oid, 0] = reading.ids["pg_type", array_oid, 0] = object_id
        reading.ids.update({("pg_constraint", check, 0): object_id for check in oids})


def read_sequences(reading: Reading) -> None:
    """Read the sequences that no column owns."""
    for oid, schema, name, type_, *facts in reading.rows(_SEQUENCES, owned=reading.scope.of("pg_class", "c")):
        object_id = ObjectId(Kind.SEQUENCE, schema, name)
        reading.add(object_id, Sequence(type_, *facts))
        reading.ids["pg_class", oid, 0] = object_id


READERS = (
    Reader((Kind.ENUM,), read_enums),
    Reader((Kind.DOMAIN,), read_domains),
    Reader((Kind.SEQUENCE,), read_sequences),
)
