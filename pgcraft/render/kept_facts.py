"""The queries behind ``keeping``: each gives facts of what goes, as SQL that brings them back and when that applies.

``ours`` holds the addresses of what the revision drops itself; ``gone`` holds what goes, with what others built on it:
its address in the system catalogs, how many steps it is away from ours, and what it is called.
"""

from pgcraft.catalog.objects import Kind

STANDING = """
standing (class, id, part, depth) AS (
  SELECT class, id, part, 0 FROM ours WHERE forgotten IS NOT NULL
  UNION
  SELECT found.class, found.id, 0, s.depth + 1
  FROM standing s
  JOIN pg_depend d ON d.refclassid = s.class AND d.refobjid = s.id AND s.part IN (0, d.refobjsubid)
  LEFT JOIN pg_rewrite w ON d.classid = 'pg_rewrite'::regclass AND w.oid = d.objid
  LEFT JOIN pg_trigger t ON d.classid = 'pg_trigger'::regclass AND t.oid = d.objid
  CROSS JOIN LATERAL (
    SELECT CASE WHEN w.rulename = '_RETURN' THEN 'pg_class'::regclass::oid ELSE d.classid END,
           CASE WHEN w.rulename = '_RETURN' THEN w.ev_class ELSE d.objid END
  ) found (class, id)
  WHERE (d.classid IN ('pg_rewrite'::regclass, 'pg_policy'::regclass)
      OR d.classid = 'pg_trigger'::regclass AND NOT t.tgisinternal
      OR d.classid IN ('pg_proc'::regclass, 'pg_type'::regclass) AND s.part = 0
      OR d.classid = 'pg_constraint'::regclass AND s.part > 0
      OR EXISTS (SELECT FROM pg_index WHERE d.classid = 'pg_class'::regclass AND indexrelid = d.objid) AND s.part > 0)
    AND (found.class, found.id) <> (s.class, s.id) AND s.depth < 100
),
gone AS (
  SELECT s.class, s.id, max(s.depth) AS depth, i.type, i.identity AS name, c.relkind,
         coalesce(c.relowner, p.proowner) AS owner, coalesce(o.forgotten, '{}') AS forgotten,
         o.id IS NOT NULL AS is_ours
  FROM standing s
  LEFT JOIN ours o ON (o.class, o.id, o.part) = (s.class, s.id, 0)
  LEFT JOIN pg_class c ON s.class = 'pg_class'::regclass AND c.oid = s.id
  LEFT JOIN pg_proc p ON s.class = 'pg_proc'::regclass AND p.oid = s.id
  CROSS JOIN pg_identify_object(s.class, s.id, 0) i
  WHERE s.part = 0 AND s.class <> 'pg_type'::regclass
  GROUP BY s.class, s.id, i.type, i.identity, c.relkind, c.relowner, p.proowner, o.forgotten, o.id
)
"""

KEEP = """
SELECT (SELECT json_agg(json_build_object('condition', condition, 'grantor', grantor, 'statement', statement)
                        ORDER BY place, statement) FROM facts),
       array(SELECT CASE WHEN t.oid IS NOT NULL THEN format('DROP TRIGGER %I ON %s', t.tgname, t.tgrelid::regclass)
                         WHEN w.oid IS NOT NULL THEN format('DROP RULE %I ON %s', w.rulename, w.ev_class::regclass)
                         WHEN g.type = 'policy' THEN format('DROP POLICY %s', g.name)
                         ELSE format('DROP %s %s', upper(g.type), g.name) END
             FROM gone g
             LEFT JOIN pg_trigger t ON g.class = 'pg_trigger'::regclass AND t.oid = g.id
             LEFT JOIN pg_rewrite w ON g.class = 'pg_rewrite'::regclass AND w.oid = g.id
             WHERE NOT is_ours AND g.type NOT IN ('index', 'table constraint') AND coalesce(t.tgrelid, w.ev_class, 0)
                   NOT IN (SELECT id FROM gone WHERE class = 'pg_class'::regclass)
             ORDER BY coalesce(t.oid, w.oid) IS NULL AND g.type <> 'policy', g.depth DESC),
       (SELECT format('%s belongs to %s', name, owner::regrole) FROM gone
        WHERE NOT pg_has_role(owner, CASE WHEN current_setting('server_version_num')::int < 160000 THEN 'MEMBER'
                                          ELSE 'SET' END) LIMIT 1)
INTO kept, removals, barred;
"""

