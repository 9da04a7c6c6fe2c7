"""The shape of every relation of a database, as far as rows for it depend on it. One query a kind; needs psycopg."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import psycopg

from pgcraft.devdb.rows.candidates import ColumnType
from pgcraft.devdb.rows.column_types import (
    Types,
    find_base_sql,
    is_required_by_domain,
    list_domain_checks,
    make_type,
    read_types,
)
from pgcraft.identifiers import quote_name, quote_qualified

Connection = psycopg.Connection[Any]
INSERTS = 8
"""The bit of pg_relation_is_updatable that says that rows can be inserted."""


@dataclass(frozen=True)
class ColumnShape:
    """A column.

    Attributes:
        type_sql: as ``format_type`` prints it.
        base_sql: the same of the type under a domain; else equal to it.
        default: SQL expression, or None.
        is_server_made: generated, or identity: a value given for it is refused.
        is_identity: numbered by a sequence of its own.
        domain_checks: expressions about VALUE.
    """

    number: int
    name: str
    type_sql: str
    base_sql: str
    type: ColumnType
    is_required: bool
    default: str | None = None
    is_server_made: bool = False
    is_identity: bool = False
    domain_checks: tuple[str, ...] = ()

    @property
    def computed(self) -> str:
        """The expression of a generated column; empty for others."""
        return self.default or "" if self.is_server_made else ""

    @property
    def is_numbered(self) -> bool:
        """Whether a sequence numbers it."""
        return self.is_identity or "nextval(" in (self.default or "")


@dataclass(frozen=True)
class ForeignKey:
    """Columns that hold values of another table's row."""

    columns: tuple[str, ...]
    table: int
    referenced: tuple[str, ...]


