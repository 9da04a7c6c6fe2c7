"""What the tables of a database hold: rows made up where there are none, and what became of them. Needs psycopg."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field, replace

import psycopg

from pgcraft.catalog.objects import Kind, ObjectId
from pgcraft.devdb.rows.inserts import write_insert
from pgcraft.devdb.rows.rows import RowMaker
from pgcraft.devdb.rows.shapes import INSERTS, Connection, RelationShape, Shapes, read_shapes
from pgcraft.identifiers import quote_name, quote_qualified

ROWS = 2
"""Rows with all columns that a table gets; one more gets what is required only."""

_SKIPPED = b"""
SELECT c.oid
FROM pg_catalog.pg_class AS c
WHERE c.relispartition
  OR c.relkind IN ('r', 'p') AND 'version_num' = ALL (
    SELECT a.attname FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  ) AND EXISTS (SELECT FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = c.oid AND a.attname = 'version_num')
"""
"""Partitions, whose rows are those of their table, and what Alembic keeps for itself."""


_ABOVE = b"""
WITH RECURSIVE above (oid, parent) AS (
  SELECT inhrelid, inhparent FROM pg_catalog.pg_inherits
  UNION
  SELECT above.oid, i.inhparent FROM above JOIN pg_catalog.pg_inherits AS i ON i.inhrelid = above.parent
)
SELECT above.oid, n.nspname, c.relname
FROM above
JOIN pg_catalog.pg_class AS c ON c.oid = above.parent
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'f')
"""
"""The tables that others inherit from, directly or not."""

_BELOW = b"""
WITH RECURSIVE below (top, oid) AS (
  SELECT inhparent, inhrelid
  FROM pg_catalog.pg_inherits JOIN pg_catalog.pg_partitioned_table ON partrelid = inhparent
  UNION
  SELECT below.top, i.inhrelid FROM below JOIN pg_catalog.pg_inherits AS i ON i.inhparent = below.oid
)
SELECT below.top, n.nspname, c.relname
FROM below
JOIN pg_catalog.pg_class AS c ON c.oid = below.oid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
"""
"""The partitions of tables, at any depth."""

_IS_THERE = b"SELECT 1 FROM pg_catalog.pg_class WHERE oid = pg_catalog.to_regclass(%s) AND relkind IN ('r', 'p')"


_COLUMNS_OF = b"""
WITH RECURSIVE made_of (oid) AS (
  SELECT to_regtype(name)::oid FROM unnest(%s::text[]) name
  UNION
  SELECT made.oid
  FROM made_of CROSS JOIN LATERAL (
    SELECT t.oid FROM pg_catalog.pg_type AS t WHERE made_of.oid IN (t.typelem, t.typbasetype)
    UNION ALL
    SELECT r.rngtypid FROM pg_catalog.pg_range AS r WHERE r.rngsubtype = made_of.oid
    UNION ALL
    SELECT c.reltype
    FROM pg_catalog.pg_attribute AS a JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid AND c.reltype <> 0
    WHERE a.atttypid = made_of.oid AND NOT a.attisdropped
  ) AS made
)
SELECT n.nspname, c.relname, a.attname
FROM made_of JOIN pg_catalog.pg_attribute AS a ON a.atttypid = made_of.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p')
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
"""
"""The columns of types, and of those that are made of them."""


@dataclass(frozen=True)
class TableRows:
    """The rows of a table.

    Attributes:
        rows: each row's values as text.
        above: the tables that it inherits from; what is said of them is said of it.
        below: its partitions; what one of them loses, it loses.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]
    above: tuple[ObjectId, ...] = ()
    below: tuple[ObjectId, ...] = ()

    def pick(self, columns: tuple[str, ...]) -> Counter[tuple[str | None, ...]]:
        """Count the rows by some of the columns."""
        places = [self.columns.index(name) for name in columns]
        return Counter(tuple(row[place] for place in places) for row in self.rows)


Contents = Mapping[ObjectId, TableRows]
"""The rows of every table."""


@dataclass(frozen=True)
class Said:
    """What is said to change what tables hold.

    Attributes:
        lost: tables and columns whose rows and values go or change.
        retyped: columns whose values are written in another type.
        renamed: tables and columns with their new names, in run order; all others are told by the last names.
    """

    lost: frozenset[ObjectId] = field(default_factory=frozenset)
    retyped: frozenset[ObjectId] = field(default_factory=frozenset)
    renamed: tuple[tuple[ObjectId, ObjectId], ...] = ()

    def about(self, table: ObjectId, rows: TableRows) -> "Said":
        """Return it with what is said of the tables above and below this one as said of it."""
        lost, retyped = (frozenset(_inherit(ids, table, rows.above)) for ids in (self.lost, self.retyped))
        return replace(self, lost=lost if lost.isdisjoint(rows.below) else lost | {table}, retyped=retyped)


