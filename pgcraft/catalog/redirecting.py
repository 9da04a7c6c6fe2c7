"""SQL that is told of objects in other schemas, where copies of them stand for a while, and the way back."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from itertools import zip_longest
from typing import Any

from pgcraft.catalog.objects import Catalog, CatalogObject, ObjectId, make_catalog
from pgcraft.catalog.tokens import Token, TokenType, depth_change, tokenize
from pgcraft.identifiers import quote_literal, quote_name, quote_qualified

QualifiedName = tuple[str, str]
"""Schema and name."""

_BEFORE_OBJECT = frozenset(
    "FROM JOIN INTO UPDATE ONLY TABLE VIEW USING LATERAL REFERENCES TYPE DOMAIN SEQUENCE FUNCTION PROCEDURE".split()
)
_CLAUSES = frozenset(
    """
    SELECT FROM WHERE GROUP HAVING WINDOW ORDER LIMIT OFFSET FETCH FOR UNION INTERSECT EXCEPT SET VALUES RETURNING
    """.split()
)
_PREFIX = "pgcraft_renamed_"
_ALIAS = re.compile(rf"{_PREFIX}\d+")


def replace_names(sql: str, names: Mapping[QualifiedName, QualifiedName]) -> str:
    """Return SQL in which objects have other names, wherever they stand with their schema.

    A string that is nothing but such a name counts, for that is how ``nextval('s.seq')`` names things. Where a relation
    is called like a schema, ``s.a`` is its column unless only an object can stand there.
    """
    if not names or "." not in sql:
        return sql
    tokens = list(tokenize(sql))
    places = [place for place, token in enumerate(tokens) if not token.is_blank]
    words = [tokens[place] for place in places]
    texts = [token.text for token in tokens]
    relations = _list_alone(words)
    for index, place in enumerate(places):
        if words[index].type is TokenType.STRING:
            texts[place] = _replace_in_string(words, index, names)
        elif (found := names.get(_read_pair(words, index))) and (
            words[index].name not in relations or _is_object(words, index)
        ):
            end = places[index + 2]
            texts[place : end + 1] = [quote_qualified(*found), *[""] * (end - place)]
    return "".join(texts)


def _read_pair(words: Sequence[Token], index: int) -> QualifiedName:
    """Return the schema and name that a path begins with; empty where none begins."""
    if index + 2 >= len(words) or words[index + 1].text != "." or (index and words[index - 1].text == "."):
        return "", ""
    return str(words[index].name), str(words[index + 2].name)


def _list_alone(words: Sequence[Token]) -> frozenset[str]:
    """Return the names behind the first FROM that lead to nothing, as those of relations do where they are given."""
    start = next((index for index, word in enumerate(words) if word.keyword == "FROM"), len(words))
    return frozenset(
        word.name
        for word, after in zip_longest(words[start:], words[start + 1 :])
        if word is not None and word.name is not None and (after is None or after.text not in (".", "("))
    )


def _is_object(words: Sequence[Token], index: int) -> bool:
    """Whether what stands there is no column: a relation, a function that is called, or a type."""
    after = words[index + 3 : index + 4]
    if (after and after[0].text == "(") or not index:
        return True
    before = words[index - 1]
    is_on = before.keyword == "ON" and all(word.keyword != "FROM" for word in words[:index])  # not that of a join
    is_listed = before.text == "," and _find_clause(words[:index]) == "FROM"
    return is_on or is_listed or before.text == "::" or before.keyword in _BEFORE_OBJECT


def _find_clause(words: Sequence[Token]) -> str:
    """Return the word that begins the clause in which a query goes on behind these words; empty in parentheses."""
    depth = 0
    for word in reversed(words):
        depth -= depth_change(word)
        if depth < 0:
            return ""
        if not depth and word.keyword in _CLAUSES:
            return word.keyword
    return ""


def _replace_in_string(words: Sequence[Token], index: int, names: Mapping[QualifiedName, QualifiedName]) -> str:
    value, after = str(words[index].value), "".join(word.text for word in words[index + 1 : index + 3])
    is_name = after.lower().startswith("::reg") or all(
        part.name is not None or part.text == "." for part in tokenize(value)
    )
    changed = replace_names(value, names) if "." in value and is_name else value
    return words[index].text if changed == value else quote_literal(changed)


class Redirection:
    """Names of objects, and the schemas in which their copies stand under the same names.

    Args:
        names: schemas and names.
    """

    def __init__(self, names: frozenset[QualifiedName] = frozenset()) -> None:
        self.names = names
        schemas = sorted({schema for schema, _ in names})
        self.aliases = {schema: f"{_PREFIX}{number}" for number, schema in enumerate(schemas, start=1)}
        self._real = {alias: schema for schema, alias in self.aliases.items()}
        self._names = {(schema, name): (self.aliases[schema], name) for schema, name in names}

    def with_more(self, names: Iterable[QualifiedName]) -> "Redirection":
        """Return the same with more names in the schemas that it knows."""
        more = {name for name in names if name[0] in self.aliases} - self.names
        return Redirection(self.names | more) if more else self

    def there(self, sql: str) -> str:
        """Return SQL about the copies."""
        return replace_names(sql, self._names)

    def back(self, sql: str) -> str:
        """Return the SQL that PostgreSQL prints of copies as it would print that of the objects."""
        if _PREFIX not in sql:
            return sql
        return self._real.get(sql) or "".join(self._turn_back(token) for token in tokenize(sql))

    def take_back(self, copies: Catalog) -> Catalog:
        """Return what was read of copies as the objects that they stand for."""
        return make_catalog(map(self._take_back, copies.objects)) if self.names else copies

    def _take_back(self, item: CatalogObject) -> CatalogObject:
        old = item.id
        signature = None if old.signature is None else self.back(old.signature)
        schema = self._real.get(str(old.schema), old.schema)
        definition = item.definition
        facts: dict[str, Any] = {
            each.name: self._value_back(getattr(definition, each.name)) for each in fields(definition)
        }
        return replace(
            item, id=old._replace(schema=schema, signature=signature), definition=replace(definition, **facts)
        )

    def _value_back(self, value: object) -> object:
        if isinstance(value, str):
            return self.back(value)
        return tuple(map(self._value_back, value)) if isinstance(value, tuple) else value

    def _turn_back(self, token: Token) -> str:
        is_string = token.type is TokenType.STRING

        def name(match: re.Match[str]) -> str:
            if match[0] not in self._real:
                return match[0]
            quoted = quote_name(self._real[match[0]])
            return quoted.replace("'", "''") if is_string else quoted

        return _ALIAS.sub(name, token.text) if is_string or token.name in self._real else token.text


NOWHERE = Redirection()
"""Leaves everything as it is."""


def rename_signature(object_id: ObjectId, names: Mapping[QualifiedName, QualifiedName]) -> ObjectId:
    """Return the id of a function, or of a grant on one, whose arguments are of types with other names."""
    if not object_id.signature:
        return object_id
    return object_id._replace(signature=replace_names(object_id.signature, names))
