"""What of a cluster's roles is in no catalog: attributes, and memberships with their options."""

from pgcraft.catalog.memberships import Membership
from pgcraft.introspect import Fetch
from pgcraft.service.role_facts import RoleFacts

# Up to PostgreSQL 15 a membership has no options of its own.
_MEMBERSHIPS = """
SELECT m.rolname, g.rolname, bool_or(coalesce((to_jsonb(a) ->> 'inherit_option')::boolean, m.rolinherit)),
       bool_or(coalesce((to_jsonb(a) ->> 'set_option')::boolean, true)), bool_or(a.admin_option)
FROM pg_auth_members a JOIN pg_roles m ON m.oid = a.member JOIN pg_roles g ON g.oid = a.roleid
GROUP BY 1, 2 ORDER BY 1, 2
"""
_ATTRIBUTES = "SELECT rolname, rolsuper, rolbypassrls, rolcanlogin, rolreplication FROM pg_roles ORDER BY 1"
_SAID = """
SELECT r.rolname, s.what FROM pg_roles r CROSS JOIN LATERAL (
  SELECT 1, 'a connection limit of ' || r.rolconnlimit WHERE r.rolconnlimit >= 0
  UNION ALL SELECT 2, 'a password that is valid until ' || r.rolvaliduntil WHERE isfinite(r.rolvaliduntil)
  UNION ALL SELECT 3, 'the setting ' || split_part(c, '=', 1)
  FROM pg_db_role_setting s JOIN pg_database d ON s.setdatabase IN (0, d.oid) CROSS JOIN unnest(s.setconfig) c
  WHERE s.setrole = r.oid AND d.datname = current_database()
) s (place, what) ORDER BY r.rolname, s.place, s.what
"""
_OWNER = """
SELECT r.rolname FROM pg_database d JOIN pg_roles r ON r.oid = d.datdba WHERE d.datname = current_database()
"""
_PUBLIC = """
SELECT n.nspacl IS NULL OR EXISTS (SELECT FROM aclexplode(n.nspacl) a
                                   WHERE a.grantee = 0 AND a.privilege_type = 'USAGE')
FROM pg_namespace n WHERE n.nspname = 'public'
"""


def read_role_facts(fetch: Fetch) -> RoleFacts:
    """Read them; whoever owns the database is a member of ``pg_database_owner``."""
    attributes = list(fetch(_ATTRIBUTES))
    memberships = [Membership(*row) for row in fetch(_MEMBERSHIPS)]
    memberships += [Membership(owner, "pg_database_owner", may_switch=False) for (owner,) in fetch(_OWNER)]
    said: dict[str, list[str]] = {}
    for role, what in fetch(_SAID):
        said.setdefault(role, []).append(what)
    return RoleFacts(
        superusers=tuple(name for name, is_super, *_ in attributes if is_super),
        memberships=tuple(memberships),
        bypassing=tuple(name for name, _, bypasses, *_ in attributes if bypasses),
        logins=tuple(name for name, _, _, may_log_in, _ in attributes if may_log_in),
        replicating=tuple(name for name, *_, replicates in attributes if replicates),
        said=tuple((role, tuple(what)) for role, what in said.items()),
        public_is_open=any(is_open for (is_open,) in fetch(_PUBLIC)),
    )
