"""SQL that is told of objects in other schemas, where copies of them stand for a while, and the way back."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from pgcraft.catalog.objects import Catalog, CatalogObject, ObjectId, make_catalog
from pgcraft.catalog.tokens import Token, TokenType, tokenize
from pgcraft.identifiers import quote_literal, quote_name, quote_qualified

QualifiedName = tuple[str, str]
"""Schema and name."""

_PREFIX = "pgcraft_renamed_"
_ALIAS = re.compile(rf"{_PREFIX}\d+")


def replace_names(sql: str, names: Mapping[QualifiedName, QualifiedName]) -> str:
    """Return SQL in which objects have other names, wherever they stand with their schema.

    A string that is nothing but such a name counts, for that is how ``nextval('s.seq')`` names things.
    """
    if not names or "." not in sql:
        return sql
    tokens = list(tokenize(sql))
    places = [place for place, token in enumerate(tokens) if not token.is_blank]
    texts = [token.text for token in tokens]
    for index, place in enumerate(places):
        here = tokens[place]
        if here.type is TokenType.STRING:
            after = "".join(tokens[each].text for each in places[index + 1 : index + 3])
            texts[place] = _replace_in_string(here, after, names)
        elif here.name is not None and (found := _find_pair(tokens, places, index, names)):
            end = places[index + 2]
            texts[place : end + 1] = [quote_qualified(*found), *[""] * (end - place)]
    return "".join(texts)


def _find_pair(
    tokens: Sequence[Token], places: Sequence[int], index: int, names: Mapping[QualifiedName, QualifiedName]
) -> QualifiedName | None:
    """Return the other name of what a schema and a name stand for, where a path begins with these."""
    if index + 2 >= len(places) or (index and tokens[places[index - 1]].text == "."):
        return None
    schema, dot, name = (tokens[place] for place in places[index : index + 3])
    return names.get((str(schema.name), str(name.name))) if dot.text == "." and name.name is not None else None


def _replace_in_string(token: Token, after: str, names: Mapping[QualifiedName, QualifiedName]) -> str:
    value = str(token.value)
    is_name = after.lower().startswith("::reg") or all(
        part.name is not None or part.text == "." for part in tokenize(value)
    )
    changed = replace_names(value, names) if "." in value and is_name else value
    return token.text if changed == value else quote_literal(changed)


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
