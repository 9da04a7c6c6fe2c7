"""The whole of a database as one catalog."""

from collections.abc import Collection

from pgcraft.catalog.linking import link
from pgcraft.catalog.objects import Catalog, make_catalog
from pgcraft.errors import PGCraftDatabaseError
from pgcraft.introspect.constraints import read_constraints, read_indexes
from pgcraft.introspect.dependencies import read_dependencies
from pgcraft.introspect.fetching import Connection, Scope, make_fetch, qualified_names
from pgcraft.introspect.functions import read_functions
from pgcraft.introspect.grants import read_grants
from pgcraft.introspect.notes import read_notes
from pgcraft.introspect.reading import Reading
from pgcraft.introspect.relations import read_relations
from pgcraft.introspect.schemas import read_extensions, read_roles, read_schemas
from pgcraft.introspect.triggers import read_policies, read_triggers
from pgcraft.introspect.types import read_enums, read_sequences

OLDEST_VERSION = 15
"""The oldest major version whose system catalogs the queries know."""

_LOOSE_READERS = (
    read_schemas,
    read_extensions,
    read_enums,
    read_sequences,
    read_relations,
    read_constraints,
    read_indexes,
    read_functions,
    read_triggers,
    read_policies,
    read_grants,
)
_READERS = (*_LOOSE_READERS, read_dependencies, read_notes)

_TEXT_READERS = (read_relations, read_constraints, read_indexes, read_functions, read_triggers, read_policies)


def read_catalog(
    connection: Connection,
    *,
    schemas: Collection[str] | None = None,
    roles: Collection[str] | None = None,
    is_linked: bool = True,
) -> Catalog:
    """Read what a database has, with one query per kind of object and no lock beyond those of reading.

    Args:
        connection: of SQLAlchemy or psycopg, or a callable that runs a query and gives its rows. Nothing is changed on
            it; inside of a transaction it stays there.
        schemas: those to read; None for all but PostgreSQL's own.
        roles: those to read; None for all but PostgreSQL's own.
        is_linked: whether objects are to know their parts and what they depend on, and what has no kind is to be
            named; comparing does without.

    Returns:
        A closed catalog, sorted by id, without what extensions own and without schema ``public`` itself. Expressions
        and queries are in the form that the server prints; what has no kind is named in the notes.

    Raises:
        PGCraftDatabaseError: PGC508, the server is too old.
    """
    fetch = make_fetch(connection)
    ((version,),) = fetch("SELECT pg_catalog.current_setting('server_version_num')::int / 10000")
    if version < OLDEST_VERSION:
        raise PGCraftDatabaseError(
            "PGC508",
            f"the server is PostgreSQL {version}, and pgcraft reads {OLDEST_VERSION} and newer",
            remedy=f"use a server of PostgreSQL {OLDEST_VERSION} or newer",
        )
    reading = Reading(fetch, Scope(schemas), version)
    with qualified_names(fetch):
        read_roles(reading, roles)
        for read in _READERS if is_linked else _LOOSE_READERS:
            read(reading)
    if not is_linked:
        return make_catalog((draft.object for draft in reading.drafts.values()), server_version=version)
    return link(reading.finish(), server_version=version, notes=tuple(reading.notes))


def read_texts(connection: Connection, *, schemas: Collection[str]) -> Catalog:
    """Read those objects of a few schemas that SQL text belongs to, without what they need beyond these schemas."""
    fetch = make_fetch(connection)
    reading = Reading(fetch, Scope(schemas), 0)
    with qualified_names(fetch):
        for read in _TEXT_READERS:
            read(reading)
    return make_catalog(draft.object for draft in reading.drafts.values())
