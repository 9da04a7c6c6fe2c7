"""Tables, views, and the columns of both."""

from collections.abc import Iterable

from pgcraft.catalog.definitions import Column, Identity, Table, View
from pgcraft.catalog.objects import Kind, ObjectId
from pgcraft.catalog.partitions import Partition
from pgcraft.catalog.sequences import canonical_identity
from pgcraft.catalog.tokens import strip_parentheses
from pgcraft.identifiers import quote_name
from pgcraft.introspect.fetching import Rows
from pgcraft.introspect.reading import ColumnRow, Reader, Reading

_RELATIONS = """
SELECT c.oid, c.relkind, n.nspname, c.relname, z.description, c.relrowsecurity,
       c.relforcerowsecurity, c.relpersistence = 'u',
       CASE WHEN x.oid IS NULL THEN c.reloptions
            ELSE c.reloptions || ARRAY(SELECT 'toast.' || unnest(x.reloptions)) END,
       CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END,
       CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END, c.reltype,
       pg_get_userbyid(c.relowner),
       CASE WHEN c.relispartition THEN (
         SELECT json_build_array(pn.nspname, p.relname, pg_get_expr(c.relpartbound, c.oid))
         FROM pg_inherits i JOIN pg_class p ON p.oid = i.inhparent JOIN pg_namespace pn ON pn.oid = p.relnamespace
         WHERE i.inhrelid = c.oid) END,
       CASE WHEN c.relkind = 'r' AND NOT c.relispartition THEN (
         SELECT json_agg(json_build_array(pn.nspname, p.relname) ORDER BY i.inhseqno)
         FROM pg_inherits i JOIN pg_class p ON p.oid = i.inhparent JOIN pg_namespace pn ON pn.oid = p.relnamespace
         WHERE i.inhrelid = c.oid) END,
       CASE WHEN c.reltablespace <> 0 THEN (SELECT s.spcname FROM pg_tablespace s WHERE s.oid = c.reltablespace) END,
       CASE WHEN c.relam NOT IN (0, 2) THEN (SELECT m.amname FROM pg_am m WHERE m.oid = c.relam) END -- 2 is heap
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_class x ON x.oid = c.reltoastrelid AND x.reloptions IS NOT NULL
LEFT JOIN pg_description z ON (z.objoid, z.classoid, z.objsubid) = (c.oid, 'pg_class'::regclass, 0)
WHERE c.relkind IN ('r', 'p', 'v', 'm') AND {relations}
"""

# The sequence behind a column: dependency "a" is a serial's, "i" an identity's.
_COLUMNS = """
SELECT a.attrelid, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
       pg_get_expr(f.adbin, f.adrelid), a.attgenerated, a.attidentity,
       CASE WHEN l.oid IS NULL THEN NULL WHEN l.collnamespace = 'pg_catalog'::regnamespace THEN ARRAY[l.collname::text]
            ELSE ARRAY[l.collnamespace::regnamespace::text, l.collname::text] END,
       z.description,
       CASE WHEN s.seqrelid IS NOT NULL THEN json_build_array(
         s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, s.seqcycle) END,
       nullif(a.attstorage, t.typstorage), nullif(a.attcompression, ''),
       a.attinhcount > 0, a.attinhcount > 0 AND a.attislocal
FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_attrdef f ON f.adrelid = a.attrelid AND f.adnum = a.attnum
LEFT JOIN pg_collation l ON l.oid = a.attcollation AND a.attcollation <> t.typcollation
LEFT JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = a.attrelid AND d.refobjsubid = a.attnum
  AND d.classid = 'pg_class'::regclass AND d.deptype = CASE a.attidentity WHEN '' THEN 'a' ELSE 'i' END::"char"
  AND EXISTS (SELECT FROM pg_sequence q WHERE q.seqrelid = d.objid)
  AND (d.deptype = 'i' OR EXISTS ( -- somebody may have given it others
    SELECT FROM pg_depend u WHERE u.classid = 'pg_attrdef'::regclass AND u.objid = f.oid AND u.refobjid = d.objid))
LEFT JOIN pg_sequence s ON s.seqrelid = d.objid
LEFT JOIN pg_description z ON (z.objoid, z.classoid, z.objsubid) = (a.attrelid, 'pg_class'::regclass, a.attnum)
WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v', 'm') AND NOT c.relispartition AND {schemas}
ORDER BY a.attrelid, a.attnum
"""

