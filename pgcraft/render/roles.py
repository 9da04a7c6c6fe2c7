"""Roles. They belong to the cluster: one that is there already is used as it is, and only what we made is dropped."""

from collections.abc import Iterable, Iterator

from pgcraft.catalog.definitions import Role
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, escape_name
from pgcraft.identifiers import quote_body, quote_literal, quote_name
from pgcraft.render.comments import comment_on, object_target
from pgcraft.render.keeping import CODE
from pgcraft.render.renderer import Renderer, Sql

ROLE_MARK = "created by pgcraft"
"""The comment on a role that a statement of ours really made."""


def create_role(item: CatalogObject, _: Catalog) -> tuple[Sql, ...]:
    """Make a role unless the cluster has it, and give it its memberships."""
    definition = item.defined_as(Role)
    name = quote_name(item.id.name)
    body = f"""
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = {quote_literal(item.id.name)}) THEN
    CREATE ROLE {name} {role_options(definition)};
    {comment_on(object_target(item.id), ROLE_MARK)};
  END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
  NULL; -- made by another session at the same time
END
"""
    members = (
        Sql(join_role(item.id.name, group), f"make {item.id} a member of {escape_name(group)}")
        for group in definition.member_of
    )
    return (Sql(f"DO {quote_body(body)}", "create", item.id), *members)


def join_role(name: str, group: str, options: str = "") -> str:
    """Return the SQL that makes a role a member of another, unless it is: only an administrator of the group may.

    Args:
        options: as `Role.membership_options` has them.
    """
    with_options = f" WITH {options}" if options else ""
    body = f"""
BEGIN
  IF NOT EXISTS (
    SELECT FROM pg_catalog.pg_auth_members AS m
    WHERE {_is_member(name, group)}
  ) THEN
    GRANT {quote_name(group)} TO {quote_name(name)}{with_options};
  END IF;
END
"""
    return f"DO {quote_body(body)}"


def drop_role(item: CatalogObject) -> tuple[str, ...]:
    """Take back the memberships and drop the role, if we made it and nobody else needs it or the groups it is in.

    Somebody else is another database, or a role that is a member, or whatever gives a role that we made privileges
    here; of memberships only those go that one of our roles is part of.
    """
    definition = item.defined_as(Role)
    name = quote_name(item.id.name)
    stays = quote_literal(f"{item.id} stays: other objects depend on it".replace("%", "%%"))
    body = f"""
BEGIN
  IF EXISTS (
    SELECT FROM pg_catalog.pg_shdepend AS d
    JOIN pg_catalog.pg_roles AS r ON r.oid = d.refobjid
    JOIN pg_catalog.pg_database AS b ON b.oid = d.dbid
    WHERE d.refclassid = 'pg_catalog.pg_authid'::regclass
      AND r.rolname IN ({_literals((item.id.name, *definition.member_of))})
      AND (b.datname <> current_database()
        OR pg_catalog.shobj_description(r.oid, 'pg_authid') = {quote_literal(ROLE_MARK)})
  ) OR EXISTS (
    SELECT FROM pg_catalog.pg_auth_members
    WHERE roleid = {_oid(item.id.name)}
      AND member <> {_CURRENT} AND NOT (admin_option AND grantor = {_BOOTSTRAP})
  ) THEN
    RAISE NOTICE {stays};
    RETURN;
  END IF;
{"".join(_leave(item.id.name, group) for group in reversed(definition.member_of))}\
  IF {_is_marked(item.id.name)} THEN
    DROP ROLE {name};
  END IF;
EXCEPTION
  WHEN dependent_objects_still_exist THEN
    RAISE NOTICE {stays};
  WHEN undefined_object THEN
    NULL; -- it is gone already
END
"""
    return (f"DO {quote_body(body)}",)


_CURRENT = "current_user::regrole"
_BOOTSTRAP = "10"
"""The role of initdb, which makes a new role's maker its member and administrator, from PostgreSQL 16 on."""


