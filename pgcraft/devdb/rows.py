"""Made-up rows for any table or view, with the rows that their foreign keys need; needs psycopg.

Everything is written as the connection's own role, which should own the relations or be a superuser, and inside the
caller's transaction: who wants nothing to stay rolls it back.
"""

import json
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import psycopg

from pgcraft.catalog.objects import ObjectId
from pgcraft.devdb.shapes import (
    INSERTS,
    ColumnShape,
    Connection,
    ForeignKey,
    RelationShape,
    Shapes,
    find_origins,
    quote_columns,
    read_shapes,
)
from pgcraft.devdb.values import choose_values
from pgcraft.identifiers import quote_literal, quote_name

VARIANTS_TRIED = 4
"""How many variants of a row are tried when one is there already."""

VARIANT_STEP = 37
SOURCE_STEP = 1009
UNIQUE_VIOLATION = "23505"
NEWEST = f"xmin::text::bigint >= pg_current_xact_id()::text::bigint % {2**32} ORDER BY xmin::text::bigint DESC"
"""Rows of this transaction, the last first."""

Row = dict[str, str | None]
"""A row by column name, each value as text."""


@dataclass
class RowMaker:
    """Makes rows in one database; remembers which it made, so that parents are shared and joins find partners."""

    connection: Connection
    shapes: Shapes
    _made: dict[tuple[int, int], Row] = field(default_factory=dict)
    _open: set[int] = field(default_factory=set)
    _origins: dict[int, dict[str, tuple[int, int]]] = field(default_factory=dict)

    def forget(self) -> None:
        """Forget the made rows: they were rolled back."""
        self._made.clear()

    def make(self, shape: RelationShape, variant: int = 0) -> Row | None:
        """Make a row that the relation shows, and give it; None where that could not be done.

        Rows of a view that takes none are made by rows of what it reads.
        """
        key = (shape.oid, variant)
        if key not in self._made:
            if shape.oid in self._open:
                return None
            self._open.add(shape.oid)
            try:
                row = self._make(shape, variant)
            finally:
                self._open.discard(shape.oid)
            if row is None:
                return None
            self._made[key] = row
        return self._made[key]

    def choose(
        self, shape: RelationShape, variant: int, *, required_only: bool = False, shown: frozenset[str] | None = None
    ) -> dict[str, str]:
        """Choose values for an insert into the relation, making the rows that its foreign keys need.

        Args:
            variant: rows of two variants differ in what must be unique.
            required_only: leave out what may be NULL.
            shown: the columns that are of interest; rows are made only for foreign keys among them. None for all.
        """
        if shape.is_table:
            return self._choose_for_table(shape, variant, required_only=required_only, shown=shown)
        return self._choose_for_view(shape, variant, required_only=required_only)

    def _make(self, shape: RelationShape, variant: int) -> Row | None:
        if shape.operations & INSERTS:
            return self._insert(shape, variant) or (self._make_through_view(shape, variant) if shape.is_table else None)
        for oid in shape.reads:
            if oid in self.shapes.by_oid:
                self.make(self.shapes.by_oid[oid], variant)
        if shape.kind == "m":
            self._refresh(shape)
        return self._find_any(shape)

    def _insert(self, shape: RelationShape, variant: int) -> Row | None:
        """Insert with all columns, then with what is required only; another variant when a row is there already."""
        for attempt in range(VARIANTS_TRIED):
            for required_only in (False, True):
                values = self.choose(shape, variant + attempt * VARIANT_STEP, required_only=required_only)
                row, sqlstate = self._fetch(shape, write_insert(shape, values, returning=True))
                if row is not None:
                    return row
            if sqlstate != UNIQUE_VIOLATION:
                break
        return None

    def _make_through_view(self, table: RelationShape, variant: int) -> Row | None:
        """Make a row of a table that takes none directly through a view over it, or take one that is there."""
        for view in self.shapes.by_oid.values():
            if table.oid in view.reads and view.operations & INSERTS and self.make(view, variant) is not None:
                row = self._find_any(table, NEWEST)
                if row is not None:
                    return row
        return self._find_any(table)

    def _choose_for_table(
        self, shape: RelationShape, variant: int, *, required_only: bool, shown: frozenset[str] | None
    ) -> dict[str, str]:
        given: dict[str, str] = {}
        in_keys = {name for key in shape.foreign_keys for name in key.columns}
        for key in shape.foreign_keys:
            is_shown = shown is None or bool(shown & set(key.columns))
            if is_shown and (not required_only or any(shape.column(name).is_required for name in key.columns)):
                given.update(self._choose_parent(shape, key, variant))
        free = tuple(
            column.name
            for column in shape.columns
            if column.name not in in_keys and _is_to_fill(column, required_only=required_only)
        )
        return given | choose_values(self.connection, shape, free, variant, given)

    def _choose_parent(self, shape: RelationShape, key: ForeignKey, variant: int) -> dict[str, str]:
        """Give values that point to a row; none where the parent has none, or is being made just now."""
        parent = self.shapes.by_oid.get(key.table)
        if parent is None or key.table == shape.oid:
            return {}
        row = self.make(parent, variant) or {}
        values = {own: row.get(name) for own, name in zip(key.columns, key.referenced, strict=True)}
        return {name: value for name, value in values.items() if value is not None}

    def _choose_for_view(self, view: RelationShape, variant: int, *, required_only: bool) -> dict[str, str]:
        """Take the values for the relations behind it; where none of their columns is shown, go by the types alone."""
        chosen: dict[str, str] = {}
        origins = self.find_origins(view)
        for number, oid in enumerate(dict.fromkeys(oid for oid, _ in origins.values())):
            source = self.shapes.by_oid[oid]
            names = {column.number: column.name for column in source.columns}
            columns = {name: names[position] for name, (own, position) in origins.items() if own == oid}
            if source.operations & INSERTS:
                shown = frozenset(columns.values())
                # Of another variant: a parent that a joined table needs must not take what is to be unique here.
                own_variant = variant + number * SOURCE_STEP
                values = self.choose(source, own_variant, required_only=required_only, shown=shown)
                chosen.update({name: values[column] for name, column in columns.items() if column in values})
        if chosen:
            return chosen
        free = tuple(column.name for column in view.columns if column.name not in origins)
        return choose_values(self.connection, view, free, variant, {})

    def find_origins(self, view: RelationShape) -> dict[str, tuple[int, int]]:
        """Give what each column of a view shows as it is: oid of the relation, and column number."""
        if view.oid not in self._origins:
            found: dict[str, tuple[int, int]] = {}
            with suppress(psycopg.Error), self.connection.transaction():  # its tables may be closed to us
                found = find_origins(self.connection, view)
            known = {name: pair for name, pair in found.items() if pair[0] in self.shapes.by_oid}
            self._origins[view.oid] = known | self._find_recast(view, known)
        return self._origins[view.oid]

    def _find_recast(self, view: RelationShape, known: dict[str, tuple[int, int]]) -> dict[str, tuple[int, int]]:
        """Give where columns come from that a view shows in another type, since its clients may not name their own."""
        sources = [self.shapes.by_oid[oid] for oid in dict.fromkeys(oid for oid, _ in known.values())]
        behind = {column.name: (source.oid, column) for source in reversed(sources) for column in source.columns}
        return {
            column.name: (behind[column.name][0], behind[column.name][1].number)
            for column in view.columns
            if column.name not in known and column.name in behind and _is_recast(column, behind[column.name][1])
        }

    def _find_any(self, shape: RelationShape, condition: str = "true") -> Row | None:
        texts = ", ".join(f"{quote_name(column.name)}::text" for column in shape.columns)
        return self._fetch(shape, f"SELECT {texts} FROM {shape.sql} WHERE {condition} LIMIT 1")[0]

    def _fetch(self, shape: RelationShape, query: str) -> tuple[Row | None, str]:
        """Give the row of a query, and the SQLSTATE when it failed."""
        try:
            with self.connection.transaction():
                row = self.connection.execute(query.encode()).fetchone()
        except psycopg.Error as error:
            return None, error.sqlstate or ""
        return (dict(zip((column.name for column in shape.columns), row, strict=True)) if row else None), ""

    def _refresh(self, view: RelationShape) -> None:
        with suppress(psycopg.Error), self.connection.transaction():
            self.connection.execute(f"REFRESH MATERIALIZED VIEW {view.sql}".encode())


