"""What a database has and a catalog does not hold; it is named, never passed over in silence."""

from collections.abc import Collection

from pgcraft.introspect.fetching import Connection, make_fetch, qualified_names, scope_conditions

NAMED = 5
"""How many things of a kind are named; of more the number is told."""

_UNMODELLED = """
SELECT CASE p.prokind WHEN 'w' THEN 'window function' ELSE 'C function' END,
       n.nspname || '.' || p.proname || '(' || oidvectortypes(p.proargtypes) || ')'
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang
WHERE (p.prokind = 'w' OR l.lanname IN ('c', 'internal') AND p.prokind <> 'a') AND {functions}
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'i')
UNION ALL
SELECT CASE c.relkind WHEN 'f' THEN 'foreign table' ELSE 'table of a type' END, n.nspname || '.' || c.relname
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE (c.relkind = 'f' OR c.reloftype <> 0) AND {relations}
UNION ALL
SELECT p.what, p.name || ' on ' || n.nspname || '.' || c.relname
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace CROSS JOIN LATERAL (
  SELECT 'index of a partition', x.relname FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid
  WHERE i.indrelid = c.oid AND NOT x.relispartition
    AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = x.oid AND k.contype IN ('p', 'u', 'x'))
  UNION ALL
  SELECT 'constraint of a partition', k.conname FROM pg_constraint k
  WHERE k.conrelid = c.oid AND k.conparentid = 0 AND k.coninhcount = 0 AND k.contype IN ('p', 'u', 'c', 'f', 'x')
  UNION ALL
  SELECT 'trigger of a partition', t.tgname FROM pg_trigger t
  WHERE t.tgrelid = c.oid AND t.tgparentid = 0 AND NOT t.tgisinternal
) p (what, name)
WHERE c.relispartition AND c.relkind IN ('r', 'p') AND {relations}
UNION ALL
SELECT 'sequence that a column owns and does not take from', n.nspname || '.' || c.relname
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.refclassid = 'pg_class'::regclass
  AND d.refobjsubid > 0 AND d.deptype = 'a'
LEFT JOIN pg_attrdef f ON f.adrelid = d.refobjid AND f.adnum = d.refobjsubid
WHERE c.relkind = 'S' AND coalesce(pg_get_expr(f.adbin, f.adrelid), '') NOT LIKE 'nextval(%' AND {relations}
UNION ALL
SELECT 'rule', w.rulename || ' on ' || n.nspname || '.' || c.relname
FROM pg_rewrite w JOIN pg_class c ON c.oid = w.ev_class JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE w.rulename <> '_RETURN' AND {relations}
UNION ALL
SELECT 'statistics object', n.nspname || '.' || s.stxname
FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace JOIN pg_class c ON c.oid = s.stxrelid
WHERE (s.stxnamespace <> c.relnamespace OR c.relkind = 'f' OR c.relispartition) AND {schemas}
UNION ALL
SELECT 'base type', n.nspname || '.' || t.typname
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE t.typtype = 'b' AND t.typelem = 0 AND {types}
UNION ALL
SELECT 'collation', n.nspname || '.' || l.collname
FROM pg_collation l JOIN pg_namespace n ON n.oid = l.collnamespace WHERE {collations}
UNION ALL
SELECT 'operator', n.nspname || '.' || o.oprname
FROM pg_operator o JOIN pg_namespace n ON n.oid = o.oprnamespace WHERE {operators}
UNION ALL
SELECT 'operator class', n.nspname || '.' || o.opcname
FROM pg_opclass o JOIN pg_namespace n ON n.oid = o.opcnamespace WHERE {classes}
UNION ALL
SELECT 'operator family', n.nspname || '.' || o.opfname
FROM pg_opfamily o JOIN pg_namespace n ON n.oid = o.opfnamespace
WHERE {families} AND NOT EXISTS (SELECT FROM pg_opclass WHERE opcfamily = o.oid)
UNION ALL
SELECT 'conversion', n.nspname || '.' || v.conname
FROM pg_conversion v JOIN pg_namespace n ON n.oid = v.connamespace WHERE {conversions}
UNION ALL
SELECT 'privileges on type', n.nspname || '.' || t.typname
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE NOT (t.typacl @> acldefault('T', t.typowner) AND t.typacl <@ acldefault('T', t.typowner)) AND {types}
UNION ALL
SELECT 'what its owner may not do with', n.nspname || '.' || c.relname
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S')
  AND NOT c.relacl @> acldefault(CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", c.relowner) AND {relations}
UNION ALL
SELECT p.what, p.name || n.nspname || '.' || c.relname
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace CROSS JOIN LATERAL (
  SELECT 'statistics target of column', a.attname || ' on ' FROM pg_attribute a
  WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attstattarget >= 0
  UNION ALL
  SELECT 'options of column', a.attname || ' on ' FROM pg_attribute a
  WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attoptions IS NOT NULL AND c.relkind <> 'i'
  UNION ALL
  SELECT 'replica identity of table', '' WHERE c.relkind IN ('r', 'p') AND c.relreplident <> 'd'
  UNION ALL
  SELECT 'index to cluster by', x.relname || ' on ' FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid
  WHERE i.indrelid = c.oid AND i.indisclustered
) p (what, name)
WHERE c.relkind IN ('r', 'p', 'm', 'i', 'I') AND {relations}
UNION ALL
SELECT 'text search parser', n.nspname || '.' || s.prsname
FROM pg_ts_parser s JOIN pg_namespace n ON n.oid = s.prsnamespace WHERE {parsers}
UNION ALL
SELECT 'text search template', n.nspname || '.' || s.tmplname
FROM pg_ts_template s JOIN pg_namespace n ON n.oid = s.tmplnamespace WHERE {templates}
UNION ALL
SELECT 'text search configuration', n.nspname || '.' || s.cfgname
FROM pg_ts_config s JOIN pg_namespace n ON n.oid = s.cfgnamespace WHERE {configurations}
UNION ALL
SELECT 'text search dictionary', n.nspname || '.' || s.dictname
FROM pg_ts_dict s JOIN pg_namespace n ON n.oid = s.dictnamespace WHERE {dictionaries}
UNION ALL
SELECT 'default privileges on large objects', coalesce('in schema ' || n.nspname, 'everywhere') || ' of ' || r.rolname
FROM pg_default_acl a JOIN pg_roles r ON r.oid = a.defaclrole LEFT JOIN pg_namespace n ON n.oid = a.defaclnamespace
WHERE a.defaclobjtype = 'L'
UNION ALL
SELECT 'event trigger', v.evtname
FROM pg_event_trigger v JOIN pg_proc p ON p.oid = v.evtfoid JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE {event_triggers}
UNION ALL
SELECT g.what, g.name
FROM (
  SELECT 'cast', 'pg_cast'::regclass, oid, format_type(castsource, NULL) || ' to ' || format_type(casttarget, NULL)
  FROM pg_cast UNION ALL
  SELECT 'transform', 'pg_transform'::regclass, t.oid, format_type(t.trftype, NULL) || ' of ' || l.lanname
  FROM pg_transform t JOIN pg_language l ON l.oid = t.trflang UNION ALL
  SELECT 'language', 'pg_language'::regclass, oid, lanname FROM pg_language UNION ALL
  SELECT 'access method', 'pg_am'::regclass, oid, amname FROM pg_am UNION ALL
  SELECT 'foreign data wrapper', 'pg_foreign_data_wrapper'::regclass, oid, fdwname FROM pg_foreign_data_wrapper
  UNION ALL
  SELECT 'foreign server', 'pg_foreign_server'::regclass, oid, srvname FROM pg_foreign_server UNION ALL
  SELECT 'user mapping', 'pg_user_mapping'::regclass, umid, usename || ' on ' || srvname FROM pg_user_mappings UNION ALL
  SELECT 'subscription', 'pg_subscription'::regclass, s.oid, s.subname
  FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid WHERE d.datname = current_database()
) g (what, catalog, oid, name) -- in no schema
WHERE g.oid >= 16384
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = g.catalog AND d.objid = g.oid AND d.deptype IN ('e', 'i'))
UNION ALL
SELECT 'security label', l.provider || ' on ' || o.type || ' ' || o.identity
FROM pg_seclabel l CROSS JOIN pg_identify_object(l.classoid, l.objoid, l.objsubid) o
"""


