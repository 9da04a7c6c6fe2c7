"""What statements say of the rows that they run past: what they take away, turn into another type, or rename."""

from collections.abc import Iterable

from pgcraft.catalog.objects import Kind, ObjectId
from pgcraft.devdb.rows.contents import Said, give_name, list_columns
from pgcraft.diff.losses import find_losses, find_renamed, find_retyped, find_revalued, find_written
from pgcraft.worker.scratch import Connection

_DEFAULT_SCHEMA = "public"


def read_said(statements: Iterable[str], connection: Connection) -> Said:
    """Return what statements said, in run order; each object is told by the name that it has in the end.

    Args:
        connection: to the database that they were run in.
    """
    lost: set[ObjectId] = set()
    retyped: set[ObjectId] = set()
    types: set[ObjectId] = set()
    renamed: list[tuple[ObjectId, ObjectId]] = []
    for sql in statements:
        lost.update(map(settle, (*find_losses(sql), *find_written(sql))))
        retyped.update(map(settle, find_retyped(sql)))
        types.update(map(settle, find_revalued(sql)))
        for old, new in (tuple(map(settle, pair)) for pair in find_renamed(sql)):
            renamed.append((old, new))
            lost, retyped, types = ({give_name(each, old, new) for each in ids} for ids in (lost, retyped, types))
    columns = list_columns(connection, (found.qualified for found in types))
    return Said(frozenset(lost), frozenset({*retyped, *columns}), tuple(renamed))


def settle(object_id: ObjectId) -> ObjectId:
    """Return an id with its schema."""
    is_bare = object_id.schema is None and object_id.kind is not Kind.SCHEMA
    return object_id._replace(schema=_DEFAULT_SCHEMA) if is_bare else object_id
