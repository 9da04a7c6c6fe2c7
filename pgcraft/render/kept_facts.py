"""The queries behind ``keeping``: each gives facts of what goes, as SQL that brings them back, in the order of places.

``ours`` holds the addresses of what the revision drops itself; ``gone`` holds what goes, and the columns of that, with
what others built on it: how many steps it is away from ours, what it is called, and how ALTER and GRANT name it. A
place below 0 goes at once, one below 300 makes something, and the others say something of what is there by then.
"""

from collections.abc import Collection, Iterator
from textwrap import indent

from pgcraft.catalog.kinds import PARTS, TYPES, select
from pgcraft.catalog.made_types import Composite
from pgcraft.catalog.objects import Kind, ObjectId

_VIEWS = (Kind.VIEW, Kind.MATERIALIZED_VIEW)
_COMPOSITES = frozenset(select(lambda row: row.definition is Composite))
_PARTS = tuple(kind for kind in PARTS if kind is not Kind.COLUMN)

_STANDING = """
), standing (class, id, part, depth, stays) AS ( -- what goes, and what others built on it
  SELECT class, id, part, 0, false FROM ours WHERE forgotten IS NOT NULL UNION
  SELECT CASE WHEN w.oid IS NULL THEN kind ELSE 'pg_class' END, coalesce(w.ev_class, objid),<PART> depth + 1,
         (part > 0 OR deptype <> 'n') AND kind IN ('pg_class', 'pg_constraint', 'pg_statistic_ext')
  FROM standing JOIN (SELECT *, classid::regclass::text AS kind FROM pg_depend<HEIRS>) d
    ON refclassid = class::regclass AND refobjid = id AND part IN (0, refobjsubid) AND class <> 'pg_publication'
  LEFT JOIN pg_rewrite w ON kind = 'pg_rewrite' AND w.oid = objid AND rulename = '_RETURN'
  WHERE depth < 100 AND ev_class IS DISTINCT FROM id AND deptype NOT IN ('P', 'S') -- which a partition gets and loses
    AND (kind, objid) NOT IN (SELECT class, id FROM ours WHERE id IS NOT NULL AND part = 0 AND forgotten IS NULL)
    AND kind ~ '^pg_(class|rewrite|policy|trigger|proc|type|constraint|statistic_ext|publication_rel)$'<CONSTRUCTORS>
    AND (<OF_CLASS>) AND (deptype <> 'i' OR kind ~ 'class|type')
), gone AS (
  SELECT s.*, number, o.id IS NOT NULL AS is_ours, coalesce(forgotten, '{}') AS forgotten, type, identity AS name,
    upper(coalesce(substring(type, 'column|constraint|statistics'), type)) AS word, relispopulated, relacl,
    c.reloptions || ARRAY(SELECT 'toast.' || unnest(reloptions) FROM pg_class WHERE oid = c.reltoastrelid) AS options,
    CASE class WHEN 'pg_class' THEN CASE relkind WHEN 'S' THEN 'SEQUENCE ' ELSE 'TABLE ' END || s.id::regclass
      WHEN 'pg_proc' THEN 'ROUTINE ' || identity ELSE replace(type, ' object', '') || ' ' || identity END AS target,
    attname, attoptions, attcompression, nullif(coalesce(attstattarget, stxstattarget), -1) AS statistics,
    (SELECT nullif(attstorage, typstorage) FROM pg_type WHERE oid = atttypid AND c.relkind <> 'i') AS storage,
    CASE number WHEN 0 THEN coalesce(relacl, proacl<TYPACL>) ELSE attacl END AS acl,
    pg_get_userbyid(coalesce(relowner, proowner, stxowner<TYPOWNER>)) AS owner
  FROM (SELECT class, id, part, max(depth) AS depth, bool_and(stays) AS stays FROM standing GROUP BY 1, 2, 3) s
  CROSS JOIN LATERAL (SELECT part AS number UNION SELECT attnum FROM pg_attribute WHERE part = 0 AND class = 'pg_class'
                      AND attrelid = id AND attnum > 0 AND NOT attisdropped) numbers
  LEFT JOIN ours o USING (class, id, part) CROSS JOIN pg_identify_object(class::regclass, s.id, number)
  LEFT JOIN pg_class c ON class = 'pg_class' AND c.oid = s.id LEFT JOIN pg_proc p ON class = 'pg_proc' AND p.oid = s.id
  LEFT JOIN pg_attribute ON class = 'pg_class' AND attrelid = s.id AND attnum = number AND number > 0
<TYPES>  LEFT JOIN pg_statistic_ext x ON class = 'pg_statistic_ext' AND x.oid = s.id
  WHERE o.id IS NULL AND class <> 'pg_type' OR forgotten IS NOT NULL
"""

