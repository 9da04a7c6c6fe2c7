"""The whole of a database as one catalog."""

from collections.abc import Callable, Collection

from pgcraft.catalog.linking import link
from pgcraft.catalog.objects import Catalog, Kind, make_catalog
from pgcraft.errors import PGCraftDatabaseError
from pgcraft.introspect import constraints, functions, grants, relations, schemas, triggers, types
from pgcraft.introspect.dependencies import read_dependencies
from pgcraft.introspect.fetching import Connection, RefusedError, Scope, make_fetch, qualified_names
from pgcraft.introspect.reading import Reading
from pgcraft.versions import OLDEST, read_major

READERS = tuple(
    reader
    for module in (schemas, types, relations, constraints, functions, triggers, grants)
    for reader in module.READERS
)
"""What reads each kind, in the order in which it is asked."""


def read_catalog(
    connection: Connection,
    *,
    schemas: Collection[str] | None = None,
    roles: Collection[str] | None = None,
    is_linked: bool = True,
    refused: dict[tuple[Kind, ...], str] | None = None,
) -> Catalog:
    """Read what a database has, with one query per kind of object and no lock beyond those of reading.

    Args:
        connection: of SQLAlchemy or psycopg, or a callable that runs a query and gives its rows. Nothing is changed on
            it; inside of a transaction it stays there.
        schemas: those to read; None for all but PostgreSQL's own.
        roles: those to read; None for all but PostgreSQL's own.
        is_linked: whether objects are to know their parts and what they depend on; comparing does without.
        refused: takes the kinds that the connection's role may not read, each with the server's word, where
            ``connection`` is a callable that raises `RefusedError`.

    Returns:
        A closed catalog, sorted by id, without what extensions own and without schema ``public`` itself. Expressions
        and queries are in the form that the server prints; what has no kind is left out (see ``notes``).

    Raises:
        PGCraftDatabaseError: PGC508, the server is too old.
    """
    fetch = make_fetch(connection)
    ((version_num,),) = fetch("SELECT pg_catalog.current_setting('server_version_num')::int")
    version = read_major(version_num)
    if version < OLDEST:
        raise PGCraftDatabaseError(
            "PGC508",
            f"the server is PostgreSQL {version}, and pgcraft reads {OLDEST} and newer",
            remedy=f"use a server of PostgreSQL {OLDEST} or newer",
        )
    reading = Reading(fetch, Scope(schemas), version, None if roles is None else frozenset(roles))
    with qualified_names(fetch):
        for reader in READERS:
            _read(reader.read, reading, reader.kinds, refused)
        if is_linked:
            _read(read_dependencies, reading, (), refused)
    if not is_linked:
        return make_catalog((draft.object for draft in reading.drafts.values()), server_version=version)
    return link(reading.finish(), server_version=version)


def _read(
    read: Callable[[Reading], None],
    reading: Reading,
    kinds: tuple[Kind, ...],
    refused: dict[tuple[Kind, ...], str] | None,
) -> None:
    try:
        read(reading)
    except RefusedError as error:
        if refused is None:
            raise
        refused[kinds] = str(error)


def read_texts(connection: Connection, *, schemas: Collection[str]) -> Catalog:
    """Read those objects of a few schemas that SQL text belongs to, without what they need beyond these schemas."""
    fetch = make_fetch(connection)
    reading = Reading(fetch, Scope(schemas), 0)
    with qualified_names(fetch):
        for reader in (each for each in READERS if each.has_texts):
            reader.read(reading)
    return make_catalog(draft.object for draft in reading.drafts.values())
