"""What ``pg_dump -s`` does not say of objects: what each role may do with them, and states of theirs."""

from tests.support.databases import Database

# Who is in question: the roles of the case that an object belongs to, by the tag in the names of its roles and its
# schema, and whoever has no rights of his own.
_HELD = """
WITH roles AS (
  SELECT 'public' AS role, NULL AS tag UNION ALL
  SELECT rolname, substring(rolname FROM '^c[0-9a-f]{8}') FROM pg_roles WHERE rolname ~ '^c[0-9a-f]{8} '
),
objects AS (
  SELECT n.oid AS schema, classid::regclass::text AS class, objid, (pg_identify_object(classid, objid, 0)).identity
  FROM pg_namespace n CROSS JOIN LATERAL (
    SELECT 'pg_namespace'::regclass, n.oid UNION ALL
    SELECT 'pg_class'::regclass, oid FROM pg_class WHERE relnamespace = n.oid AND relkind IN ('r', 'v', 'm', 'S', 'p', 'f')
    UNION ALL
    SELECT 'pg_proc'::regclass, oid FROM pg_proc WHERE pronamespace = n.oid UNION ALL
    SELECT 'pg_type'::regclass, oid FROM pg_type WHERE typnamespace = n.oid AND typelem = 0 AND typrelid = 0
  ) o (classid, objid)
  WHERE nspname ~ 'c[0-9a-f]{8}$'
)
SELECT concat_ws(' ', identity, role, 'MAY', string_agg(privilege, ', ' ORDER BY privilege))
FROM objects JOIN pg_namespace n ON n.oid = schema
JOIN roles ON coalesce(tag = substring(nspname FROM 'c[0-9a-f]{8}$'), true)
LEFT JOIN pg_class c ON class = 'pg_class' AND c.oid = objid CROSS JOIN LATERAL (
  SELECT privilege FROM unnest(
    CASE WHEN class = 'pg_namespace' THEN '{USAGE,CREATE}' WHEN class = 'pg_proc' THEN '{EXECUTE}'
         WHEN class = 'pg_type' THEN '{USAGE}' WHEN relkind = 'S' THEN '{USAGE,SELECT,UPDATE}'
         ELSE '{SELECT,INSERT,UPDATE,DELETE,TRUNCATE,REFERENCES,TRIGGER<MAINTAIN>}' END::text[]
  ) held CROSS JOIN LATERAL (VALUES (held), (held || ' WITH GRANT OPTION')) v (privilege)
  WHERE CASE WHEN class = 'pg_namespace' THEN has_schema_privilege(role, objid, privilege)
             WHEN class = 'pg_proc' THEN has_function_privilege(role, objid, privilege)
             WHEN class = 'pg_type' THEN has_type_privilege(role, objid, privilege)
             WHEN relkind = 'S' THEN has_sequence_privilege(role, objid, privilege)
             ELSE has_table_privilege(role, objid, privilege) END
  UNION ALL
  SELECT privilege || ' OF ' || attname
  FROM pg_attribute CROSS JOIN unnest('{SELECT,INSERT,UPDATE,REFERENCES}'::text[]) held
  CROSS JOIN LATERAL (VALUES (held), (held || ' WITH GRANT OPTION')) v (privilege)
  WHERE class = 'pg_class' AND relkind <> 'S' AND attrelid = objid AND attnum > 0 AND NOT attisdropped
    AND has_column_privilege(role, objid, attnum, privilege)
) may
GROUP BY identity, role
"""

_STATES = """
SELECT concat_ws(' ', 'MATERIALIZED VIEW', oid::regclass, CASE WHEN relispopulated THEN 'WITH' ELSE 'WITH NO' END, 'DATA')
FROM pg_class WHERE relkind = 'm'
UNION ALL
SELECT concat_ws(' ', 'TRIGGER', tgfoid::regproc, 'OF', conname, 'ON', tgrelid::regclass, tgenabled)
FROM pg_trigger t JOIN pg_constraint k ON k.oid = tgconstraint WHERE tgisinternal AND tgparentid = 0
UNION ALL
SELECT concat_ws(' ', 'RULE', rulename, 'ON', ev_class::regclass, obj_description(oid, 'pg_rewrite'), ev_enabled)
FROM pg_rewrite WHERE oid >= 16384 AND (rulename <> '_RETURN' OR obj_description(oid, 'pg_rewrite') IS NOT NULL)
"""


def list_facts(database: Database) -> list[str]:
    """Return what each role of a case may do with each object in its schema, and the states of objects."""
    held = _HELD.replace("<MAINTAIN>", ",MAINTAIN" if database.major >= 17 else "")
    return [fact for asked in (held, _STATES) for (fact,) in database.rows(asked)]