_TYPES = "  LEFT JOIN pg_type t ON class = 'pg_type' AND t.oid = s.id\n"

_CONSTRUCTORS = """
      AND (classid, objid) NOT IN (SELECT 'pg_proc'::regclass, i.objid FROM pg_depend i
                                   WHERE i.deptype = 'i' AND i.classid = 'pg_proc'::regclass)"""

_OF_CLASS = "kind <> 'pg_class' OR objid IN (SELECT indexrelid FROM pg_index)"
"""Of what is in that catalog, indexes alone go with what they are of."""

_PART = "\n         CASE deptype WHEN 'h' THEN objsubid ELSE 0 END,"
_HEIRS = """ UNION ALL
    SELECT 'pg_class'::regclass, inhrelid, own.attnum, 'pg_class'::regclass, inhparent, their.attnum, 'h', 'pg_class'
    FROM pg_inherits JOIN pg_attribute their ON their.attrelid = inhparent AND their.attnum > 0
    JOIN pg_attribute own ON own.attrelid = inhrelid AND own.attname = their.attname"""
"""Columns of heirs and partitions follow the type of one that they come from: they depend on it, as ``h``."""

_MADE = """
SELECT -depth, NULL, format('DROP %s %s', word, name) FROM gone
WHERE NOT is_ours AND NOT stays AND number = 0 AND word !~ 'CONSTRAINT|PUBLICATION|AGGREGATE' UNION ALL
SELECT depth, NULL, CASE word
    WHEN 'RULE' THEN pg_get_ruledef(id) WHEN 'TRIGGER' THEN pg_get_triggerdef(id)
    WHEN 'INDEX' THEN pg_get_indexdef(id) WHEN 'STATISTICS' THEN pg_get_statisticsobjdef(id)
    WHEN 'FUNCTION' THEN pg_get_functiondef(id) WHEN 'PROCEDURE' THEN pg_get_functiondef(id)
    WHEN 'POLICY' THEN (SELECT concat('CREATE POLICY ', name, ' AS ', permissive, ' FOR ', cmd, ' TO ',
        (SELECT string_agg(quote_ident(r), ', ') FROM unnest(roles) r), ' USING (' || qual || ')',
        ' WITH CHECK (' || with_check || ')')
      FROM pg_policies WHERE name = format('%I on %I.%I', policyname, schemaname, tablename))
    ELSE concat('CREATE ', word, ' ', name, ' AS ', rtrim(pg_get_viewdef(id), ';'),
                CASE WHEN NOT relispopulated THEN ' WITH NO DATA' END) END
FROM gone WHERE NOT is_ours AND number = 0 AND word !~ 'CONSTRAINT|PUBLICATION|AGGREGATE'
"""

_NO_KEYS = """  AND (word <> 'INDEX' OR id NOT IN (SELECT conindid FROM pg_constraint WHERE contype IN ('p', 'u', 'x')))
"""

_CONSTRAINTS = """
SELECT place, NULL, format('ALTER TABLE %s %s', conrelid::regclass, change)
FROM gone JOIN pg_constraint k ON class = 'pg_constraint' AND k.oid = gone.id AND conrelid <> 0
  AND contype IN ('p', 'u', 'c', 'f', 'x') AND coninhcount = 0 -- others go and come with what they are inherited from
CROSS JOIN LATERAL (
  SELECT -depth, format('DROP CONSTRAINT %I', conname) WHERE NOT stays
  UNION ALL
  SELECT depth, format('ADD CONSTRAINT %I %s', conname, pg_get_constraintdef(k.oid))
) change (place, change)
WHERE NOT is_ours
"""