_MADE = """
SELECT 100 + depth, format('to_regclass(%L) IS NULL', name), NULL::text,
       format('CREATE %s %s AS %s', upper(type), name, rtrim(pg_get_viewdef(id), ';'))
         || CASE WHEN relkind = 'm' AND NOT (SELECT relispopulated FROM pg_class WHERE oid = id)
                 THEN ' WITH NO DATA' ELSE '' END
FROM gone WHERE relkind IN ('v', 'm') AND NOT is_ours
UNION ALL
SELECT 100 + depth, format('to_regprocedure(%L) IS NULL', name), NULL, pg_get_functiondef(id)
FROM gone WHERE class = 'pg_proc'::regclass AND NOT is_ours
UNION ALL
SELECT 200, format('NOT EXISTS (SELECT FROM pg_rewrite WHERE ev_class = %L::regclass AND rulename = %L)',
                   w.ev_class::regclass, w.rulename), NULL, pg_get_ruledef(w.oid)
FROM gone g JOIN pg_rewrite w ON g.class = 'pg_rewrite'::regclass AND w.oid = g.id
UNION ALL
SELECT 200, format('NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = %L::regclass AND tgname = %L)',
                   t.tgrelid::regclass, t.tgname), NULL, pg_get_triggerdef(t.oid)
FROM gone g JOIN pg_trigger t ON g.class = 'pg_trigger'::regclass AND t.oid = g.id WHERE NOT is_ours
UNION ALL
SELECT 200, 'true', NULL, format('CREATE POLICY %I ON %s AS %s FOR %s TO %s%s%s', polname, polrelid::regclass,
         CASE WHEN polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
         CASE polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE'
                     ELSE 'ALL' END,
         (SELECT string_agg(CASE WHEN r = 0 THEN 'PUBLIC' ELSE r::regrole::text END, ', ') FROM unnest(polroles) r),
         ' USING (' || pg_get_expr(polqual, polrelid) || ')',
         ' WITH CHECK (' || pg_get_expr(polwithcheck, polrelid) || ')')
FROM gone g JOIN pg_policy p ON g.class = 'pg_policy'::regclass AND p.oid = g.id WHERE NOT is_ours
UNION ALL
SELECT 250, format('to_regclass(%L) IS NULL', x.indexrelid::regclass), NULL, pg_get_indexdef(x.indexrelid)
FROM gone g JOIN pg_index x ON g.relkind = 'm' AND x.indrelid = g.id OR g.relkind = 'i' AND x.indexrelid = g.id
WHERE x.indexrelid NOT IN (SELECT id FROM ours)
"""

_CONSTRAINTS = """
SELECT 240, format('NOT EXISTS (SELECT FROM pg_constraint WHERE conrelid = %L::regclass AND conname = %L)',
                   k.conrelid::regclass, k.conname), NULL::text,
       format('ALTER TABLE %s ADD CONSTRAINT %I %s', k.conrelid::regclass, k.conname, pg_get_constraintdef(k.oid))
FROM gone g JOIN pg_constraint k ON g.class = 'pg_constraint'::regclass AND k.oid = g.id
WHERE NOT is_ours AND k.contype IN ('p', 'u', 'c', 'f', 'x')
"""

_OPTIONS = """
SELECT 300, 'true', NULL::text, format('ALTER %s %s SET (%s)', upper(type), name,
                                       string_agg(format('%I = %L', option_name, option_value), ', '))
FROM gone g JOIN pg_class c ON c.oid = g.id CROSS JOIN pg_options_to_table(c.reloptions)
WHERE g.relkind IN ('v', 'm', 'i') AND option_name <> ALL (forgotten) GROUP BY type, name
UNION ALL
SELECT 300, format('EXISTS (SELECT FROM pg_attribute WHERE attrelid = %L::regclass AND attname = %L'
                   ' AND NOT attisdropped AND NOT atthasdef)', name, attname), NULL,
       format('ALTER VIEW %s ALTER COLUMN %I SET DEFAULT %s', name, attname, pg_get_expr(adbin, adrelid))
FROM gone g JOIN pg_attribute ON attrelid = g.id JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
WHERE g.relkind = 'v' AND 'default of ' || attname <> ALL (forgotten)
"""

