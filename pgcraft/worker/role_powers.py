"""What declared roles may do that is no grant in a schema: as members and owners, by attributes, on the database."""

from collections.abc import Iterator

from sqlalchemy import Connection

from pgcraft.catalog.definitions import Role
from pgcraft.catalog.objects import Catalog, Kind
from pgcraft.catalog.privileges import PUBLIC

DEFAULT_PRIVILEGES = """
SELECT d.defaclrole::regrole::text, n.nspname, coalesce(r.rolname, 'PUBLIC'),
  CASE d.defaclobjtype WHEN 'r' THEN 'tables' WHEN 'S' THEN 'sequences' WHEN 'f' THEN 'functions' WHEN 'T' THEN 'types'
    ELSE 'schemas' END,
  string_agg(a.privilege_type, ', ' ORDER BY a.privilege_type)
FROM pg_default_acl d CROSS JOIN aclexplode(d.defaclacl) a
LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace LEFT JOIN pg_roles r ON r.oid = a.grantee
WHERE a.grantee <> d.defaclrole AND d.defaclobjtype <> 'T'
  AND NOT (d.defaclnamespace = 0 AND d.defaclobjtype = 'f' AND a.grantee = 0)
GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
"""
"""What roles get on objects that are still to be made, but for what everyone gets on functions anyway."""

_MEMBERSHIPS = """
SELECT m.rolname, g.rolname, bool_or(a.admin_option)
FROM pg_auth_members a JOIN pg_roles m ON m.oid = a.member JOIN pg_roles g ON g.oid = a.roleid
GROUP BY 1, 2 ORDER BY 1, 2
"""

_ATTRIBUTES = """
SELECT rolname, rolsuper, rolreplication, rolbypassrls, rolcreaterole, rolcreatedb, rolcanlogin, rolinherit
FROM pg_roles ORDER BY 1
"""

_OWNED = """
SELECT r.rolname, o.what FROM (
  SELECT c.relowner AS owner, CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'S' THEN
    'sequence' ELSE 'table' END || ' ' || c.oid::regclass AS what
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND n.nspname !~ '^pg_(toast|temp)'
  UNION ALL SELECT proowner, 'function ' || oid::regprocedure FROM pg_proc
  UNION ALL SELECT nspowner, 'schema ' || oid::regnamespace FROM pg_namespace
  UNION ALL SELECT datdba, 'this database' FROM pg_database WHERE datname = current_database()
) o JOIN pg_roles r ON r.oid = o.owner
WHERE o.owner >= 16384 AND r.rolname <> current_user ORDER BY 1, 2
"""
"""Oids below 16384 are those of initdb; who deploys owns what it made."""

_ELSEWHERE = """
SELECT coalesce(r.rolname, 'PUBLIC'), o.what, string_agg(DISTINCT a.privilege_type, ', ' ORDER BY a.privilege_type)
FROM (
  SELECT 'this database' AS what, datacl AS acl, datdba AS owner FROM pg_database WHERE datname = current_database()
  UNION ALL SELECT 'foreign server ' || srvname, srvacl, srvowner FROM pg_foreign_server
  UNION ALL SELECT 'foreign-data wrapper ' || fdwname, fdwacl, fdwowner FROM pg_foreign_data_wrapper
  UNION ALL SELECT 'tablespace ' || spcname, spcacl, spcowner FROM pg_tablespace
  UNION ALL SELECT 'parameter ' || parname, paracl, 0 FROM pg_parameter_acl
  UNION ALL SELECT 'large object ' || oid, lomacl, lomowner FROM pg_largeobject_metadata
) o CROSS JOIN aclexplode(o.acl) a LEFT JOIN pg_roles r ON r.oid = a.grantee
WHERE a.grantee <> o.owner AND a.privilege_type NOT IN ('CONNECT', 'TEMPORARY')
GROUP BY 1, 2 ORDER BY 1, 2
"""


def find_powers(connection: Connection, declared: Catalog) -> Iterator[tuple[str, str]]:
    """Return what declared roles have beyond what was declared of them, each with what it means."""
    roles = {item.id.name: item.defined_as(Role) for item in declared.of_kind(Kind.ROLE)}
    known = {*roles, *(item.id.grantee for item in declared.of_kind(Kind.GRANT))}
    for member, group, is_admin in connection.exec_driver_sql(_MEMBERSHIPS):
        if member in roles and group not in roles[member].member_of:
            yield f"{member} is a member of role {group}", f"nobody declared it, and {member} may do what {group} may"
        if member in known and is_admin:
            yield f"{member} holds the admin option of role {group}", "it can make anybody a member"
    yield from _find_attributes(connection, roles)
    for owner, what in connection.exec_driver_sql(_OWNED):
        if owner in known:
            yield f"{owner} owns {what}", "an owner may do everything with it, past its policies and triggers"
    for grantee, what, privileges in connection.exec_driver_sql(_ELSEWHERE):
        if grantee in known | {PUBLIC}:
            yield f"{grantee} holds {privileges} on {what}", "nobody declared it"


def _find_attributes(connection: Connection, roles: dict[str, Role]) -> Iterator[tuple[str, str]]:
    for (
        name,
        is_super,
        replicates,
        bypasses,
        makes_roles,
        makes_databases,
        logs_in,
        inherits,
    ) in connection.exec_driver_sql(_ATTRIBUTES):
        role = roles.get(name)
        if role is None:
            continue
        extra = {
            "SUPERUSER": is_super,
            "REPLICATION": replicates,
            "BYPASSRLS": bypasses and not role.bypassrls,
            "CREATEROLE": makes_roles and not role.createrole,
            "CREATEDB": makes_databases and not role.createdb,
            "LOGIN": logs_in and not role.login,
            "INHERIT": inherits and not role.inherit,
        }
        for attribute in (attribute for attribute, is_extra in extra.items() if is_extra):
            yield f"role {name} has {attribute}", "it was declared without"
