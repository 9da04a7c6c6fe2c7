"""Grants, one object for each grantee and thing granted on; what owners have by nature is left out."""

from collections.abc import Iterator

from pgcraft.catalog.definitions import Grant
from pgcraft.catalog.objects import Kind, ObjectId
from pgcraft.catalog.privileges import PUBLIC, Rights, drop_covered, target_of
from pgcraft.introspect.fetching import Rows
from pgcraft.introspect.reading import Reader, Reading

# EXECUTE for PUBLIC belongs to the function itself, and everyone may use schema public from the start.
_GRANTS = """
SELECT g.grantee = 0, r.rolname, g.kind, g.schema, g.name, g.arguments, g.column_name, lower(g.privilege),
       g.is_grantable
FROM (
  SELECT CASE WHEN c.relkind = 'S' THEN 'sequence' WHEN c.relkind IN ('v', 'm') THEN 'view' ELSE 'table' END AS kind,
         n.nspname AS schema, c.relname AS name, NULL AS arguments, NULL AS column_name, c.relowner AS owner,
         a.grantee, a.privilege_type AS privilege, a.is_grantable
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace CROSS JOIN aclexplode(c.relacl) a
  WHERE c.relacl IS NOT NULL AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND {relations}
  UNION ALL
  SELECT CASE WHEN c.relkind IN ('v', 'm') THEN 'view' ELSE 'table' END, n.nspname, c.relname, NULL, t.attname,
         c.relowner, a.grantee, a.privilege_type, a.is_grantable
  FROM pg_attribute t JOIN pg_class c ON c.oid = t.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  CROSS JOIN aclexplode(t.attacl) a
  WHERE t.attacl IS NOT NULL AND NOT t.attisdropped AND {relations}
  UNION ALL
  SELECT 'schema', NULL, n.nspname, NULL, NULL, n.nspowner, a.grantee, a.privilege_type, a.is_grantable
  FROM pg_namespace n CROSS JOIN aclexplode(n.nspacl) a
  WHERE {schemas} AND {own_schemas}
    AND NOT (n.nspname = 'public' AND a.grantee = 0 AND a.privilege_type = 'USAGE')
  UNION ALL
  SELECT 'function', n.nspname, p.proname, oidvectortypes(p.proargtypes), NULL, p.proowner, a.grantee,
         a.privilege_type, a.is_grantable
  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace CROSS JOIN aclexplode(p.proacl) a
  WHERE p.proacl IS NOT NULL AND a.grantee <> 0 AND {functions}
) g
LEFT JOIN pg_roles r ON r.oid = g.grantee
WHERE g.grantee <> g.owner
"""


def take_grants(reading: Reading, rows: Rows) -> None:
    """Take what roles other than the owners may do."""
    for object_id, rights in _add_up(rows):
        needs = (ObjectId(Kind.ROLE, None, object_id.grantee), *target_of(object_id))
        reading.add(object_id, drop_covered(rights.total()), needs=needs)


def _add_up(rows: Rows) -> Iterator[tuple[ObjectId, Rights]]:
    sums: dict[ObjectId, Rights] = {}
    for is_public, role, kind, schema, name, arguments, column, privilege, is_grantable in rows:
        target = ObjectId(Kind(kind), schema, name, signature=arguments)
        total = sums.setdefault(target.granted_to(PUBLIC if is_public else role), Rights())
        if column is not None:
            pairs = ((privilege, column),)
            total.grant(Grant(columns=pairs, grantable_columns=pairs if is_grantable else ()))
        else:
            total.grant(Grant((privilege,), (privilege,) if is_grantable else ()))
    yield from sums.items()


READERS = (Reader((Kind.GRANT,), _GRANTS, take_grants),)