_PUBLISHED = """
SELECT place, NULL, format('ALTER PUBLICATION %I %s', pubname, change)
FROM gone JOIN pg_publication_rel r ON class = 'pg_publication_rel' AND r.oid = gone.id
JOIN pg_publication p ON p.oid = prpubid CROSS JOIN LATERAL (
  SELECT -depth, 'DROP TABLE ONLY ' || prrelid::regclass UNION ALL
  SELECT depth, concat('ADD TABLE ONLY ', prrelid::regclass, ' (' || (
      SELECT string_agg(quote_ident(a.attname), ', ') FROM pg_attribute a
      WHERE attrelid = prrelid AND attnum = ANY (prattrs)
    ) || ')', ' WHERE (' || pg_get_expr(prqual, prrelid) || ')')
) change (place, change)
WHERE NOT is_ours
"""

_PUBLICATIONS = """
SELECT 600, NULL, format('ALTER PUBLICATION %I OWNER TO %I', pubname, pg_get_userbyid(pubowner))
FROM gone JOIN pg_publication p ON class = 'pg_publication' AND p.oid = gone.id
WHERE pg_get_userbyid(pubowner) <> current_user
"""

_OPTIONS = """
SELECT place, NULL, format('ALTER %s %s', target, change)
FROM gone LEFT JOIN pg_attrdef ON type = 'view column' AND (adrelid, adnum) = (id, number) CROSS JOIN LATERAL (
  SELECT 300, 'SET (' || string_agg(option, ', ') || ')' FROM unnest(options) option
  WHERE number = 0 AND split_part(option, '=', 1) <> ALL (forgotten) UNION ALL
  SELECT 300, concat('ALTER COLUMN ' || quote_ident(attname), ' SET ') || fact FROM unnest(ARRAY[
    'STATISTICS ' || statistics, '(' || array_to_string(attoptions, ', ') || ')',
    'STORAGE ' || (ARRAY['PLAIN', 'MAIN', 'EXTERNAL', 'EXTENDED'])[strpos('pmex', storage::text)],
    'COMPRESSION ' || CASE attcompression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END,
    CASE WHEN 'default of ' || attname <> ALL (forgotten) THEN 'DEFAULT ' || pg_get_expr(adbin, adrelid) END
  ]) fact WHERE lower(split_part(fact, ' ', 1)) <> ALL (forgotten) UNION ALL
  SELECT 600, 'OWNER TO ' || quote_ident(owner) WHERE number = 0 AND word !~ 'INDEX|SEQUENCE' AND owner <> current_user
) change (place, change) WHERE change IS NOT NULL AND lower(split_part(change, ' ', 1)) <> ALL (forgotten) UNION ALL
SELECT 310, NULL, format('ALTER TABLE %s CLUSTER ON %I', indrelid::regclass, (parse_ident(name))[2])
FROM gone JOIN pg_index ON word = 'INDEX' AND indexrelid = id WHERE indisclustered
"""

_PRIVILEGES = """
SELECT DISTINCT 390, NULL, format(CASE WHEN acl IS NULL AND grantee = 0 AND kind <> 'r' THEN 'GRANT ALL ON %s TO %s'
    ELSE 'REVOKE ALL ON %s FROM %s' END, target, coalesce(quote_ident(rolname), 'PUBLIC'))
FROM gone JOIN (
  SELECT 'f'::"char" AS kind, 0 AS grantee UNION SELECT 'T', 0 UNION -- what is open by default
  SELECT defaclobjtype, grantee FROM pg_default_acl CROSS JOIN aclexplode(defaclacl)
  WHERE pg_get_userbyid(defaclrole) = current_user AND grantee <> defaclrole
) given ON kind = CASE WHEN word = 'SEQUENCE' THEN 'S' WHEN class = 'pg_class' AND word <> 'INDEX' THEN 'r'
  WHEN class = 'pg_proc' THEN 'f' WHEN class = 'pg_type' THEN 'T' END LEFT JOIN pg_roles r ON r.oid = grantee
WHERE number = 0 AND NOT (is_ours AND coalesce(rolname, 'PUBLIC') = ANY (our_roles || forgotten)) UNION ALL
SELECT 400 + step, CASE WHEN step > 0 THEN pg_get_userbyid(grantor) END,
       format('GRANT %s ON %s TO %s%s', string_agg(concat(privilege_type, ' (' || quote_ident(attname) || ')'), ', '),
              target, coalesce(quote_ident(rolname), 'PUBLIC'), CASE WHEN is_grantable THEN ' WITH GRANT OPTION' END)
FROM gone CROSS JOIN LATERAL (
  WITH RECURSIVE held AS ( -- each behind what lets its grantor grant it
    SELECT *, 0 AS step FROM aclexplode(acl || relacl) WHERE pg_get_userbyid(grantor) = owner UNION
    SELECT a.*, step + 1 FROM held h JOIN aclexplode(acl || relacl) a USING (privilege_type)
    WHERE h.is_grantable AND h.grantee = a.grantor AND step < 90
  ) SELECT * FROM held JOIN aclexplode(acl) USING (grantor, grantee, privilege_type, is_grantable)
) held LEFT JOIN pg_roles r ON r.oid = grantee
WHERE rolname IS DISTINCT FROM owner AND NOT (is_ours AND coalesce(rolname, 'PUBLIC') = ANY (our_roles || forgotten))
GROUP BY grantor, step, target, attname, rolname, is_grantable
"""

