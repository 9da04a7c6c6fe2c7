"""What statements lock, write anew and read whole, measured: each runs in a transaction of its own and is looked at."""

from collections.abc import Callable, Iterable, Iterator

import psycopg

from pgcraft.catalog.objects import Kind, ObjectId
from pgcraft.diff.autocommit import refuses_transaction
from pgcraft.diff.locks import find_locks, find_new, strongest, without_new
from pgcraft.render.statement import Lock, LockMode
from pgcraft.service.types import Impact, Operation
from pgcraft.worker.rows import ABOUT_ROWS
from pgcraft.worker.scratch import Connection

_RELATIONS = """
SELECT c.oid, n.nspname, c.relname, c.relkind, t.relname, pg_relation_filenode(c.oid)
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_index AS i ON i.indexrelid = c.oid
LEFT JOIN pg_catalog.pg_class AS t ON t.oid = i.indrelid
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f', 'i', 'I')
"""
_SCANS = "SELECT oid, pg_catalog.pg_stat_get_xact_numscans(oid) FROM unnest(%s::oid[]) AS oid"
_LOCKED = """
SELECT relation, array_agg(mode), pg_catalog.pg_relation_filenode(relation),
  pg_catalog.pg_stat_get_xact_numscans(relation)
FROM pg_catalog.pg_locks
WHERE pid = pg_catalog.pg_backend_pid() AND locktype = 'relation' AND relation = ANY (%s::oid[])
GROUP BY relation
"""
_KINDS = {"v": Kind.VIEW, "m": Kind.MATERIALIZED_VIEW, "S": Kind.SEQUENCE, "i": Kind.INDEX, "I": Kind.INDEX}
_HOLDING_ROWS = (Kind.TABLE, Kind.MATERIALIZED_VIEW)
_MODES = {mode.title().replace(" ", "") + "Lock": mode for mode in LockMode}
"""The modes by their names in ``pg_locks``: ``AccessExclusiveLock``."""


def measure(
    connection: Connection, operations: Iterable[Operation], make_room: Callable[[], None] | None = None
) -> tuple[Impact, ...]:
    """Run the statements of operations one by one and return what each did to relations that were there before.

    What cannot run in a transaction, and what comes after a statement that fails, is told by the documentation.

    Args:
        connection: in autocommit, to a database that stands before the operations; it is changed.
        make_room: takes rows away that statements may fail on; called once at most.
    """
    meter = _Meter(connection, make_room)
    return tuple(meter.run(operation, sql) for operation in operations for sql in operation.up)


def tell(operations: Iterable[Operation]) -> tuple[Impact, ...]:
    """Return what the documentation says of the statements of operations, which nobody runs."""
    listed = tuple(operations)
    new = find_new((each.verb, each.target) for each in listed)
    return tuple(
        Impact(each.key, sql, without_new(find_locks(sql, each.target), new)) for each in listed for sql in each.up
    )


class _Meter:
    def __init__(self, connection: Connection, make_room: Callable[[], None] | None) -> None:
        self._connection = connection
        self._make_room = make_room
        self._has_failed = False
        rows = connection.execute(_RELATIONS.encode()).fetchall()
        self._known: dict[int, ObjectId] = {oid: _identify(*names) for oid, *names, _ in rows}
        self._files: dict[int, int | None] = {oid: file for oid, *_, file in rows}
        self._names = {relation.qualified for relation in self._known.values()}

    def run(self, operation: Operation, sql: str) -> Impact:
        """Run a statement, and return what it did."""
        found = None if self._has_failed else self._try(operation.key, sql)
        if found is not None:
            return found
        ruled = (lock for lock in find_locks(sql, operation.target) if lock.relation.qualified in self._names)
        return Impact(operation.key, sql, tuple(ruled))

    def _try(self, key: str, sql: str) -> Impact | None:
        try:
            if refuses_transaction(sql):
                self._connection.execute(sql.encode())
                return None
            with self._connection.transaction():
                impact, files = self._look_at(key, sql)
        except psycopg.Error as error:
            if self._make_room is not None and (error.sqlstate or "")[:2] in ABOUT_ROWS:
                make_room, self._make_room = self._make_room, None
                make_room()
                return self._try(key, sql)
            self._has_failed = True
            return None
        self._files |= files
        return impact

    def _look_at(self, key: str, sql: str) -> tuple[Impact, dict[int, int | None]]:
        known = list(self._known)
        before: dict[int, int] = dict(self._connection.execute(_SCANS.encode(), (known,)).fetchall())
        self._connection.execute(sql.encode())
        found = self._connection.execute(_LOCKED.encode(), (known,)).fetchall()
        locks = [Lock(_MODES[mode], self._known[oid], is_measured=True) for oid, modes, *_ in found for mode in modes]
        holding = [(oid, file, scans) for oid, _, file, scans in found if self._known[oid].kind in _HOLDING_ROWS]
        files = {oid: file for oid, file, _ in holding if file is not None}
        rewritten = sorted(self._known[oid] for oid, file in files.items() if file != self._files[oid])
        scanned = sorted(self._known[oid] for oid, _, scans in holding if scans > before[oid])
        return Impact(key, sql, tuple(_leave_parts(strongest(locks))), tuple(rewritten), tuple(scanned)), files


def _identify(schema: str, name: str, kind: str, table: str | None) -> ObjectId:
    return ObjectId(_KINDS.get(kind, Kind.TABLE), schema, name, table)


def _leave_parts(locks: tuple[Lock, ...]) -> Iterator[Lock]:
    """Return locks without those of indexes whose table is locked as strongly."""
    tables = {lock.relation.qualified: lock.mode.strength for lock in locks}
    for lock in locks:
        relation = lock.relation
        if relation.kind is not Kind.INDEX or tables.get(relation.relation, -1) < lock.mode.strength:
            yield lock
