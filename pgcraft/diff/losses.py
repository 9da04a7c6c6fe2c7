"""What a statement takes away with all that it holds, read from its text: whoever wrote it, it is said."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from pgcraft.catalog.kinds import select
from pgcraft.catalog.made_types import Composite
from pgcraft.catalog.objects import Kind, ObjectId
from pgcraft.catalog.tokens import Token
from pgcraft.catalog.words import holds_word, list_statements, skip_fillers, split_list, take_name

_HOLDING = {"TABLE": Kind.TABLE, "SEQUENCE": Kind.SEQUENCE}
(_COMPOSITE,) = select(lambda row: row.definition is Composite)
(_VALUED,) = select(lambda row: row.inside == "VALUE")
_SIGNS_OF_LOSS = ("DROP", "TRUNCATE", "DELETE")
"""What a statement that loses something holds somewhere; most hold none of it, and are told without being read."""
_MAKES_OR_GRANTS = re.compile(r"""(?i:CREATE|GRANT|REVOKE)\s[^;'"$]*(?:\$\$[^$]*\$\$\s*)?""")
"""A single statement that takes nothing away, with at most one body; where quotes hide more, it is read."""
_NOT_COLUMNS = frozenset({"CONSTRAINT", "DEFAULT", "NOT", "IDENTITY", "EXPRESSION"})
_NOT_ADDED = frozenset({"CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN", "EXCLUDE"})


def find_losses(sql: str) -> tuple[ObjectId, ...]:
    """Return the tables, sequences and columns whose rows and values some statements drop or delete.

    Of a schema, a type or an extension that is dropped with ``CASCADE`` it is the schema or, for want of an id that
    would say what holds it, a table of that name.
    """
    upper = sql.upper()
    if not any(sign in upper for sign in _SIGNS_OF_LOSS) or _MAKES_OR_GRANTS.fullmatch(sql):
        return ()
    return tuple(found for words in list_statements(sql) for found in _find(words))


def find_added(sql: str) -> tuple[ObjectId, ...]:
    """Return the columns that some statements add to tables."""
    return tuple(found for words in list_statements(sql) for found in _find_added(words))


def find_retyped(sql: str) -> tuple[ObjectId, ...]:
    """Return the columns whose type some statements change."""
    return tuple(found for words in list_statements(sql) for found in _find_retyped(words))


def find_restructured(sql: str) -> tuple[ObjectId, ...]:
    """Return the composite types whose attributes some statements add, change or drop."""
    return tuple(found for words in list_statements(sql) for found in _find_restructured(words))


def find_revalued(sql: str) -> tuple[ObjectId, ...]:
    """Return the enumerated types of which some statements rename a value."""
    return tuple(found for words in list_statements(sql) for found in _find_revalued(words))


def find_renamed(sql: str) -> tuple[tuple[ObjectId, ObjectId], ...]:
    """Return the tables, columns and types that some statements rename or move, with what they are then, in run order.

    Any type counts as enumerated: its text does not tell.
    """
    return tuple(found for words in list_statements(sql) for found in _find_renamed(words))


def find_written(sql: str) -> tuple[ObjectId, ...]:
    """Return the tables whose rows some statements write."""
    return tuple(found for words in list_statements(sql) for found in _find_written(words))


def _find_added(words: list[Token]) -> Iterator[ObjectId]:
    if [word.keyword for word in words[:2]] == ["ALTER", "TABLE"]:
        table, rest = take_name(skip_fillers(words[2:]))
        for part in split_list(rest):
            if part[0].keyword == "ADD" and (part[1:2] and part[1].keyword not in _NOT_ADDED):
                name, _ = take_name(skip_fillers(part[2:] if _is_column(part) else part[1:]))
                yield from (_column(table, each) for each in name[-1:])


def _find_retyped(words: list[Token]) -> Iterator[ObjectId]:
    if [word.keyword for word in words[:2]] == ["ALTER", "TABLE"]:
        table, rest = take_name(skip_fillers(words[2:]))
        yield from (_column(table, name) for part in split_list(rest) for name in _retyped_name(part))


def _find_revalued(words: list[Token]) -> Iterator[ObjectId]:
    if [word.keyword for word in words[:2]] == ["ALTER", "TYPE"]:
        names, rest = take_name(words[2:])
        if [word.keyword for word in rest[:2]] == ["RENAME", "VALUE"]:
            yield ObjectId(_VALUED, names[0] if len(names) > 1 else None, names[-1])


def _find_renamed(words: list[Token]) -> Iterator[tuple[ObjectId, ObjectId]]:
    kind = {"TABLE": Kind.TABLE, "TYPE": _VALUED}.get(words[1].keyword) if len(words) > 1 else None
    if words[0].keyword != "ALTER" or kind is None:
        return
    path, rest = take_name(skip_fillers(words[2:]))
    keywords = [word.keyword for word in rest[:2]]
    table = ObjectId(kind, path[0] if len(path) > 1 else None, path[-1]) if path else None
    if table is not None and keywords == ["SET", "SCHEMA"]:
        yield table, table._replace(schema=take_name(rest[2:])[0][-1])
    if table is None or keywords[:1] != ["RENAME"] or keywords == ["RENAME", "CONSTRAINT"]:
        return
    if keywords == ["RENAME", "TO"]:
        yield table, table._replace(name=take_name(rest[2:])[0][-1])
    if kind is not Kind.TABLE or keywords == ["RENAME", "TO"]:
        return
    old, after = take_name(rest[2:] if keywords == ["RENAME", "COLUMN"] else rest[1:])
    yield table.column(old[-1]), table.column(take_name(after[1:])[0][-1])


def _find_restructured(words: list[Token]) -> Iterator[ObjectId]:
    if [word.keyword for word in words[:2]] == ["ALTER", "TYPE"]:
        names, rest = take_name(words[2:])
        if [word.keyword for word in rest[1:2]] == ["ATTRIBUTE"]:
            yield ObjectId(_COMPOSITE, names[0] if len(names) > 1 else None, names[-1])


def _find_written(words: list[Token]) -> Iterator[ObjectId]:
    match [word.keyword for word in words[:2]]:
        case ["INSERT" | "MERGE", "INTO"]:
            yield from list(_find_named(words[2:], Kind.TABLE))[:1]
        case ["UPDATE" | "COPY", _]:
            yield from list(_find_named(words[1:], Kind.TABLE))[:1]
        case ["ALTER", "TABLE"]:
            table, rest = take_name(skip_fillers(words[2:]))
            if [word.keyword for word in rest[:2]] in (["ATTACH", "PARTITION"], ["DETACH", "PARTITION"]):
                partition, _ = take_name(rest[2:])
                yield from (_table(each) for each in (table, partition) if each)


def _retyped_name(part: list[Token]) -> Iterator[str]:
    if part[0].keyword == "ALTER":
        name, after = take_name(part[2:] if _is_column(part) else part[1:])
        keywords = [word.keyword for word in after[:3]]
        if name and (keywords[:1] == ["TYPE"] or keywords == ["SET", "DATA", "TYPE"]):
            yield name[-1]


def _find(words: list[Token]) -> Iterator[ObjectId]:
    match [word.keyword for word in words[:2]]:
        case ["DROP", kind] if kind in _HOLDING:
            yield from _find_named(words[2:], _HOLDING[kind])
        case ["DROP", "SCHEMA"] if holds_word(words, "CASCADE"):
            yield from (ObjectId(Kind.SCHEMA, None, found.name) for found in _find_named(words[2:], Kind.TABLE))
        case ["DROP", _] if holds_word(words, "CASCADE"):
            yield from _find_named(words[2:], Kind.TABLE)
        case ["TRUNCATE", "TABLE"] | ["DELETE", "FROM"]:
            yield from _find_named(words[2:], Kind.TABLE)
        case ["WITH", _]:
            for place, pair in enumerate(pairwise(word.keyword for word in words)):
                if pair == ("DELETE", "FROM"):
                    yield from list(_find_named(words[place + 2 :], Kind.TABLE))[:1]
        case ["MERGE", "INTO"] if holds_word(words, "DELETE"):
            yield from list(_find_named(words[2:], Kind.TABLE))[:1]
        case ["TRUNCATE", _]:
            yield from _find_named(words[1:], Kind.TABLE)
        case ["ALTER", "TABLE"]:
            table, rest = take_name(skip_fillers(words[2:]))
            yield from (_column(table, name) for name in _find_columns(rest))


def _find_named(words: list[Token], kind: Kind) -> Iterator[ObjectId]:
    for part in split_list(words):
        names, _ = take_name(skip_fillers(part))
        if names:
            yield ObjectId(kind, names[0] if len(names) > 1 else None, names[-1])


def _find_columns(words: list[Token]) -> Iterator[str]:
    for part in split_list(words):
        if part[0].keyword == "DROP" and not _NOT_COLUMNS.intersection(word.keyword for word in part[1:2]):
            name, _ = take_name(skip_fillers(part[2:] if _is_column(part) else part[1:]))
            yield from name[-1:]


def _is_column(part: list[Token]) -> bool:
    return [word.keyword for word in part[1:2]] == ["COLUMN"]


def _table(names: Sequence[str]) -> ObjectId:
    return ObjectId(Kind.TABLE, names[0] if len(names) > 1 else None, names[-1])


def _column(table: Sequence[str], name: str) -> ObjectId:
    return ObjectId(Kind.TABLE, table[0] if len(table) > 1 else None, table[-1] if table else "").column(name)