_COMMENTS = """
SELECT 700, NULL, format('%s ON %s %s IS %L', said, word, name, label) FROM gone JOIN (
  SELECT *, 'COMMENT' FROM pg_description UNION ALL
  SELECT objoid, classoid, objsubid, label, 'SECURITY LABEL FOR ' || quote_ident(provider) FROM pg_seclabel
) s (object, catalog, part_of_it, label, said) ON (catalog, object, part_of_it) = (class::regclass, id, number)
WHERE said <> 'COMMENT' OR 'comment' || coalesce(' on ' || attname, '') <> ALL (forgotten)
"""

_ATTRIBUTES = """
SELECT 700, NULL, format('COMMENT ON COLUMN %s.%I IS %L', name, a.attname, description)
FROM gone JOIN pg_type c ON class = 'pg_type' AND c.oid = gone.id JOIN pg_attribute a ON attrelid = typrelid
JOIN pg_description ON classoid = 'pg_class'::regclass AND objoid = typrelid AND objsubid = attnum
WHERE 'comment on ' || a.attname <> ALL (forgotten)
"""

_TRIGGERS = """
SELECT 300, NULL, format('ALTER TABLE %s %s TRIGGER %I', tgrelid::regclass,
         CASE tgenabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE ALWAYS' END, tgname)
FROM gone JOIN pg_trigger t ON class = 'pg_trigger' AND t.oid = gone.id WHERE tgenabled <> 'O'
  AND 'state' <> ALL (forgotten)
"""

_RULES = """
SELECT 300, NULL, format('ALTER TABLE %s %s RULE %I', ev_class::regclass,
         CASE ev_enabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE ALWAYS' END, rulename)
FROM gone JOIN pg_rewrite r ON class = 'pg_rewrite' AND r.oid = gone.id WHERE ev_enabled <> 'O'
"""

_REPLICA = """
SELECT 310, NULL, format('ALTER TABLE %s REPLICA IDENTITY USING INDEX %I', indrelid::regclass, (parse_ident(name))[2])
FROM gone JOIN pg_index ON word = 'INDEX' AND indexrelid = id WHERE indisreplident
"""

_LOST = """
SELECT -1000, NULL, format('DO %L', format('BEGIN RAISE EXCEPTION USING MESSAGE = %L, HINT = %L; END',
         'PGC406: what others made cannot be put back: ' || string_agg(DISTINCT lost, ', '),
         'drop that, and make it again later'))
FROM gone JOIN pg_depend ON refclassid = class::regclass AND refobjid = gone.id AND deptype = 'n' AND number = 0
CROSS JOIN concat(pg_describe_object(classid, objid, objsubid), ' on ', name) lost
WHERE classid::regclass::text ~ '^pg_(op.*|cast|transform|conversion|event_trigger|am|ts_.*)$'
  OR EXISTS (SELECT FROM pg_proc p WHERE classid = 'pg_proc'::regclass AND p.oid = objid AND prokind = 'a'
             AND p.oid NOT IN (SELECT o.id FROM ours o WHERE o.class = 'pg_proc'))
  OR class = 'pg_proc' AND EXISTS (
    SELECT FROM pg_attrdef d JOIN pg_attribute a ON (attrelid, attnum) = (adrelid, adnum)
      AND attgenerated <> '' AND attinhcount = 0
    WHERE classid = 'pg_attrdef'::regclass AND d.oid = objid
      AND (adrelid, adnum) NOT IN (SELECT o.id, o.part FROM ours o WHERE o.class = 'pg_class'))
HAVING count(*) > 0
"""

