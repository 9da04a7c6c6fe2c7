"""Memberships: a role that leaves a group has nothing of it any more, and options that nobody declared are a difference."""

import psycopg
import pytest

from pgcraft.catalog.definitions import Role
from pgcraft.catalog.objects import CatalogObject, Kind, ObjectId
from pgcraft.diff.changes import alter_in_place
from pgcraft.diff.compare import compare_objects
from pgcraft.introspect import read_catalog
from tests.support.databases import Database

MEMBER = ObjectId(Kind.ROLE, None, 'm "M".%')
SETUP = """
CREATE ROLE "g ""G"".%"; CREATE ROLE "m ""M"".%"; CREATE ROLE dba; CREATE ROLE plain CREATEROLE;
GRANT "g ""G"".%" TO dba, plain WITH ADMIN OPTION; GRANT "g ""G"".%" TO "m ""M"".%";
SET ROLE dba; GRANT "g ""G"".%" TO "m ""M"".%" WITH ADMIN OPTION; RESET ROLE;
"""
GROUP = 'g "G".%'
WANTED = CatalogObject(MEMBER, Role())


def read_role(connection: psycopg.Connection) -> CatalogObject:
    return read_catalog(connection).by_id[MEMBER]


@pytest.mark.usefixtures("clean_roles")
@pytest.mark.parametrize("declared", [Role(), Role(inherit=False, member_of=(GROUP,)), Role(member_of=(GROUP,))])
def test_a_membership_is_as_declared_whoever_granted_it(database: Database, declared: Role) -> None:
    """From PostgreSQL 16 on a plain REVOKE takes what its own role granted, and says nothing of the rest."""
    with database.connect() as connection:
        connection.execute(SETUP.encode())
        before, wanted = read_role(connection), CatalogObject(MEMBER, declared)
        change = alter_in_place(compare_objects(before, wanted), wanted)
        assert change is not None
        assert change.down is not None
        for expected, statements in ((wanted, change.up), (before, change.down), (wanted, change.up)):
            for sql in statements:
                connection.execute(sql.encode())
            assert expected.definition == read_role(connection).definition


@pytest.mark.usefixtures("clean_roles18")
def test_a_membership_that_cannot_be_taken_stops_the_revision(database18: Database) -> None:
    """A role that may not revoke what another granted went on as if it had."""
    with database18.connect() as connection:
        connection.execute(SETUP.encode())
        change = alter_in_place(compare_objects(read_role(connection), WANTED), WANTED)
        assert change is not None
        connection.execute(b"SET ROLE plain")
        with pytest.raises(psycopg.Error, match=r"PGC406: m .* stays a member of g") as raised:
            connection.execute(change.up[0].encode())
        assert raised.value.diag.message_detail in ("granted by dba", "granted by postgres")
        connection.execute(b'RESET ROLE; SET ROLE "m ""M"".%"; GRANT "g ""G"".%" TO dba; RESET ROLE')
        with pytest.raises(psycopg.Error, match=r"PGC406: .* dependent privileges exist"):
            connection.execute(change.up[0].encode())
