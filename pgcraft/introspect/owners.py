"""Who owns what: schemas, relations, sequences, types and functions."""

from pgcraft.catalog.objects import Kind, ObjectId
from pgcraft.introspect.fetching import Connection, make_fetch, qualified_names, scope_conditions

_OWNERS = """
SELECT o.kind, o.schema, o.name, o.arguments, pg_get_userbyid(o.owner)::text FROM (
  SELECT 'schema' AS kind, NULL AS schema, n.nspname AS name, NULL AS arguments, n.nspowner AS owner
  FROM pg_namespace n WHERE {schemas} AND n.nspname <> 'public'
  UNION ALL
  SELECT CASE c.relkind WHEN 'S' THEN 'sequence' WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view'
         ELSE 'table' END, n.nspname, c.relname, NULL, c.relowner
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S') AND NOT c.relispartition AND {relations}
  UNION ALL
  SELECT CASE t.typtype WHEN 'e' THEN 'enum' WHEN 'd' THEN 'domain' WHEN 'r' THEN 'range' ELSE 'composite' END,
         n.nspname, t.typname, NULL, t.typowner
  FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace LEFT JOIN pg_class c ON c.oid = t.typrelid
  WHERE (t.typtype IN ('d', 'e', 'r') OR c.relkind = 'c') AND {types}
  UNION ALL
  SELECT 'function', n.nspname, p.proname, oidvectortypes(p.proargtypes), p.proowner
  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE p.prokind IN ('f', 'p') AND {functions}
) o
"""


def read_owners(connection: Connection) -> dict[ObjectId, str]:
    """Return the owner of everything that has one of its own.

    Args:
        connection: as `read_catalog` takes it.
    """
    fetch = make_fetch(connection)
    with qualified_names(fetch):
        return {
            ObjectId(Kind(kind), schema, name, signature=arguments): owner
            for kind, schema, name, arguments, owner in fetch(_OWNERS.format(**scope_conditions(None)))
        }