def _leave(name: str, group: str) -> str:
    return f"""\
  IF {_is_marked(name, group)} THEN
    {_revoke_role(name, group)};
  END IF;
"""


def _is_marked(*names: str) -> str:
    """Return the condition that one of these roles was made by us."""
    return f"""\
EXISTS (
    SELECT FROM pg_catalog.pg_roles
    WHERE rolname IN ({_literals(names)})
      AND pg_catalog.shobj_description(oid, 'pg_authid') = {quote_literal(ROLE_MARK)}
  )"""


def _oid(name: str) -> str:
    return f"{quote_literal(quote_name(name))}::regrole"


def _literals(names: Iterable[str]) -> str:
    return ", ".join(map(quote_literal, names))


ROLE_OPTIONS = ("login", "inherit", "createdb", "createrole", "bypassrls")
"""The options of a role by their fields; the words of SQL are the same."""
_ALWAYS_SAID = ("login", "inherit")


def role_options(role: Role) -> str:
    """Return the options as CREATE ROLE takes them: those that say whether it is a user or a group, and what is on."""
    return _say_options(role, (name for name in ROLE_OPTIONS if name in _ALWAYS_SAID or getattr(role, name)))


def alter_role(name: str, before: Role, after: Role) -> Iterator[str]:
    """Return the SQL that leads from one state of a role to another: its options and its memberships."""
    if changed := [option for option in ROLE_OPTIONS if getattr(before, option) != getattr(after, option)]:
        yield f"ALTER ROLE {quote_name(name)} {_say_options(after, changed)}"
    old, new = dict(before.membership_options), dict(after.membership_options)
    again = {
        group
        for group in {*before.member_of} & {*after.member_of}
        if "inherit" in changed or old.get(group) != new.get(group)
    }
    for group in after.member_of:
        if group in again:
            yield leave_role(name, group)
        if group in again or group not in before.member_of:
            yield join_role(name, group, new.get(group, ""))
    for group in before.member_of:
        if group not in after.member_of:
            yield leave_role(name, group)


def leave_role(name: str, group: str) -> str:
    """Return the SQL that takes a role out of another, whoever made it a member: PostgreSQL 16 tells them apart."""
    revoke = _revoke_role(name, group)
    stays = quote_literal(f"{CODE}: {name} stays a member of {group}: ")
    body = f"""
DECLARE
  granted_by text;
BEGIN
  {revoke};
  FOR granted_by IN
    SELECT m.grantor::regrole FROM pg_catalog.pg_auth_members AS m
    WHERE {_is_member(name, group)}
  LOOP
    EXECUTE {quote_literal(f"{revoke} GRANTED BY ")} || granted_by;
  END LOOP;
EXCEPTION WHEN insufficient_privilege OR dependent_objects_still_exist THEN
  RAISE EXCEPTION USING MESSAGE = {stays} || SQLERRM, ERRCODE = SQLSTATE,
    DETAIL = 'granted by ' || coalesce(granted_by, current_user),
    HINT = 'run it as a member of the role that granted it, or revoke that first';
END
"""
    return f"DO {quote_body(body)}"


def _revoke_role(name: str, group: str) -> str:
    return f"REVOKE {quote_name(group)} FROM {quote_name(name)}"


def _is_member(name: str, group: str) -> str:
    """Return the condition on a row of pg_auth_members; one that only lets a role administer another is none."""
    return f"""\
m.roleid = {_oid(group)} AND m.member = {_oid(name)}
      AND (to_jsonb(m) ->> 'inherit_option' IS DISTINCT FROM 'false'
        OR to_jsonb(m) ->> 'set_option' IS DISTINCT FROM 'false')"""


def _say_options(role: Role, options: Iterable[str]) -> str:
    return " ".join(("" if getattr(role, option) else "NO") + option.upper() for option in options)


RENDERER = Renderer((Kind.ROLE,), create_role, drop_role)
