"""What a database has and a catalog does not hold; it is named, never passed over in silence."""

from pgcraft.introspect.fetching import not_of_extension
from pgcraft.introspect.reading import Reading

_UNMODELLED = """
SELECT CASE p.prokind WHEN 'a' THEN 'aggregate' WHEN 'w' THEN 'window function' ELSE 'C function' END,
       n.nspname || '.' || p.proname || '(' || oidvectortypes(p.proargtypes) || ')'
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang
WHERE (p.prokind IN ('a', 'w') OR l.lanname IN ('c', 'internal')) AND {functions}
UNION ALL
SELECT CASE WHEN c.relkind = 'f' THEN 'foreign table' ELSE 'partition' END, n.nspname || '.' || c.relname
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE (c.relkind = 'f' OR (c.relispartition AND c.relkind IN ('r', 'p'))) AND {relations}
UNION ALL
SELECT 'inheritance', n.nspname || '.' || c.relname || ' from ' || i.inhparent::regclass::text
FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE NOT c.relispartition AND c.relkind = 'r' AND {relations}
UNION ALL
SELECT 'rule', w.rulename || ' on ' || n.nspname || '.' || c.relname
FROM pg_rewrite w JOIN pg_class c ON c.oid = w.ev_class JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE w.rulename <> '_RETURN' AND {relations}
UNION ALL
SELECT 'switched-off trigger', t.tgname || ' on ' || n.nspname || '.' || c.relname
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE NOT t.tgisinternal AND t.tgenabled <> 'O' AND {relations}
UNION ALL
SELECT 'statistics', n.nspname || '.' || s.stxname
FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace WHERE {schemas}
UNION ALL
SELECT 'collation', n.nspname || '.' || l.collname
FROM pg_collation l JOIN pg_namespace n ON n.oid = l.collnamespace WHERE {collations}
UNION ALL
SELECT 'operator', n.nspname || '.' || o.oprname
FROM pg_operator o JOIN pg_namespace n ON n.oid = o.oprnamespace WHERE {operators}
UNION ALL
SELECT 'text search configuration', n.nspname || '.' || s.cfgname
FROM pg_ts_config s JOIN pg_namespace n ON n.oid = s.cfgnamespace WHERE {configurations}
UNION ALL
SELECT 'default privileges', coalesce('in schema ' || n.nspname, 'everywhere') || ' of ' || r.rolname
FROM pg_default_acl a JOIN pg_roles r ON r.oid = a.defaclrole LEFT JOIN pg_namespace n ON n.oid = a.defaclnamespace
UNION ALL
SELECT 'event trigger', v.evtname FROM pg_event_trigger v WHERE {event_triggers}
UNION ALL
SELECT 'publication', b.pubname FROM pg_publication b
UNION ALL
SELECT 'foreign server', f.srvname FROM pg_foreign_server f WHERE {servers}
"""

_UNMODELLED_TYPES = """
SELECT CASE t.typtype WHEN 'd' THEN 'domain' WHEN 'r' THEN 'range type' WHEN 'c' THEN 'composite type'
            ELSE 'base type' END,
       n.nspname || '.' || t.typname, t.oid
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace LEFT JOIN pg_class c ON c.oid = t.typrelid
WHERE (t.typtype IN ('d', 'r') OR (t.typtype = 'c' AND c.relkind = 'c') OR (t.typtype = 'b' AND t.typelem = 0))
  AND {types}
"""


def read_notes(reading: Reading) -> None:
    """Name what has no kind here, sorted."""
    scope = reading.scope
    rows = reading.rows(
        f"SELECT *, NULL::oid FROM ({_UNMODELLED}) u UNION ALL {_UNMODELLED_TYPES}",
        types=scope.of("pg_type", "t"),
        functions=scope.of("pg_proc", "p"),
        relations=scope.of("pg_class", "c"),
        collations=scope.of("pg_collation", "l"),
        operators=scope.of("pg_operator", "o"),
        configurations=scope.of("pg_ts_config", "s"),
        event_triggers=not_of_extension("pg_event_trigger", "v"),
        servers=not_of_extension("pg_foreign_server", "f"),
    )
    found = ((what, name) for what, name, oid in rows if ("pg_type", oid, 0) not in reading.ids)
    reading.notes += sorted(f"{what} {name} is left alone: pgcraft does not model it" for what, name in found)