@dataclass(frozen=True)
class RelationShape:
    """A table or view.

    Attributes:
        kind: PostgreSQL's relkind.
        operations: bits of what can be written to it, triggers counted in.
        reads: oids of the relations that a view reads.
        query: of a view.
        checks: each expression with the columns that it names, where they were read; what partitions take is one, too.
        unique: column names of each unique index; expressions in it are left out.
        primary_key: its columns; empty when there is none.
    """

    oid: int
    schema: str
    name: str
    kind: str
    operations: int
    columns: tuple[ColumnShape, ...] = ()
    reads: tuple[int, ...] = ()
    query: str | None = None
    checks: tuple[tuple[str, tuple[str, ...]], ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    unique: tuple[tuple[str, ...], ...] = ()
    primary_key: tuple[str, ...] = ()

    @property
    def sql(self) -> str:
        """Its name, quoted and qualified."""
        return quote_qualified(self.schema, self.name)

    @property
    def is_table(self) -> bool:
        """Whether it holds rows of its own."""
        return self.kind in {"r", "p", "f"}

    def column(self, name: str) -> ColumnShape:
        """Return the column of this name."""
        return next(column for column in self.columns if column.name == name)


@dataclass(frozen=True)
class Shapes:
    """All relations of a database but PostgreSQL's own, and its types."""

    by_oid: Mapping[int, RelationShape]
    by_name: Mapping[tuple[str, str], RelationShape] = field(default_factory=dict)
    types: Types = field(default_factory=dict)

    def type_of(self, oid: int) -> ColumnType:
        """Return what values of a type depend on."""
        return make_type(oid, -1, self.types)


def read_shapes(connection: Connection) -> Shapes:
    """Read the shape of every relation."""
    columns = _group(connection.execute(_COLUMNS).fetchall())
    types = read_types(connection, {row[2] for rows in columns.values() for row in rows})
    constraints = _group(connection.execute(_CONSTRAINTS).fetchall())
    keys = _group(connection.execute(_KEYS).fetchall())
    found = {}
    for oid, schema, name, kind, operations, query, reads in connection.execute(_RELATIONS):
        shape = RelationShape(oid, schema, name, kind, operations, reads=tuple(reads or ()), query=query)
        shape = replace(shape, columns=tuple(_make_column(row, types) for row in columns.get(oid, ())))
        found[oid] = _add_keys(_add_constraints(shape, constraints.get(oid, [])), keys.get(oid, []))
    return Shapes(found, {(shape.schema, shape.name): shape for shape in found.values()}, types)


def find_origins(connection: Connection, view: RelationShape) -> dict[str, tuple[int, int]]:
    """Return for each column of a view that shows a column as it is the oid and column number of the latter."""
    result = connection.execute(f"SELECT * FROM ({(view.query or '').strip().rstrip(';')}) v LIMIT 0".encode()).pgresult
    if result is None:
        return {}
    tables = [(result.ftable(i), result.ftablecol(i)) for i in range(result.nfields)]
    return {column.name: origin for column, origin in zip(view.columns, tables, strict=True) if origin[0]}


def _group(rows: list[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for oid, *rest in rows:
        found.setdefault(oid, []).append(rest)
    return found


def _make_column(row: list[Any], types: Types) -> ColumnShape:
    number, name, type_oid, modifier, type_sql, not_null, default, generated, identity = row
    return ColumnShape(
        number=number,
        name=name,
        type_sql=type_sql,
        base_sql=find_base_sql(type_oid, types) or type_sql,
        type=make_type(type_oid, modifier, types),
        is_required=not_null or is_required_by_domain(type_oid, types),
        default=default,
        is_server_made=bool(generated) or bool(identity),
        is_identity=bool(identity),
        domain_checks=list_domain_checks(type_oid, types),
    )


def _add_constraints(shape: RelationShape, rows: list[Any]) -> RelationShape:
    names = {column.number: column.name for column in shape.columns}
    checks, keys = [], []
    for kind, numbers, expression, table, referenced in rows:
        columns = tuple(names[number] for number in numbers or ())
        if kind == "c":
            checks.append((expression, columns))
        else:
            keys.append(ForeignKey(columns, table, tuple(referenced)))
    return replace(shape, checks=tuple(checks), foreign_keys=tuple(keys))


def _add_keys(shape: RelationShape, rows: list[Any]) -> RelationShape:
    names = {column.number: column.name for column in shape.columns}
    keys = [(is_primary, tuple(names[number] for number in numbers if number in names)) for is_primary, numbers in rows]
    primary = next((columns for is_primary, columns in keys if is_primary), ())
    return replace(shape, primary_key=primary, unique=tuple(columns for _, columns in keys))


def quote_columns(names: tuple[str, ...], prefix: str = "") -> str:
    """Quote column names in a list, each behind the prefix."""
    return ", ".join(prefix + quote_name(name) for name in names)


_OURS = "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"

_RELATIONS = f"""
SELECT c.oid, n.nspname, c.relname, c.relkind::text, pg_relation_is_updatable(c.oid, true),
  CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END,
  (SELECT array_agg(DISTINCT d.refobjid ORDER BY d.refobjid) FROM pg_rewrite r
     JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
       AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> c.oid
    WHERE r.ev_class = c.oid AND r.rulename = '_RETURN')
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND {_OURS}
""".encode()

_COLUMNS = f"""
SELECT a.attrelid, a.attnum, a.attname, a.atttypid, a.atttypmod, format_type(a.atttypid, a.atttypmod), a.attnotnull,
  pg_get_expr(d.adbin, d.adrelid), a.attgenerated::text, a.attidentity::text
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND {_OURS}
ORDER BY a.attrelid, a.attnum
""".encode()

_CONSTRAINTS = f"""
SELECT o.conrelid, o.contype::text, o.conkey, pg_get_expr(o.conbin, o.conrelid), o.confrelid,
  (SELECT array_agg(a.attname::text ORDER BY k.i) FROM unnest(o.confkey) WITH ORDINALITY k(number, i)
     JOIN pg_attribute a ON a.attrelid = o.confrelid AND a.attnum = k.number)
FROM pg_constraint o JOIN pg_namespace n ON n.oid = o.connamespace
WHERE o.conrelid <> 0 AND o.contype IN ('c', 'f') AND {_OURS}
UNION ALL
SELECT c.oid, 'c', NULL, string_agg(format('(%s)', coalesce(pg_get_partition_constraintdef(t.relid), 'true')), ' OR '),
  NULL, NULL
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace CROSS JOIN LATERAL pg_partition_tree(c.oid) t
WHERE c.relkind = 'p' AND t.isleaf AND {_OURS}
GROUP BY c.oid
ORDER BY 1, 2, 3, 4, 5
""".encode()

_KEYS = f"""
SELECT i.indrelid, i.indisprimary, i.indkey::int2[] FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
JOIN pg_namespace n ON n.oid = c.relnamespace WHERE i.indisunique AND {_OURS} ORDER BY i.indrelid, i.indexrelid
""".encode()