ROUTINE_FACTS = """
SELECT format('SET %I TO %s', split_part(s, '=', 1), CASE
         WHEN split_part(s, '=', 1) ~ '^(search_path|temp_tablespaces|.*_libraries)$'
         THEN regexp_replace(substr(s, strpos(s, '=') + 1), '^("")?$', '''''')
         ELSE quote_literal(substr(s, strpos(s, '=') + 1)) END)
FROM unnest(proconfig) s WHERE split_part(s, '=', 1) <> ALL (forgotten)
UNION ALL
SELECT fact FROM (VALUES
  ('cost', procost <> 100, 'COST ' || procost), ('rows', prorows NOT IN (0, 1000), 'ROWS ' || prorows),
  ('leakproof', proleakproof, 'LEAKPROOF'), ('support', prosupport <> 0, 'SUPPORT ' || prosupport),
  ('parallel', proparallel <> 'u', 'PARALLEL ' || CASE proparallel WHEN 's' THEN 'SAFE' ELSE 'RESTRICTED' END)
) facts (name, is_set, fact) WHERE is_set AND name <> ALL (forgotten)
"""
"""What ALTER ROUTINE set on one of ``pg_proc`` beside what the models set, which is ``forgotten``."""

_ROUTINES = f"""
SELECT 300, NULL, format('ALTER %s %s', target, fact)
FROM gone JOIN pg_proc r ON class = 'pg_proc' AND r.oid = gone.id AND prokind <> 'a' CROSS JOIN LATERAL (
{indent(ROUTINE_FACTS.strip(), "  ")}
) f (fact)
WHERE is_ours
UNION ALL
SELECT 390, NULL, format('REVOKE ALL ON %s FROM PUBLIC', target) FROM gone WHERE class = 'pg_proc' AND is_ours
  AND acl IS NOT NULL AND 'PUBLIC' <> ALL (forgotten) AND 0 <> ALL (SELECT grantee FROM aclexplode(acl))
"""


def select_standing(ids: Collection[ObjectId]) -> str:
    """Return the queries for what stands on objects; types have owners and privileges only where some go."""
    has_types = any(each.kind in TYPES for each in ids)
    has_columns = any(each.kind is Kind.COLUMN for each in ids)
    parts = {
        "<PART>": _PART if has_columns else " 0,",
        "<HEIRS>": _HEIRS if has_columns else "",
        "<OF_CLASS>": f"{_OF_CLASS} OR deptype = 'h'" if has_columns else _OF_CLASS,
        "<TYPES>": _TYPES if has_types else "",
        "<CONSTRUCTORS>": _CONSTRUCTORS if has_types else "",
        "<TYPOWNER>": ", typowner" if has_types else "",
        "<TYPACL>": ", typacl" if has_types else "",
    }
    text = _STANDING
    for name, part in parts.items():
        text = text.replace(name, part)
    return text.strip()


def select_facts(ids: Collection[ObjectId]) -> str:
    """Return the query for the facts that objects of these kinds can have; parts of tables have but a few."""
    return " UNION ALL\n".join(text.strip() for text in _choose(ids))


def _choose(ids: Collection[ObjectId]) -> Iterator[str]:
    kinds = {each.kind for each in ids}
    views = {(each.schema, each.name) for each in ids if each.kind in _VIEWS}
    is_about_views = all(each.kind in _VIEWS or (each.schema, each.parent) in views for each in ids)
    is_about_parts = kinds.issubset(_PARTS)
    if not is_about_parts:
        yield _MADE if is_about_views else _MADE + _NO_KEYS  # which make their indexes themselves
        yield from (_PRIVILEGES, _RULES)
    yield _COMMENTS
    if kinds & _COMPOSITES:
        yield _ATTRIBUTES
    if not is_about_parts or kinds & {Kind.CONSTRAINT, Kind.INDEX, Kind.STATISTICS}:
        yield _OPTIONS
    if not is_about_views:
        yield from (_CONSTRAINTS, _PUBLISHED, _REPLICA, _TRIGGERS)
    if Kind.PUBLICATION in kinds:
        yield _PUBLICATIONS
    if kinds.intersection((Kind.FUNCTION, *TYPES)):
        yield _LOST
    if Kind.FUNCTION in kinds:
        yield _ROUTINES