def write_insert(shape: RelationShape, values: dict[str, str], *, returning: bool = False) -> str:
    """Write an INSERT of literals; it may give back every column as text."""
    texts = ", ".join(f"{quote_name(column.name)}::text" for column in shape.columns)
    ending = f" RETURNING {texts}" if returning else ""
    if not values:
        return f"INSERT INTO {shape.sql} DEFAULT VALUES{ending}"
    literals = ", ".join(write_literal(shape.column(name), value) for name, value in values.items())
    return f"INSERT INTO {shape.sql} ({quote_columns(tuple(values))}) VALUES ({literals}){ending}"


def write_literal(column: ColumnShape, value: str) -> str:
    """Write a value as a constant of the column's type."""
    return f"{quote_literal(value)}::{column.type_sql}"


def sample_rows(connection: Connection, relation: ObjectId, *, count: int = 2) -> tuple[dict[str, Any], ...]:
    """Give rows of a relation as PostgREST would answer a GET, with made-up rows in it; nothing stays.

    Empty where the relation is not there, or no row of it could be made.
    """
    with connection.transaction(force_rollback=True):
        maker = RowMaker(connection, read_shapes(connection))
        shape = maker.shapes.by_name.get((relation.schema or "", relation.name))
        if shape is None:
            return ()
        for variant in range(count):
            maker.make(shape, variant)
        query = f"SELECT json_agg(t)::text FROM (SELECT * FROM {shape.sql} LIMIT {count}) t"
        row = connection.execute(query.encode()).fetchone()
        return tuple(json.loads(row[0])) if row and row[0] else ()


def _is_to_fill(column: ColumnShape, *, required_only: bool) -> bool:
    if column.is_server_made or column.default is not None:
        return False
    return column.is_required or not required_only


def _is_recast(shown: ColumnShape, own: ColumnShape) -> bool:
    """Whether a column of a type that is named with its schema may be shown in this type."""
    return "." in own.type_sql and shown.type_sql in ("text", "text[]", own.base_sql)
