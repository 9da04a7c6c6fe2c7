"""What two objects cannot both have."""

from collections.abc import Hashable, Iterator

from pgcraft.catalog.kinds import IN_PG_CLASS, NAMED_AS_RELATIONS, TYPES
from pgcraft.catalog.objects import Kind, ObjectId

Claim = Hashable
"""An id, or a name among a schema's relations or types."""


def claim_relation(schema: str | None, name: str) -> Claim:
    """Return a name among a schema's relations."""
    return ("relation", schema, name)


def claim_type(schema: str | None, name: str) -> Claim:
    """Return a name among a schema's types."""
    return ("type", schema, name)


def list_claims(object_id: ObjectId) -> Iterator[Claim]:
    """Return what nothing else can have while an object is there.

    A table has a type of its name for its rows (https://www.postgresql.org/docs/current/sql-createtable.html), a
    composite type is in pg_class, and what is there and no index cannot be made while a type has its name.
    """
    yield object_id
    if object_id.kind in NAMED_AS_RELATIONS:
        yield claim_relation(object_id.schema, object_id.name)
    if object_id.kind in TYPES or (object_id.kind in IN_PG_CLASS and object_id.kind is not Kind.INDEX):
        yield claim_type(object_id.schema, object_id.name)
