"""Passwords are found wherever they stand."""

import pytest

from pgcraft.scrub import scrub


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("postgresql+psycopg://me:s3cr3t@host/db", "postgresql+psycopg://me:***@host/db"),
        ("postgresql://me:p@ss:w0rd@host:5432/db?x=1", "postgresql://me:***@host:5432/db?x=1"),
        ("postgresql://:s3cr3t@/db", "postgresql://:***@/db"),
        ("two a://u:one@h b://v:two@h", "two a://u:***@h b://v:***@h"),
        ("host=h password=s3cr3t user=u", "host=h password=*** user=u"),
        ("password='two words' user=u", "password=*** user=u"),
        ("postgresql://h/db?user=u&password=s3cr3t&x=1", "postgresql://h/db?user=u&password=***&x=1"),
        ("PGPASSWORD=abcd psql", "PGPASSWORD=*** psql"),
        ("postgresql://h:5432/db", "postgresql://h:5432/db"),
        ("password = Column(String)", "password = Column(String)"),
        ("nothing here", "nothing here"),
    ],
)
def test_passwords_are_hidden(text: str, expected: str):
    assert expected == scrub(text)


def test_the_value_of_a_secret_variable_is_hidden(monkeypatch: pytest.MonkeyPatch):
    """A server's message may quote it without any sign that it is one."""
    monkeypatch.setenv("PGRST_DB_PASSWORD", "correct horse")
    assert "role: ***" == scrub("role: correct horse")
