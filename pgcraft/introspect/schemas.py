"""Schemas, extensions and roles."""

from pgcraft.catalog.definitions import Extension, Role, Schema
from pgcraft.catalog.objects import Kind, ObjectId
from pgcraft.introspect.fetching import Rows
from pgcraft.introspect.reading import Reader, Reading

_SCHEMAS = """
SELECT n.nspname, obj_description(n.oid, 'pg_namespace'), pg_get_userbyid(n.nspowner)
FROM pg_namespace n
WHERE {schemas} AND n.nspname <> 'public' AND {own_schemas}
"""

_EXTENSIONS = """
SELECT x.extname, n.nspname
FROM pg_extension x JOIN pg_namespace n ON n.oid = x.extnamespace
WHERE x.extname <> 'plpgsql'
"""

# From PostgreSQL 16 on several may grant a membership, each with its options: what counts is what all give together.
# Oids below 16384 are those that initdb made: the superuser and the predefined roles.
_ROLES = """
SELECT r.rolname, r.rolcanlogin, r.rolinherit, r.rolcreatedb, r.rolcreaterole, r.rolbypassrls,
       array(SELECT ARRAY[g.rolname::text, concat_ws(', ',
                    CASE WHEN bool_or(m.admin_option) THEN 'ADMIN OPTION' END,
                    CASE WHEN bool_or(o.inherits) <> r.rolinherit
                         THEN 'INHERIT ' || upper((NOT r.rolinherit)::text) END,
                    CASE WHEN NOT bool_or(o.switches) THEN 'SET FALSE' END)]
             FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid CROSS JOIN LATERAL (
               SELECT coalesce((to_jsonb(m) ->> 'inherit_option')::boolean, r.rolinherit),
                      coalesce((to_jsonb(m) ->> 'set_option')::boolean, true)) o (inherits, switches)
             WHERE m.member = r.oid AND (o.inherits OR o.switches) GROUP BY g.rolname)
FROM pg_roles r
WHERE r.oid >= 16384
"""


def take_schemas(reading: Reading, rows: Rows) -> None:
    """Take the schemas but ``public``, which is always there."""
    for name, comment, owner in rows:
        reading.add(ObjectId(Kind.SCHEMA, None, name), Schema(comment, owner))


def take_extensions(reading: Reading, rows: Rows) -> None:
    """Take the installed extensions."""
    for name, schema in rows:
        schema_id = ObjectId(Kind.SCHEMA, None, schema)
        reading.add(ObjectId(Kind.EXTENSION, None, name), Extension(schema=schema), needs=(schema_id,))


def take_roles(reading: Reading, rows: Rows) -> None:
    """Take the cluster's roles but PostgreSQL's own."""
    wanted = reading.roles
    for name, login, inherit, createdb, createrole, bypassrls, groups in rows:
        if wanted is None or name in wanted:
            member_of = tuple(sorted(group for group, _ in groups))
            needs = tuple(ObjectId(Kind.ROLE, None, group) for group in member_of)
            options = tuple(sorted((group, said) for group, said in groups if said))
            role = Role(login, inherit, createdb, createrole, bypassrls, member_of, options)
            reading.add(ObjectId(Kind.ROLE, None, name), role, needs=needs)


READERS = (
    Reader((Kind.ROLE,), _ROLES, take_roles),
    Reader((Kind.SCHEMA,), _SCHEMAS, take_schemas),
    Reader((Kind.EXTENSION,), _EXTENSIONS, take_extensions),
)