_PRIVILEGES = """
SELECT CASE WHEN a.grantor = owner THEN 400 ELSE 500 END,
       CASE WHEN attname IS NULL THEN 'true'
            ELSE format('EXISTS (SELECT FROM pg_attribute WHERE attrelid = %L::regclass AND attname = %L'
                        ' AND NOT attisdropped)', name, attname) END,
       CASE WHEN a.grantor <> owner AND pg_has_role(a.grantor, 'MEMBER') THEN pg_get_userbyid(a.grantor)::text END,
       format('GRANT %s ON %s %s TO %s%s',
              string_agg(privilege_type || coalesce(' (' || quote_ident(attname) || ')', ''), ', '), word, name,
              CASE WHEN grantee = 0 THEN 'PUBLIC' ELSE grantee::regrole::text END,
              CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
FROM (
  SELECT 'TABLE' AS word, g.name, owner, is_ours, NULL AS attname, relacl AS acl
  FROM gone g JOIN pg_class c ON c.oid = g.id AND g.relkind IN ('v', 'm')
  UNION ALL
  SELECT 'ROUTINE', name, owner, is_ours, NULL, proacl
  FROM gone g JOIN pg_proc p ON g.class = 'pg_proc'::regclass AND p.oid = g.id
  UNION ALL
  SELECT 'TABLE', attrelid::regclass::text, relowner, true, attname, attacl
  FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
  WHERE NOT attisdropped AND (attrelid IN (SELECT id FROM gone WHERE relkind IN ('v', 'm'))
                              OR (attrelid, attnum) IN (SELECT id, part FROM ours WHERE part > 0))
  UNION ALL
  SELECT 'TYPE', t.oid::regtype::text, typowner, true, NULL, typacl
  FROM ours JOIN pg_type t ON class = 'pg_type'::regclass AND t.oid = id
) object CROSS JOIN aclexplode(acl) a
WHERE grantee <> owner AND NOT (is_ours AND grantee = ANY (our_roles))
GROUP BY a.grantor, owner, name, attname, word, grantee, is_grantable
UNION ALL
SELECT 390, 'true', NULL, format('REVOKE ALL ON ROUTINE %s FROM PUBLIC', name)
FROM gone g JOIN pg_proc p ON g.class = 'pg_proc'::regclass AND p.oid = g.id
WHERE proacl IS NOT NULL AND 'public' <> ALL (forgotten) AND 0 <> ALL (SELECT grantee FROM aclexplode(proacl))
UNION ALL
SELECT 600, 'true', NULL, format('ALTER %s %s OWNER TO %s', upper(type), name, owner::regrole)
FROM gone WHERE owner <> current_user::regrole AND (relkind IN ('v', 'm') OR class = 'pg_proc'::regclass)
UNION ALL
SELECT 600, 'true', NULL, format('ALTER TYPE %s OWNER TO %s', id::regtype, typowner::regrole)
FROM ours JOIN pg_type t ON class = 'pg_type'::regclass AND t.oid = id WHERE typowner <> current_user::regrole
"""

_COMMENTS = """
SELECT 700, CASE WHEN attname IS NULL THEN 'true'
                 ELSE format('EXISTS (SELECT FROM pg_attribute WHERE attrelid = %L::regclass AND attname = %L'
                             ' AND NOT attisdropped)', attrelid::regclass, attname) END, NULL::text,
       format('COMMENT ON %s %s IS %L', upper(regexp_replace(i.type, '^.* (column|constraint)$', '\\1')),
              i.identity, d.description)
FROM pg_description d
LEFT JOIN pg_attribute ON d.classoid = 'pg_class'::regclass AND attrelid = d.objoid AND attnum = d.objsubid
  AND objsubid > 0
LEFT JOIN pg_index x ON d.classoid = 'pg_class'::regclass AND x.indexrelid = d.objoid
LEFT JOIN pg_constraint k ON k.conindid = x.indexrelid AND k.contype IN ('p', 'u', 'x')
LEFT JOIN gone g ON (g.class, g.id) = (d.classoid, d.objoid)
LEFT JOIN ours o ON (o.class, o.id) = (d.classoid, d.objoid) AND o.part IN (0, d.objsubid)
CROSS JOIN pg_identify_object(d.classoid, d.objoid, d.objsubid) i
WHERE (g.id IS NOT NULL OR o.id IS NOT NULL OR k.oid IN (SELECT id FROM ours)
       OR x.indrelid IN (SELECT id FROM gone WHERE relkind = 'm'))
  AND (o.id IS NULL OR 'comment' || coalesce(' on ' || attname, '') <> ALL (o.forgotten))
"""