def fill_tables(
    connection: Connection, open_writer: Callable[[], AbstractContextManager[Connection]] | None = None
) -> tuple[tuple[ObjectId, ...], tuple[ObjectId, ...]]:
    """Return every table that is empty a few rows, and commit them.

    Args:
        connection: what looks for such tables.
        open_writer: opens the connection that fills them, where there are any; the same one when left out.

    Returns:
        The tables that were filled, and those for which no row could be made.
    """
    shapes = read_shapes(connection)
    skipped = {oid for (oid,) in connection.execute(_SKIPPED)}
    tables = [shape for shape in shapes.by_oid.values() if shape.is_table and shape.kind != "f"]
    bare = [shape for shape in tables if shape.oid not in skipped and not _has_rows(connection, shape)]
    if not bare:
        return (), ()
    with open_writer() if open_writer else nullcontext(connection) as writer:
        filled = frozenset(map(_table_id, _fill_all(writer, shapes, bare)))
    return tuple(sorted(filled)), tuple(sorted({_table_id(shape) for shape in bare} - filled))


def _fill_all(connection: Connection, shapes: Shapes, bare: list[RelationShape]) -> list[RelationShape]:
    """Make rows for tables, and return those that have some then."""
    maker = RowMaker(connection, shapes, frozenset({ROWS - 1}))
    connection.execute(b"SET CONSTRAINTS ALL IMMEDIATE")  # else it is the end of the transaction that fails
    for shape in bare:
        if not _has_rows(connection, shape):
            _fill(connection, maker, shape)
    for shape in bare:
        if not _has_rows(connection, shape):
            with suppress(psycopg.errors.InsufficientPrivilege), _without_triggers(connection):
                _fill(connection, maker, shape)
    return [shape for shape in bare if _has_rows(connection, shape)]  # rows of one may come with another's


def empty_tables(connection: Connection, tables: tuple[ObjectId, ...]) -> None:
    """Take all rows out of some tables, and out of those that point to them, and let them count anew; commits.

    Triggers do not keep a superuser from it.

    Raises:
        psycopg.Error: a trigger kept somebody else from it.
    """
    names = [quote_qualified(table.schema, table.name) for table in tables]
    there = [name for name in names if connection.execute(_IS_THERE, (name,)).fetchone()]
    if there:
        with connection.transaction():
            with suppress(psycopg.errors.InsufficientPrivilege), connection.transaction():
                connection.execute(b"SET LOCAL session_replication_role = replica")
            connection.execute(f"TRUNCATE {', '.join(there)} RESTART IDENTITY CASCADE".encode())


def read_contents(connection: Connection) -> Contents:
    """Read all rows of all tables."""
    skipped = {oid for (oid,) in connection.execute(_SKIPPED)}
    shapes = (shape for shape in read_shapes(connection).by_oid.values() if shape.is_table and shape.kind != "f")
    above: dict[int, list[ObjectId]] = {}
    for oid, schema, name in connection.execute(_ABOVE):
        above.setdefault(oid, []).append(ObjectId(Kind.TABLE, schema, name))
    below: dict[int, list[ObjectId]] = {}
    for oid, schema, name in connection.execute(_BELOW):
        below.setdefault(oid, []).append(ObjectId(Kind.TABLE, schema, name))
    return {
        _table_id(shape): _read(connection, shape, tuple(above.get(shape.oid, ())), tuple(below.get(shape.oid, ())))
        for shape in shapes
        if shape.oid not in skipped
    }


def list_columns(connection: Connection, types: Iterable[tuple[str, str]]) -> Iterator[ObjectId]:
    """Return the columns that hold values of types, named with their schemas, or of what is made of these."""
    names = [quote_qualified(*name) for name in types]
    for schema, table, column in connection.execute(_COLUMNS_OF, [names]) if names else ():
        yield ObjectId(Kind.TABLE, schema, table).column(column)


def find_changes(before: Contents, after: Contents, said: Said) -> Iterator[str]:
    """Tell what tables no longer hold, or hold otherwise, though nothing says so."""
    for table, old in sorted(_rename(before, said.renamed).items()):
        new = after.get(table)
        of_it = said.about(table, old)
        if not of_it.lost.isdisjoint((table, ObjectId(Kind.SCHEMA, None, table.schema or ""))):
            continue
        if new is None:
            yield f"{table} is gone, and no operation says that what it holds is lost"
            continue
        columns = [name for name in old.columns if _column(table, name) not in of_it.lost]
        for name in columns:
            if name not in new.columns:
                yield f"{_column(table, name)} is gone, and no operation says that what it holds is lost"
        kept = tuple(name for name in columns if name in new.columns)
        yield from _compare(table, old, new, kept, of_it)


