"""Views that only list columns of one relation: their text tells by itself whether it is what the server keeps.

Most API views are of this kind, so that with nothing to do there is nothing to ask.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from pgcraft.catalog.definitions import View
from pgcraft.catalog.tokens import Token, TokenType, tokenize

_RESERVED = frozenset("ALL DISTINCT FROM WHERE GROUP ORDER LIMIT UNION JOIN AS".split())

_NAME = "[a-z_][a-z0-9_$]*"
_PLAIN = re.compile(rf"SELECT {_NAME}(, {_NAME})* FROM {_NAME}\.{_NAME}\Z")
"""A query in which the server's layout and the user's can differ by blanks alone."""


@dataclass(frozen=True, slots=True)
class _Listing:
    schema: str
    relation: str
    alias: str
    columns: tuple[str, ...]


def is_same_listing(wanted: View, current: View) -> bool:
    """Whether two queries surely list the same columns of the same relation; False also when that is not clear."""
    if wanted.columns not in ((), current.columns):
        return False
    if _PLAIN.match(text := _squeeze(current.query)) and text == _squeeze(wanted.query):
        return True  # to the letter, as a query is that was written without aliases
    listing = _parse(current.query)
    return listing is not None and _parse(wanted.query) == listing


def _squeeze(query: str) -> str:
    return " ".join(query.removesuffix(";").split())


def _parse(query: str) -> _Listing | None:
    words = [token for token in tokenize(query) if token.type is not TokenType.SPACE]
    if words and words[-1].text == ";":
        words.pop()
    place = next((at for at, word in enumerate(words) if word.keyword == "FROM"), 0)
    if not place or words[0].keyword != "SELECT":
        return None
    source = _read_source(words[place + 1 :])
    if source is None:
        return None
    schema, relation, alias = source
    columns = tuple(_read_columns(words[1:place], alias))
    return None if None in columns else _Listing(schema, relation, alias, tuple(filter(None, columns)))


def _read_source(words: list[Token]) -> tuple[str, str, str] | None:
    """Return schema, name and alias of a relation that is all that words say."""
    match [word.name or word.text for word in words]:
        case [schema, ".", relation]:
            alias = relation
        case [schema, ".", relation, alias] | [schema, ".", relation, "as", alias]:
            pass
        case _:
            return None
    named = [word for word in words if word.text != "." and word.keyword != "AS"]
    return (schema, relation, alias) if all(map(_is_name, named)) else None


def _read_columns(words: list[Token], alias: str) -> Iterator[str | None]:
    """Return the columns that commas divide, and None where something else stands."""
    for is_comma, group in groupby(words, key=lambda word: word.text == ","):
        if is_comma:
            continue
        match list(group):
            case [name] if _is_name(name):
                yield name.name
            case [qualifier, dot, name] if dot.text == "." and qualifier.name == alias and _is_name(name):
                yield name.name
            case _:
                yield None


def _is_name(word: Token) -> bool:
    return word.name is not None and word.keyword not in _RESERVED
