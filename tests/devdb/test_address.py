"""One address, as SQLAlchemy and as libpq read it."""

import psycopg.conninfo
import pytest
from sqlalchemy import make_url

from pgcraft.devdb.server.address import (
    hide_password,
    make_socket_url,
    replace_database,
    replace_user,
    set_role,
    to_conninfo,
)
from pgcraft.identifiers import quote_name
from tests.support.databases import Database

SOCKET = make_socket_url("/dev/shm/pgc-1", 5432)


def test_a_socket_address_is_read_alike_by_sqlalchemy_and_libpq() -> None:
    """The port must be in it: a PGPORT in the user's environment would lead elsewhere."""
    url = make_url(SOCKET)
    assert (url.drivername, url.username, url.database) == ("postgresql+psycopg", "postgres", "postgres")
    assert url.query == {"host": "/dev/shm/pgc-1", "port": "5432"}
    assert psycopg.conninfo.conninfo_to_dict(to_conninfo(SOCKET)) == {
        "host": "/dev/shm/pgc-1",
        "port": "5432",
        "user": "postgres",
        "dbname": "postgres",
    }


@pytest.mark.parametrize("name", ["plain", "with space", "Ä/ö?&#%", 'quo"te', "a:b@c"])
def test_any_database_name_comes_back_whole(name: str) -> None:
    url = replace_database(SOCKET, name)
    assert make_url(url).database == name
    assert psycopg.conninfo.conninfo_to_dict(to_conninfo(url))["dbname"] == name


@pytest.mark.parametrize(
    "url", ["postgresql:///old", "postgresql+psycopg://u:p@h:5433/old?sslmode=require", "postgresql://h"]
)
def test_addresses_of_every_form_keep_their_rest(url: str) -> None:
    before = psycopg.conninfo.conninfo_to_dict(to_conninfo(url))
    after = psycopg.conninfo.conninfo_to_dict(to_conninfo(replace_database(url, "new")))
    assert after == {**before, "dbname": "new"}


def test_another_user_has_not_the_password() -> None:
    assert replace_user("postgresql://u:p@h/db", "anon") == "postgresql://anon@h/db"
    assert make_url(replace_user(SOCKET, "a b")).username == "a b"


def test_a_shown_address_has_no_password() -> None:
    assert hide_password("postgresql://u:se@cret@h/db") == "postgresql://u:***@h/db"
    assert hide_password("postgresql://u@h/db") == "postgresql://u@h/db"
    assert hide_password(SOCKET) == SOCKET


@pytest.mark.parametrize("name", ["plain", "with space", "Ä/ö?&#%", 'quo"te', "back\\slash"])
def test_a_session_begins_as_any_role(database18: Database, name: str) -> None:
    """Options are divided by spaces, and the user's own must stay."""
    role = f"{name} {database18.name}"
    database18.run(f"CREATE ROLE {quote_name(role)}")
    try:
        url = set_role(f"{database18.url}&options=-c%20search_path%3Da,b", role)
        with psycopg.connect(to_conninfo(url)) as connection:
            found = connection.execute("SELECT current_user, current_setting('search_path')").fetchone()
        assert found == (role, "a,b")
    finally:
        database18.run(f"DROP ROLE {quote_name(role)}")
