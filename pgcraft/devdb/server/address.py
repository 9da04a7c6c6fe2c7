"""Addresses of databases: one URL form for SQLAlchemy, one for libpq."""

from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from pgcraft.errors import PGCraftConfigError

_DRIVER = "postgresql+psycopg"


def check_url(url: str) -> str:
    """Return an address that somebody typed as the URL that SQLAlchemy and psycopg read.

    Raises:
        PGCraftConfigError: PGC016, it is not that of a PostgreSQL server.
    """
    scheme, separator, _ = url.partition("://")
    if not separator or scheme.partition("+")[0] not in ("postgres", "postgresql"):
        shown = hide_password(url) if separator else url
        raise PGCraftConfigError(
            "PGC016",
            f"{shown} is not the address of a PostgreSQL server",
            remedy="write postgresql://user@host:5432/database",
        )
    return _rebuild(url, scheme=_DRIVER)


def make_socket_url(directory: str, port: int, *, user: str = "postgres", database: str = "postgres") -> str:
    """Return the SQLAlchemy URL of a server that listens on a socket in this directory.

    The port is part of it: a ``PGPORT`` in the user's environment would otherwise lead elsewhere.
    """
    return f"{_DRIVER}://{quote(user, safe='')}@/{quote(database, safe='')}?host={quote(directory)}&port={port}"


def replace_database(url: str, database: str) -> str:
    """Return the same server's URL with another database."""
    return _rebuild(url, path="/" + quote(database, safe=""))


def get_database(url: str) -> str:
    """Return the name of the database."""
    return unquote(urlsplit(url).path.removeprefix("/"))


def replace_user(url: str, user: str, password: str = "") -> str:
    """Return the same database's URL with another user, and without the password of this one."""
    host = urlsplit(url).netloc.rpartition("@")[2]
    secret = f":{quote(password, safe='')}" if password else ""
    return _rebuild(url, netloc=f"{quote(user, safe='')}{secret}@{host}")


def set_role(url: str, role: str) -> str:
    """Return the same URL for sessions that begin by switching to a role."""
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    others = [(key, value) for key, value in pairs if key != "options"]
    escaped = role.replace("\\", "\\\\").replace(" ", "\\ ")
    options = " ".join([*(value for key, value in pairs if key == "options"), f"-c role={escaped}"])
    return _rebuild(url, query=urlencode([*others, ("options", options)], quote_via=quote))


def to_conninfo(url: str) -> str:
    """Return the URL as libpq reads it, for psycopg, psql and PostgREST: without SQLAlchemy's driver."""
    return _rebuild(url, scheme="postgresql")


def hide_password(url: str) -> str:
    """Return the URL as it may be shown: the password is ``***``."""
    user, at, host = urlsplit(url).netloc.rpartition("@")
    name, colon, _ = user.partition(":")
    return _rebuild(url, netloc=f"{name}{colon}{'***' if colon else ''}{at}{host}")


def _rebuild(url: str, **changes: str) -> str:
    # Not urlunsplit: it makes "postgresql:/db" of "postgresql:///db", which libpq refuses.
    parts = urlsplit(url)._replace(**changes)
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme}://{parts.netloc}{parts.path}{query}"
