"""The whole of a database as one catalog."""

from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from pgcraft.catalog.linking import link
from pgcraft.catalog.objects import Catalog, Kind, make_catalog
from pgcraft.errors import PGCraftDatabaseError
from pgcraft.introspect import (
    constraints,
    default_privileges,
    functions,
    grants,
    publications,
    relations,
    schemas,
    statistics,
    triggers,
    types,
)
from pgcraft.introspect.dependencies import DEPENDENCIES, take_dependencies
from pgcraft.introspect.fetching import (
    Connection,
    Fetch,
    RefusedError,
    decode_rows,
    fetch_each,
    make_fetch,
    qualified_names,
    scope_conditions,
)
from pgcraft.introspect.reading import Reader, Reading
from pgcraft.versions import OLDEST, read_major

READERS = tuple(
    reader
    for module in (
        schemas,
        types,
        relations,
        constraints,
        functions,
        statistics,
        triggers,
        publications,
        default_privileges,
        grants,
    )
    for reader in module.READERS
)
"""What reads each kind, in the order in which it is taken."""

NEEDS = Reader((), DEPENDENCIES, take_dependencies)
"""What tells who needs whom of all these."""


def read_catalog(
    connection: Connection,
    *,
    schemas: Collection[str] | None = None,
    roles: Collection[str] | None = None,
    is_linked: bool = True,
    refused: dict[tuple[Kind, ...], str] | None = None,
) -> Catalog:
    """Read what a database has, with one query per kind in one statement, and no lock beyond those of reading.

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
    return _ask(make_fetch(connection), schemas, is_linked=is_linked, refused=refused).make_catalog(roles)


@contextmanager
def reading_ahead(connection: Any) -> Iterator[Callable[[], Catalog]]:
    """Have the server answer meanwhile: nobody else may use the connection until the catalog is taken.

    Args:
        connection: of SQLAlchemy.

    Yields:
        What waits for the answers, and returns the whole catalog, not linked.
    """
    fetch = make_fetch(connection)
    if connection.dialect.is_async:  # whose connection belongs to this thread
        yield lambda: _ask(fetch, None, is_linked=False).make_catalog()
        return
    with ThreadPoolExecutor(1) as pool:
        answers = pool.submit(_ask, fetch, None, is_linked=False)
        yield lambda: answers.result().make_catalog()


def read_texts(connection: Connection, *, schemas: Collection[str]) -> Catalog:
    """Read those objects of a few schemas that SQL text belongs to, without what they need beyond these schemas."""
    readers = tuple(reader for reader in READERS if reader.has_texts)
    return _Answers(0, readers, _fetch(make_fetch(connection), schemas, readers)).make_catalog()


@dataclass(frozen=True, slots=True)
class _Answers:
    """What a server said, as JSON for each of the readers that asked."""

    version: int
    readers: tuple[Reader, ...]
    texts: list[str | None]

    def make_catalog(self, roles: Collection[str] | None = None) -> Catalog:
        reading = Reading(None if roles is None else frozenset(roles))
        for reader, text in zip(self.readers, self.texts, strict=True):
            reader.take(reading, decode_rows(text))
        if NEEDS in self.readers:
            return link(reading.finish(), server_version=self.version)
        return make_catalog((draft.object for draft in reading.drafts.values()), server_version=self.version)


def _ask(
    fetch: Fetch,
    schemas: Collection[str] | None,
    *,
    is_linked: bool,
    refused: dict[tuple[Kind, ...], str] | None = None,
) -> _Answers:
    ((version_num,),) = fetch("SELECT pg_catalog.current_setting('server_version_num')::int")
    version = read_major(version_num)
    if version < OLDEST:
        raise PGCraftDatabaseError(
            "PGC508",
            f"the server is PostgreSQL {version}, and pgcraft reads {OLDEST} and newer",
            remedy=f"use a server of PostgreSQL {OLDEST} or newer",
        )
    readers = (*READERS, NEEDS) if is_linked else READERS
    try:
        return _Answers(version, readers, _fetch(fetch, schemas, readers))
    except RefusedError:
        if refused is None:
            raise
    return _Answers(version, readers, [_try(fetch, schemas, reader, refused) for reader in readers])


def _try(
    fetch: Fetch, schemas: Collection[str] | None, reader: Reader, refused: dict[tuple[Kind, ...], str]
) -> str | None:
    try:
        (text,) = _fetch(fetch, schemas, (reader,))
    except RefusedError as error:
        refused[reader.kinds] = str(error)
        return None
    return text


def _fetch(fetch: Fetch, schemas: Collection[str] | None, readers: tuple[Reader, ...]) -> list[str | None]:
    conditions = scope_conditions(schemas)
    with qualified_names(fetch):
        return fetch_each(fetch, [reader.query.format(**conditions) for reader in readers])
