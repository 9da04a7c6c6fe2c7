"""Constraints of tables, and indexes that no constraint owns."""

from pgcraft.catalog.definitions import Constraint, ConstraintType, Index
from pgcraft.catalog.objects import Kind, ObjectId
from pgcraft.catalog.tokens import find_group, split_top_level, strip_parentheses
from pgcraft.introspect.fetching import Rows
from pgcraft.introspect.reading import Reader, Reading
from pgcraft.introspect.relations import read_options

_CONSTRAINTS = """
SELECT k.oid, k.contype::text, n.nspname, c.relname, k.conname, pg_get_constraintdef(k.oid), fn.nspname, fc.relname,
       array(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY u(number, place)
             JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.number ORDER BY u.place),
       array(SELECT a.attname::text FROM unnest(k.confkey) WITH ORDINALITY u(number, place)
             JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.number ORDER BY u.place),
       z.description, k.coninhcount > 0
FROM pg_constraint k
JOIN pg_class c ON c.oid = k.conrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_class fc ON fc.oid = k.confrelid
LEFT JOIN pg_namespace fn ON fn.oid = fc.relnamespace
LEFT JOIN pg_description z ON (z.objoid, z.classoid, z.objsubid) = (k.oid, 'pg_constraint'::regclass, 0)
WHERE k.contype IN ('p', 'u', 'c', 'f', 'x') AND k.conparentid = 0 AND NOT c.relispartition AND {relations}
"""

_INDEXES = """
SELECT i.indexrelid, n.nspname, c.relname, x.relname, c.relkind::text, pg_get_indexdef(i.indexrelid), i.indisunique,
       m.amname, pg_get_expr(i.indpred, i.indrelid), i.indnullsnotdistinct, x.reloptions,
       array(SELECT a.attname::text FROM unnest(i.indkey::int2[]) WITH ORDINALITY u(number, place)
             JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = u.number
             WHERE u.place <= i.indnkeyatts ORDER BY u.place),
       array(SELECT a.attname::text FROM unnest(i.indkey::int2[]) WITH ORDINALITY u(number, place)
             JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = u.number
             WHERE u.place > i.indnkeyatts ORDER BY u.place),
       z.description
FROM pg_index i
JOIN pg_class x ON x.oid = i.indexrelid
JOIN pg_am m ON m.oid = x.relam
JOIN pg_class c ON c.oid = i.indrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_description z ON (z.objoid, z.classoid, z.objsubid) = (i.indexrelid, 'pg_class'::regclass, 0)
WHERE c.relkind IN ('r', 'p', 'm') AND NOT c.relispartition AND {relations}
  AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))
"""

_TYPES: dict[str, ConstraintType] = {
    "p": "primary key",
    "u": "unique",
    "c": "check",
    "f": "foreign key",
    "x": "exclude",
}


def take_constraints(reading: Reading, rows: Rows) -> None:
    """Take the tables' constraints."""
    for oid, letter, schema, table, name, text, *facts in rows:
        target_schema, target, columns, target_columns, comment, is_inherited = facts
        object_id = ObjectId(Kind.TABLE, schema, table).part(Kind.CONSTRAINT, name)
        references = (target_schema, target) if target else None
        definition = Constraint(
            type=_TYPES[letter],
            columns=tuple(columns),
            text=_canonical_check(text) if letter == "c" else text,
            references=references,
            referenced_columns=tuple(target_columns),
            comment=comment,
            is_inherited=is_inherited,
        )
        needs = (ObjectId(Kind.TABLE, *references),) if references else ()
        reading.add(object_id, definition, needs=needs)
        reading.ids["pg_constraint", oid, 0] = object_id


def take_indexes(reading: Reading, rows: Rows) -> None:
    """Take the indexes of tables and materialized views."""
    for oid, schema, relation, name, relation_kind, text, *facts in rows:
        unique, method, where, nulls_not_distinct, options, columns, include, comment = facts
        begin, end = find_group(text)
        definition = Index(
            elements=tuple(map(_canonical_element, split_top_level(text[begin:end]))),
            columns=tuple(columns),
            unique=unique,
            method=method,
            include=tuple(include),
            where=None if where is None else strip_parentheses(where),
            nulls_not_distinct=nulls_not_distinct,
            options=read_options(options),
            comment=comment,
        )
        owner = ObjectId(Kind.MATERIALIZED_VIEW if relation_kind == "m" else Kind.TABLE, schema, relation)
        object_id = owner.part(Kind.INDEX, name)
        reading.add(object_id, definition, needs=(owner,))
        reading.ids["pg_class", oid, 0] = object_id


def _canonical_check(text: str) -> str:
    """``CHECK ((price > 0)) NOT VALID`` without the second parentheses."""
    begin, end = find_group(text)
    return f"CHECK ({strip_parentheses(text[begin:end])}){text[end + 1 :]}"


def _canonical_element(text: str) -> str:
    """``((price + 1))`` without the second parentheses."""
    bare = strip_parentheses(text)
    return text if bare == text else f"({bare})"


READERS = (
    Reader((Kind.CONSTRAINT,), _CONSTRAINTS, take_constraints),
    Reader((Kind.INDEX,), _INDEXES, take_indexes),
)
