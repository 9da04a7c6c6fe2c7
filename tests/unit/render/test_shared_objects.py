"""Roles and schemas, which belong to others too: the blocks that make and drop them, to the letter."""

import pytest

from pgcraft.catalog.definitions import Role, Schema
from pgcraft.catalog.ids import parse_id
from pgcraft.catalog.objects import CatalogObject
from pgcraft.render.dispatch import render_create, render_drop
from pgcraft.render.roles import join_role, role_options

CREATE_ROLE = """\
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'an''on') THEN
    CREATE ROLE "an'on" NOLOGIN INHERIT;
    COMMENT ON ROLE "an'on" IS 'created by pgcraft';
  END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
  NULL; -- made by another session at the same time
END
$$"""
JOIN = """\
DO $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM pg_catalog.pg_auth_members AS m
    WHERE m.roleid = '"Web"'::regrole AND m.member = 'anon'::regrole
      AND (to_jsonb(m) ->> 'inherit_option' IS DISTINCT FROM 'false'
        OR to_jsonb(m) ->> 'set_option' IS DISTINCT FROM 'false')
  ) THEN
    GRANT "Web" TO anon;
  END IF;
END
$$"""
DROP_ROLE = """\
DO $$
BEGIN
  IF EXISTS (
    SELECT FROM pg_catalog.pg_shdepend AS d
    JOIN pg_catalog.pg_roles AS r ON r.oid = d.refobjid
    JOIN pg_catalog.pg_database AS b ON b.oid = d.dbid
    WHERE d.refclassid = 'pg_catalog.pg_authid'::regclass
      AND r.rolname IN ('5%', 'web')
      AND (b.datname <> current_database()
        OR pg_catalog.shobj_description(r.oid, 'pg_authid') = 'created by pgcraft')
  ) OR EXISTS (
    SELECT FROM pg_catalog.pg_auth_members
    WHERE roleid = '"5%"'::regrole
      AND member <> current_user::regrole AND NOT (admin_option AND grantor = 10)
  ) THEN
    RAISE NOTICE 'role "5%%" stays: other objects depend on it';
    RETURN;
  END IF;
  IF EXISTS (
    SELECT FROM pg_catalog.pg_roles
    WHERE rolname IN ('5%', 'web')
      AND pg_catalog.shobj_description(oid, 'pg_authid') = 'created by pgcraft'
  ) THEN
    REVOKE web FROM "5%";
  END IF;
  IF EXISTS (
    SELECT FROM pg_catalog.pg_roles
    WHERE rolname IN ('5%')
      AND pg_catalog.shobj_description(oid, 'pg_authid') = 'created by pgcraft'
  ) THEN
    DROP ROLE "5%";
  END IF;
EXCEPTION
  WHEN dependent_objects_still_exist THEN
    RAISE NOTICE 'role "5%%" stays: other objects depend on it';
  WHEN undefined_object THEN
    NULL; -- it is gone already
END
$$"""
DROP_SCHEMA = """\
DO $$
BEGIN
  DROP SCHEMA IF EXISTS "100%";
EXCEPTION WHEN dependent_objects_still_exist THEN
  RAISE NOTICE 'schema "100%%" stays: it holds other objects';
END
$$"""


def role(line: str, **facts: object) -> CatalogObject:
    return CatalogObject(parse_id(line), Role(**facts))


def test_a_role_is_made_unless_another_session_does_so_at_the_same_time() -> None:
    """Of two at once the loser meets the unique index of pg_authid: unique_violation, not duplicate_object."""
    assert (CREATE_ROLE,) == render_create(role('role "an\'on"'))


def test_a_membership_is_made_unless_it_is_there() -> None:
    assert JOIN == join_role("anon", "Web")
    assert JOIN == render_create(role("role anon", member_of=("Web",)))[1]


def test_a_role_goes_with_what_we_made_and_nothing_else() -> None:
    """A percent sign in RAISE takes an argument that is not there."""
    assert (DROP_ROLE,) == render_drop(role('role "5%"', member_of=("web",)))


def test_memberships_go_in_the_other_order() -> None:
    (text,) = render_drop(role("role anon", member_of=("a", "b")))
    assert text.index("REVOKE b FROM anon") < text.index("REVOKE a FROM anon") < text.index("DROP ROLE anon")


OPTIONS = {
    "NOLOGIN INHERIT": {},
    "LOGIN INHERIT": {"login": True},
    "NOLOGIN NOINHERIT": {"inherit": False},
    "NOLOGIN INHERIT CREATEDB": {"createdb": True},
    "NOLOGIN INHERIT CREATEROLE": {"createrole": True},
    "NOLOGIN INHERIT BYPASSRLS": {"bypassrls": True},
    "LOGIN NOINHERIT CREATEDB CREATEROLE BYPASSRLS": {
        "login": True,
        "inherit": False,
        "createdb": True,
        "createrole": True,
        "bypassrls": True,
    },
}


@pytest.mark.parametrize("expected", OPTIONS)
def test_options_of_a_role_are_said(expected: str) -> None:
    assert expected == role_options(Role(**OPTIONS[expected]))


def test_a_schema_is_made_unless_it_is_there() -> None:
    item = CatalogObject(parse_id('schema "100%"'), Schema(comment="all: 100%"))
    expected = ('CREATE SCHEMA IF NOT EXISTS "100%"', "COMMENT ON SCHEMA \"100%\" IS 'all: 100%'")
    assert expected == render_create(item)


def test_a_schema_that_holds_others_objects_stays() -> None:
    """Its name stands in the notice, where a percent sign is doubled."""
    assert (DROP_SCHEMA,) == render_drop(CatalogObject(parse_id('schema "100%"'), Schema()))


def test_the_schema_that_is_always_there_is_never_dropped() -> None:
    assert () == render_drop(CatalogObject(parse_id("schema public"), Schema()))