def read_unmodelled(connection: Connection, *, schemas: Collection[str] | None = None) -> tuple[str, ...]:
    """Return one line each on what is there and has no kind here, sorted.

    Args:
        connection: as :func:`read_catalog` takes it.
        schemas: those that matter; None for all but PostgreSQL's own.
    """
    found: dict[str, list[str]] = {}
    for what, name in list_unmodelled(connection, schemas=schemas):
        found.setdefault(what, []).append(name)
    return tuple(_tell(what, names) for what, names in found.items())


def list_unmodelled(connection: Connection, *, schemas: Collection[str] | None = None) -> tuple[tuple[str, str], ...]:
    """Return all that is there and has no kind here, each what it is and its name, sorted."""
    fetch = make_fetch(connection)
    with qualified_names(fetch):
        return tuple(sorted((what, name) for what, name in fetch(_UNMODELLED.format(**scope_conditions(schemas)))))


def _tell(what: str, names: list[str]) -> str:
    if len(names) == 1:
        return f"{what} {names[0]} is left alone: pgcraft does not model it"
    listed = ", ".join(names[:NAMED]) + (f" and {len(names) - NAMED} more" if len(names) > NAMED else "")
    return f"{what}, {len(names)} times, is left alone: pgcraft does not model it: {listed}"
