"""Default privileges, one object for each grantee and sort of thing; what holds anyway is left out."""

from pgcraft.catalog.default_privileges import DefaultPrivileges, list_open, name_defaults
from pgcraft.catalog.objects import Kind, ObjectId
from pgcraft.catalog.privileges import PUBLIC
from pgcraft.introspect.fetching import Rows
from pgcraft.introspect.reading import Reader, Reading

_DEFAULTS = """
SELECT CASE WHEN r.rolname <> current_user THEN r.rolname END, n.nspname, a.defaclobjtype::text,
       CASE WHEN x.grantee <> 0 THEN pg_get_userbyid(x.grantee) END, lower(x.privilege_type), x.is_grantable
FROM pg_default_acl a JOIN pg_roles r ON r.oid = a.defaclrole
LEFT JOIN pg_namespace n ON n.oid = a.defaclnamespace
LEFT JOIN aclexplode(a.defaclacl) x ON x.grantee <> a.defaclrole
WHERE a.defaclobjtype <> 'L' AND (a.defaclnamespace = 0 OR {schemas})
"""

_ON = {"r": "tables", "S": "sequences", "f": "functions", "T": "types", "n": "schemas"}

_Key = tuple[str, str | None, str, str]
"""Creator, schema, sort of thing, and grantee."""


def take_defaults(reading: Reading, rows: Rows) -> None:
    """Take the default privileges."""
    found: dict[_Key, set[tuple[str, bool]]] = {}
    for creator, schema, letter, grantee, privilege, is_grantable in rows:
        on = _ON[letter]
        found.setdefault((creator or "", schema, on, PUBLIC), set())
        if privilege is not None:
            found.setdefault((creator or "", schema, on, grantee or PUBLIC), set()).add((privilege, is_grantable))
    for (creator, schema, on, grantee), pairs in found.items():
        privileges = tuple(sorted(privilege for privilege, _ in pairs))
        grantable = tuple(sorted(privilege for privilege, is_grantable in pairs if is_grantable))
        if privileges == list_open(on, grantee, schema):
            continue
        object_id = ObjectId(Kind.DEFAULTS, schema, name_defaults(on, grantee, creator))
        roles = tuple(ObjectId(Kind.ROLE, None, name) for name in (grantee, creator) if name)
        reading.add(object_id, DefaultPrivileges(on, grantee, creator, privileges, grantable), needs=roles)


READERS = (Reader((Kind.DEFAULTS,), _DEFAULTS, take_defaults),)
