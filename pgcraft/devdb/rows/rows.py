"""Made-up rows for any table or view, with the rows that their foreign keys need; needs psycopg.

Everything is written as the connection's own role, which should own the relations or be a superuser, and inside the
caller's transaction: who wants nothing to stay rolls it back.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum, auto

import psycopg

from pgcraft.devdb.rows.inserts import Row, write_insert
from pgcraft.devdb.rows.rings import find_ring, list_promised, write_ring
from pgcraft.devdb.rows.shapes import (
    INSERTS,
    ColumnShape,
    Connection,
    ForeignKey,
    RelationShape,
    Shapes,
    find_origins,
)
from pgcraft.devdb.rows.values import choose_values
from pgcraft.identifiers import quote_literal, quote_name


class Filling(Enum):
    """Which columns get a value."""

    EVERY = auto()
    WITHOUT_DEFAULT = auto()
    REQUIRED = auto()


VARIANTS_TRIED = 4
"""How many variants of a row are tried when one is there already."""

VARIANT_STEP = 37
SOURCE_STEP = 1009
UNIQUE_VIOLATION = "23505"
NEWEST = f"xmin::text::bigint >= pg_current_xact_id()::text::bigint % {2**32} ORDER BY xmin::text::bigint DESC"
"""Rows of this transaction, the last first."""


@dataclass
class RowMaker:
    """Makes rows in one database; remembers which it made, so that parents are shared and joins find partners.

    Args:
        with_defaults: variants of the rows that hold other values than those of defaults, where they may.
        marks: what columns of these names, in lower case, hold in every row.
    """

    connection: Connection
    shapes: Shapes
    with_defaults: frozenset[int] = frozenset()
    marks: Mapping[str, str] = field(default_factory=dict)
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
        filling = Filling.REQUIRED if required_only else Filling.WITHOUT_DEFAULT
        return self._choose(shape, variant, filling, shown)

    def _choose(
        self, shape: RelationShape, variant: int, filling: Filling, shown: frozenset[str] | None = None
    ) -> dict[str, str]:
        if shape.is_table:
            return self._choose_for_table(shape, variant, filling, shown=shown)
        return self._choose_for_view(shape, variant, filling)

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
        ring = find_ring(self.shapes, shape)
        for attempt in range(VARIANTS_TRIED):
            every = [Filling.EVERY] if not attempt and variant in self.with_defaults else []
            for filling in (*every, Filling.WITHOUT_DEFAULT, Filling.REQUIRED):
                tried = variant + attempt * VARIANT_STEP
                if ring:
                    row, sqlstate = self._insert_ring(ring, variant, tried, filling)
                else:
                    values = self._choose(shape, tried, filling)
                    row, sqlstate = self._fetch(shape, write_insert(shape, values, returning=True))
                if row is not None:
                    return row
            if sqlstate != UNIQUE_VIOLATION:
                break
        return None

    def _insert_ring(
        self, ring: tuple[RelationShape, ...], variant: int, tried: int, filling: Filling
    ) -> tuple[Row | None, str]:
        """Insert a row into each table of a ring, each with the keys that the others were told."""
        promises = {member.oid: self._promise(ring, member, tried) for member in ring}
        inserts = {}
        for number, member in enumerate(ring):
            values = self._choose_for_table(member, tried, filling, promises=promises)
            inserts[f"m{number}"] = write_insert(member, values, returning=True, overriding=True)
        try:
            with self.connection.transaction():
                rows = self.connection.execute(write_ring(inserts).encode()).fetchone()
        except psycopg.Error as error:
            return None, error.sqlstate or ""
        if rows is None or None in rows:
            return None, ""
        self._made.update({(member.oid, variant): row for member, row in zip(ring, rows, strict=True)})
        return rows[0], ""

    def _promise(self, ring: tuple[RelationShape, ...], member: RelationShape, variant: int) -> dict[str, str]:
        """Return what a row will hold in the columns that others of the ring point to."""
        found = {}
        for name in list_promised(ring, member):
            column = member.column(name)
            sequence = f"nextval(pg_get_serial_sequence({quote_literal(member.sql)}, {quote_literal(name)}))"
            default = sequence if column.is_identity else column.default if not column.computed else None
            row = self._ask(f"SELECT ({default})::text") if default else None
            value = row[0] if row else choose_values(self.connection, member, (name,), variant, {}).get(name)
            if value is not None:
                found[name] = value
        return found

    def _make_through_view(self, table: RelationShape, variant: int) -> Row | None:
        """Make a row of a table that takes none directly through a view over it, or take one that is there."""
        for view in self.shapes.by_oid.values():
            if table.oid in view.reads and view.operations & INSERTS and self.make(view, variant) is not None:
                row = self._find_any(table, NEWEST)
                if row is not None:
                    return row
        return self._find_any(table)

    def _choose_for_table(
        self,
        shape: RelationShape,
        variant: int,
        filling: Filling,
        *,
        shown: frozenset[str] | None = None,
        promises: Mapping[int, Mapping[str, str]] | None = None,
    ) -> dict[str, str]:
        promised = promises or {}
        own = promised.get(shape.oid, {})
        given: dict[str, tuple[str, ...]] = {name: (value,) for name, value in own.items()}
        in_keys = {name for key in shape.foreign_keys for name in key.columns}
        given |= {name: (value,) for name, value in self._mark(shape).items() if name not in in_keys}
        for key in shape.foreign_keys:
            is_shown = shown is None or bool(shown & set(key.columns))
            is_left = filling is Filling.REQUIRED and not any(shape.column(name).is_required for name in key.columns)
            if is_shown and not is_left:
                given |= self._choose_parents(shape, key, variant, promised)
        free = tuple(
            column.name
            for column in shape.columns
            if column.name not in in_keys and column.name not in given and _is_to_fill(column, filling)
        )
        return choose_values(self.connection, shape, free, variant, given)

    def _choose_parents(
        self, shape: RelationShape, key: ForeignKey, variant: int, promised: Mapping[int, Mapping[str, str]]
    ) -> dict[str, tuple[str, ...]]:
        """Return values that point to a row, or to either of two where a check binds them; none without a parent."""
        parent = self.shapes.by_oid.get(key.table)
        if parent is None:
            return {}
        row: Mapping[str, str | None] = promised.get(key.table) or self._make_parent(parent, variant) or {}
        values = {own: row.get(name) for own, name in zip(key.columns, key.referenced, strict=True)}
        found: dict[str, tuple[str, ...]] = {name: (value,) for name, value in values.items() if value is not None}
        is_bound = any(len(columns) > 1 and key.columns[0] in columns for _, columns in shape.checks)
        if len(key.columns) == 1 and found and is_bound:
            other = (self._make_parent(parent, variant + SOURCE_STEP) or {}).get(key.referenced[0])
            found = {name: (*texts, other) if other else texts for name, texts in found.items()}
        return found

    def _make_parent(self, parent: RelationShape, variant: int) -> Row | None:
        """Make a row to point to; where one of it is being made just now, give another that is there."""
        made = self.make(parent, variant)
        return made or next((row for (oid, _), row in self._made.items() if oid == parent.oid), None)

    def _choose_for_view(self, view: RelationShape, variant: int, filling: Filling) -> dict[str, str]:
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
                values = self._choose(source, own_variant, filling, shown)
                chosen.update({name: values[column] for name, column in columns.items() if column in values})
        if chosen:
            return chosen | self._mark(view)
        free = tuple(column.name for column in view.columns if column.name not in origins)
        return choose_values(self.connection, view, free, variant, {}) | self._mark(view)

    def _mark(self, shape: RelationShape) -> dict[str, str]:
        """Return the marks of a relation's columns."""
        writable = (column.name for column in shape.columns if not column.is_server_made and not column.is_numbered)
        return {name: self.marks[name.lower()] for name in writable if name.lower() in self.marks}

    def find_origins(self, view: RelationShape) -> dict[str, tuple[int, int]]:
        """Return what each column of a view shows as it is: oid of the relation, and column number."""
        if view.oid not in self._origins:
            found: dict[str, tuple[int, int]] = {}
            with suppress(psycopg.Error), self.connection.transaction():  # its tables may be closed to us
                found = find_origins(self.connection, view)
            known = {name: pair for name, pair in found.items() if pair[0] in self.shapes.by_oid}
            self._origins[view.oid] = known | self._find_recast(view, known)
        return self._origins[view.oid]

    def _find_recast(self, view: RelationShape, known: dict[str, tuple[int, int]]) -> dict[str, tuple[int, int]]:
        """Return where columns come from that a view shows in another type, since clients may not name their own."""
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
        """Return the row of a query, and the SQLSTATE when it failed."""
        try:
            with self.connection.transaction():
                row = self.connection.execute(query.encode()).fetchone()
        except psycopg.Error as error:
            return None, error.sqlstate or ""
        return (dict(zip((column.name for column in shape.columns), row, strict=True)) if row else None), ""

    def _ask(self, query: str) -> tuple[str | None, ...] | None:
        """Return the row of a query; None when it failed."""
        with suppress(psycopg.Error), self.connection.transaction():
            return self.connection.execute(query.encode()).fetchone()
        return None

    def _refresh(self, view: RelationShape) -> None:
        with suppress(psycopg.Error), self.connection.transaction():
            self.connection.execute(f"REFRESH MATERIALIZED VIEW {view.sql}".encode())


def _is_to_fill(column: ColumnShape, filling: Filling) -> bool:
    if column.is_server_made or column.is_numbered:
        return False
    if column.default is not None:
        return filling is Filling.EVERY
    return column.is_required or filling is not Filling.REQUIRED


def _is_recast(shown: ColumnShape, own: ColumnShape) -> bool:
    """Whether a column of a type that is named with its schema may be shown in this type."""
    return "." in own.type_sql and shown.type_sql in ("text", "text[]", own.base_sql)
