"""The DDL of changed objects on both sides of a revision, as the server prints it, so that like stands beside like."""

from collections.abc import Iterable, Iterator

import psycopg

from pgcraft.catalog.kinds import OF_DATABASE, RELATIONS
from pgcraft.catalog.objects import Catalog, Kind, ObjectId
from pgcraft.diff.autocommit import commits, refuses_transaction, without_concurrently
from pgcraft.export import format_script
from pgcraft.introspect import read_catalog
from pgcraft.scripts.sql_changes import Renaming
from pgcraft.scripts.sql_reading import read_sql
from pgcraft.service.ddl import Script
from pgcraft.service.types import ChangedObject, Operation
from pgcraft.worker.scratch import connect


def read_changed(url: str, operations: tuple[Operation, ...]) -> tuple[ChangedObject, ...]:
    """Return the objects that operations change, a relation for each of its parts, sorted by id.

    The operations are run in a transaction that is rolled back. Where they cannot be, nothing is given: their SQL is
    all that is known then.

    Args:
        url: of a database that the migrations have been replayed on; it is of no use for anything else afterwards.
        operations: of the next revision, in run order.
    """
    if not operations:
        return ()
    statements = [sql for operation in operations for sql in operation.up if not commits(sql)]  # which fills rows
    with connect(url) as connection:
        before = read_catalog(connection)
        try:
            for statement in filter(_must_come_first, statements):
                connection.execute(statement.encode())
            with connection.transaction(force_rollback=True):
                for statement in statements:
                    if not _must_come_first(statement):
                        connection.execute(without_concurrently(statement).encode())
                after = read_catalog(connection)
        except psycopg.Error:
            return ()
    return tuple(_compare(before, after, operations))


def _must_come_first(statement: str) -> bool:
    """Whether nothing can use what it makes before that is committed: a value of an enumerated type."""
    return refuses_transaction(statement) and without_concurrently(statement) == statement


def _compare(before: Catalog, after: Catalog, operations: Iterable[Operation]) -> Iterator[ChangedObject]:
    there, meant = Script(before), Script(after)
    listed = tuple(operations)
    old: dict[ObjectId, ObjectId] = {}
    for each in reversed(listed):
        if each.verb == "rename":
            old[each.target] = _find_old(each, old.get(each.target, each.target))
    for object_id in sorted({_find_shown(each.target, before, after) for each in listed}):
        was, is_ = _render(before, there, old.get(object_id, object_id)), _render(after, meant, object_id)
        if was != is_:
            yield ChangedObject(object_id, was, is_)


def _find_old(rename: Operation, found: ObjectId) -> ObjectId:
    """Return the id that something had before it was renamed or moved: the way back leads to it."""
    for change in (change for sql in rename.down for change in read_sql(sql)):
        if isinstance(change, Renaming):
            found = found._replace(name=change.new_name or found.name, schema=change.new_schema or found.schema)
    return found


def _find_shown(target: ObjectId, *catalogs: Catalog) -> ObjectId:
    """Return the object whose DDL shows a target: what a grant is on, the relation of a part, else itself."""
    name = target.name if target.kind is Kind.GRANT else target.parent
    if target.kind in OF_DATABASE or name is None:
        return target
    for kind in RELATIONS:
        owner = ObjectId(kind, target.schema, name)
        if any(catalog.find(owner) is not None for catalog in catalogs):
            return owner
    return target


def _render(catalog: Catalog, script: Script, object_id: ObjectId) -> str:
    return format_script(script.select((object_id,))) if catalog.find(object_id) is not None else ""
