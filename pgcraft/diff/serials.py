"""Columns that take their value from a sequence of their own: serial ones become identity or plain, and back."""

from collections.abc import Iterator

from pgcraft.catalog.definitions import Column, Identity
from pgcraft.catalog.implicit import make_object_name
from pgcraft.catalog.objects import CatalogObject, Kind, ObjectId
from pgcraft.catalog.sequences import reach
from pgcraft.diff.bounds import Counter
from pgcraft.diff.compare import Change
from pgcraft.identifiers import quote_body, quote_literal, quote_name, quote_qualified


def find_new_sequence(change: Change) -> frozenset[ObjectId]:
    """Return the sequence of a column that counts before and after, and by another one of the same name then."""
    old, new, facts = change.current.defined_as(Column), change.wanted.defined_as(Column), set(change.facts)
    is_new = "is_serial" in facts or {"type", "identity"} <= facts
    if not (is_new and old.is_counting and new.is_counting):
        return frozenset()
    name = make_object_name(change.id.relation[1], change.id.name, "seq")
    return frozenset({ObjectId(Kind.SEQUENCE, change.id.schema, name)})


def leave_serial(item: CatalogObject) -> str:
    """Return the SQL that takes a serial column's default and sequence away."""
    table, column = _names(item)
    body = f"""
DECLARE
  own_sequence text := {_find_sequence(item)};
BEGIN
  ALTER TABLE {table} ALTER COLUMN {column} DROP DEFAULT;
  EXECUTE 'DROP SEQUENCE ' || own_sequence;
END
"""
    return f"DO {quote_body(body)}"


def become_serial(item: CatalogObject, *, is_unlogged: bool) -> Iterator[str]:
    """Return the SQL that gives a plain column a sequence, and makes it go on behind the values that are there.

    Args:
        is_unlogged: the table is, or will be; its sequences are what it is.
    """
    table, column = _names(item)
    sequence = quote_qualified(item.id.schema, make_object_name(item.id.relation[1], item.id.name, "seq"))
    kind = "UNLOGGED SEQUENCE" if is_unlogged else "SEQUENCE"
    yield f"CREATE {kind} {sequence} AS {item.defined_as(Column).type} OWNED BY {table}.{column}"
    yield f"ALTER TABLE {table} ALTER COLUMN {column} SET DEFAULT nextval({quote_literal(sequence)}::regclass)"
    yield go_on(item)


def go_on(item: CatalogObject) -> str:
    """Return the SQL that sets a column's sequence behind the values that are there; it begins anew where none are."""
    table, column = _names(item)
    definition = item.defined_as(Column)
    first, last = reach(definition.type, definition.identity or Identity())
    furthest, sign, end = ("max", ">=", "maximum") if first <= last else ("min", "<=", "minimum")
    is_bounded = getattr(definition.identity, end, None) is not None
    within = f"BETWEEN {min(first, last)} AND {max(first, last)}" if is_bounded else f"{sign} {first}"
    return f"SELECT setval({_find_sequence(item)}, {furthest}({column})) FROM {table} WHERE {column} {within}"


def count_column(item: CatalogObject) -> Counter:
    """Return how SQL asks where a column's sequence is."""
    column = item.defined_as(Column)
    last = f"pg_sequence_last_value({_find_sequence(item)})"
    start, _ = reach(column.type, column.identity or Identity())
    return Counter(_find_sequence(item), f"coalesce({last}, {start})", f"{last} IS NULL")


def widen_sequence(item: CatalogObject) -> str:
    """Return the SQL that gives a serial column's sequence the column's type: ALTER COLUMN TYPE leaves it behind."""
    body = f"""
BEGIN
  EXECUTE 'ALTER SEQUENCE ' || {_find_sequence(item)} || ' AS {item.defined_as(Column).type}';
END
"""
    return f"DO {quote_body(body)}"


def _names(item: CatalogObject) -> tuple[str, str]:
    return quote_qualified(*item.id.relation), quote_name(item.id.name)


def _find_sequence(item: CatalogObject) -> str:
    table, _ = _names(item)
    return f"pg_get_serial_sequence({quote_literal(table)}, {quote_literal(item.id.name)})"