_STORAGES = {"p": "plain", "m": "main", "e": "external", "x": "extended"}
_COMPRESSIONS = {"p": "pglz", "l": "lz4"}
_KINDS = {"r": Kind.TABLE, "p": Kind.TABLE, "v": Kind.VIEW, "m": Kind.MATERIALIZED_VIEW}


def take_relations(reading: Reading, rows: Rows) -> None:
    """Take tables and views, each with its columns, which are known."""
    for oid, kind, schema, name, comment, *facts in rows:
        row_security, forced, is_unlogged, options, partition_by, query, row_type, owner, division, parents, *place = (
            facts
        )
        object_id = ObjectId(Kind.PARTITION if division else _KINDS[kind], schema, name)
        reading.ids["pg_class", oid, 0] = reading.ids["pg_type", row_type, 0] = object_id
        if division:
            *parent, bounds = division
            needs = tuple(ObjectId(each, *parent) for each in (Kind.TABLE, Kind.PARTITION))
            partition = Partition(
                (parent[0], parent[1]), bounds, partition_by, is_unlogged, read_options(options), comment
            )
            reading.add(object_id, partition, needs=needs)
        elif object_id.kind is Kind.TABLE:
            tablespace, method = place
            above = tuple((parent[0], parent[1]) for parent in parents or ())
            table = Table(
                comment=comment,
                row_security=row_security,
                force_row_security=forced,
                is_unlogged=is_unlogged,
                options=read_options(options),
                partition_by=partition_by,
                tablespace=tablespace,
                access_method=method,
                owner=owner,
                inherits=above,
            )
            reading.add(object_id, table, needs=tuple(ObjectId(Kind.TABLE, *parent) for parent in above))
            _add_columns(reading, object_id, reading.columns.get(oid, []))
        else:
            text = query.strip().removesuffix(";")
            columns = reading.columns.get(oid, [])
            view = View(
                query=text,
                options=read_options(options),
                comment=comment,
                owner=owner,
                columns=tuple(column.name for column in columns),
                column_types=tuple(column.type for column in columns),
                column_defaults=_named(columns, "expression"),
                column_comments=_named(columns, "comment"),
            )
            reading.add(object_id, view)


def read_options(options: Iterable[str] | None) -> tuple[tuple[str, str], ...]:
    """Return storage parameters as sorted pairs."""
    pairs = (option.partition("=") for option in options or ())
    return tuple(sorted((name, value) for name, _, value in pairs))


def take_columns(reading: Reading, rows: Rows) -> None:
    """Take the columns of both, for whoever has them."""
    for row in rows:
        column = ColumnRow(*row)
        reading.columns.setdefault(column.relation, []).append(column)


def _add_columns(reading: Reading, table_id: ObjectId, columns: list[ColumnRow]) -> None:
    for position, column in enumerate(columns, start=1):
        object_id = table_id.column(column.name)
        reading.ids["pg_class", column.relation, column.number] = object_id
        reading.add(object_id, _define_column(column, position))


def _named(columns: list[ColumnRow], fact: str) -> tuple[tuple[str, str], ...]:
    found = ((column.name, getattr(column, fact)) for column in columns)
    return tuple(sorted((name, text) for name, text in found if text is not None))


def _define_column(column: ColumnRow, position: int) -> Column:
    generated, identity = column.generated, column.identity
    is_serial = column.sequence is not None and not identity and (column.expression or "").startswith("nextval(")
    return Column(
        position=position,
        type=column.type,
        nullable=not column.not_null,
        default=None if is_serial or generated else column.expression,
        generated=strip_parentheses(column.expression or "") if generated else None,
        identity=_define_identity(column) if identity else None,
        is_serial=is_serial,
        is_virtual=generated == "v",
        collation=".".join(quote_name(part) for part in column.collation) if column.collation else None,
        comment=column.comment,
        storage=_STORAGES[column.storage] if column.storage else None,
        compression=_COMPRESSIONS[column.compression] if column.compression else None,
        is_inherited=column.is_inherited,
        is_kept=column.is_kept,
    )


def _define_identity(column: ColumnRow) -> Identity:
    identity = Identity(column.identity == "a", *(column.sequence or ()))
    return canonical_identity(column.type, identity)


READERS = (
    Reader((Kind.COLUMN,), _COLUMNS, take_columns),
    Reader((*dict.fromkeys(_KINDS.values()), Kind.PARTITION), _RELATIONS, take_relations),
)