def give_name(object_id: ObjectId, old: ObjectId, new: ObjectId) -> ObjectId:
    """Return what is called otherwise once a table or column is renamed: that itself, or a column of that table."""
    if object_id == old:
        return new
    return object_id._replace(schema=new.schema, parent=new.name) if object_id.table == old else object_id


def _rename(contents: Contents, renamed: Iterable[tuple[ObjectId, ObjectId]]) -> Contents:
    for old, new in renamed:
        contents = {give_name(table, old, new): _rename_in(table, rows, old, new) for table, rows in contents.items()}
    return contents


def _rename_in(table: ObjectId, rows: TableRows, old: ObjectId, new: ObjectId) -> TableRows:
    is_its = old.kind is Kind.COLUMN and old.table in (table, *rows.above)
    columns = tuple(new.name if is_its and each == old.name else each for each in rows.columns)
    return replace(rows, columns=columns, above=tuple(give_name(each, old, new) for each in rows.above))


def _compare(table: ObjectId, old: TableRows, new: TableRows, kept: tuple[str, ...], said: Said) -> Iterator[str]:
    if len(old.rows) != len(new.rows):
        yield f"{table} has {len(new.rows)} of {len(old.rows)} rows, and no operation says that it loses or gains any"
        return
    retyped = {name for name in (*old.columns, *new.columns) if _column(table, name) in said.retyped}
    has_lost_some = sum(_count_values(new, name) - _count_values(old, name) for name in retyped) < 0
    for name in kept:
        if name in retyped:
            lost = _count_values(old, name) - _count_values(new, name)
            if lost > 0 and has_lost_some:  # else they have moved, from one column whose type changes to another
                yield f"{_column(table, name)} has lost {lost} of its values"
        elif old.pick((name,)) != new.pick((name,)):
            yield f"{_column(table, name)} does not hold what it held, and no operation says so"
    same = tuple(name for name in kept if name not in retyped)
    if all(old.pick((name,)) == new.pick((name,)) for name in same) and old.pick(same) != new.pick(same):
        yield f"the values of {table} stand in other rows than before"


def _count_values(table: TableRows, name: str) -> int:
    return len(table.rows) - table.pick((name,))[(None,)] if name in table.columns else 0


def _fill(connection: Connection, maker: RowMaker, shape: RelationShape) -> None:
    with suppress(psycopg.Error), connection.transaction():
        for variant in range(ROWS):
            maker.make(shape, variant)
        if shape.operations & INSERTS:
            with suppress(psycopg.Error), connection.transaction():
                least = maker.choose(shape, ROWS, required_only=True)
                connection.execute(write_insert(shape, least).encode())
    if not _has_rows(connection, shape):
        maker.forget()


@contextmanager
def _without_triggers(connection: Connection) -> Iterator[None]:
    """Let no trigger of the tables run, which only a superuser may; they hold rows that one of them refuses."""
    with connection.transaction():
        connection.execute(b"SET LOCAL session_replication_role = replica")
        yield
        connection.execute(b"SET LOCAL session_replication_role = origin")


def _has_rows(connection: Connection, shape: RelationShape) -> bool:
    return connection.execute(f"SELECT FROM {shape.sql} LIMIT 1".encode()).fetchone() is not None


def _inherit(ids: frozenset[ObjectId], table: ObjectId, above: tuple[ObjectId, ...]) -> Iterator[ObjectId]:
    yield from ids
    if not above:
        return
    if not ids.isdisjoint(above):
        yield table
    parents = {(parent.schema, parent.name) for parent in above}
    yield from (_column(table, found.name) for found in ids if (found.schema, found.parent) in parents)


def _read(
    connection: Connection, shape: RelationShape, above: tuple[ObjectId, ...], below: tuple[ObjectId, ...]
) -> TableRows:
    names = tuple(column.name for column in shape.columns)
    texts = ", ".join(f"{quote_name(name)}::text" for name in names)
    only = "" if shape.kind == "p" else "ONLY "  # what inherits from it has rows of its own
    rows = connection.execute(f"SELECT {texts} FROM {only}{shape.sql}".encode()).fetchall()
    return TableRows(names, tuple(tuple(row) for row in rows), above, below)


def _table_id(shape: RelationShape) -> ObjectId:
    return ObjectId(Kind.TABLE, shape.schema, shape.name)


def _column(table: ObjectId, name: str) -> ObjectId:
    return table.column(name)