_COLUMNS = """
SELECT 300, format('EXISTS (SELECT FROM pg_attribute WHERE attrelid = %L::regclass AND attname = %L'
                   ' AND NOT attisdropped)', attrelid::regclass, attname), NULL::text,
       format('ALTER TABLE %s ALTER COLUMN %I SET %s', attrelid::regclass, attname, fact)
FROM pg_attribute CROSS JOIN LATERAL (
  SELECT 'STATISTICS ' || attstattarget WHERE attstattarget >= 0
  UNION ALL
  SELECT format('(%s)', array_to_string(attoptions, ', ')) WHERE attoptions IS NOT NULL
) set (fact)
WHERE attnum > 0 AND NOT attisdropped
  AND (attrelid IN (SELECT id FROM gone WHERE relkind IN ('m', 'i'))
       OR (attrelid, attnum) IN (SELECT id, part FROM ours WHERE part > 0))
UNION ALL
SELECT 300, 'true', NULL, pg_get_statisticsobjdef(oid)
FROM pg_statistic_ext WHERE stxrelid IN (SELECT id FROM gone WHERE relkind = 'm')
  OR EXISTS (SELECT FROM ours WHERE id = stxrelid AND part = ANY (stxkeys::int2[]))
"""

_TRIGGERS = """
SELECT 300, format('EXISTS (SELECT FROM pg_trigger WHERE tgrelid = %L::regclass AND tgname = %L)',
                   t.tgrelid::regclass, t.tgname), NULL::text,
       format('ALTER TABLE %s %s TRIGGER %I', t.tgrelid::regclass,
              CASE t.tgenabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE ALWAYS' END,
              t.tgname)
FROM gone g JOIN pg_trigger t ON g.class = 'pg_trigger'::regclass AND t.oid = g.id WHERE t.tgenabled <> 'O'
"""

_FUNCTIONS = """
SELECT 300, 'true', NULL::text, format('ALTER %s %s SET %I TO %s', upper(type), name, split_part(setting, '=', 1),
         CASE WHEN split_part(setting, '=', 1) LIKE '%\\_path' OR split_part(setting, '=', 1) LIKE '%\\_libraries'
              THEN coalesce(nullif(substr(setting, strpos(setting, '=') + 1), ''), '''''')
              ELSE quote_literal(substr(setting, strpos(setting, '=') + 1)) END)
FROM gone g JOIN pg_proc p ON g.class = 'pg_proc'::regclass AND p.oid = g.id CROSS JOIN unnest(proconfig) setting
WHERE is_ours AND split_part(setting, '=', 1) <> ALL (forgotten)
UNION ALL
SELECT 300, 'true', NULL, format('ALTER %s %s %s', upper(type), name, fact)
FROM gone g JOIN pg_proc p ON g.class = 'pg_proc'::regclass AND p.oid = g.id CROSS JOIN LATERAL (
  SELECT 'COST ' || procost WHERE procost <> 100
  UNION ALL
  SELECT 'ROWS ' || prorows WHERE proretset AND prorows <> 1000
) set (fact)
WHERE is_ours AND p.prokind = 'f'
"""

_INDEXES = """
SELECT 310, format('to_regclass(%L) IS NOT NULL', x.indexrelid::regclass), NULL::text,
       format('ALTER TABLE %s %s %I', x.indrelid::regclass, fact, c.relname)
FROM pg_index x JOIN pg_class c ON c.oid = x.indexrelid LEFT JOIN pg_constraint k ON k.conindid = x.indexrelid
CROSS JOIN LATERAL (
  SELECT 'CLUSTER ON' WHERE x.indisclustered
  UNION ALL
  SELECT 'REPLICA IDENTITY USING INDEX' WHERE x.indisreplident
) set (fact)
WHERE x.indrelid IN (SELECT id FROM gone WHERE relkind = 'm')
  OR EXISTS (SELECT FROM ours WHERE forgotten IS NOT NULL AND (id = x.indexrelid OR id = k.oid AND k.contype <> 'f'))
"""


def select_facts(kinds: frozenset[Kind]) -> tuple[str, ...]:
    """Give the queries that objects of these kinds need; parts of tables have comments and states, and no more."""
    found = [_COMMENTS]
    is_inside = kinds <= {Kind.CONSTRAINT, Kind.INDEX, Kind.TRIGGER, Kind.POLICY}
    if not is_inside:
        found += [_MADE, _PRIVILEGES]
    if not is_inside or kinds & {Kind.CONSTRAINT, Kind.INDEX}:
        found += [_OPTIONS, _COLUMNS, _INDEXES]
    if not is_inside or Kind.TRIGGER in kinds:
        found.append(_TRIGGERS)
    if Kind.COLUMN in kinds:
        found.append(_CONSTRAINTS)
    if Kind.FUNCTION in kinds:
        found.append(_FUNCTIONS)
    return tuple(found)
