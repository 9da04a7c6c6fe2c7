"""Which columns of which relations a query names: a superset, by its text and by the columns that are known."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pgcraft.catalog.linking import QualifiedName
from pgcraft.catalog.tokens import Token
from pgcraft.catalog.words import list_words
from pgcraft.sqltext.dialect import DEFAULT_SCHEMA

_NO_ALIAS = frozenset(
    "WHERE ON JOIN LEFT RIGHT FULL INNER CROSS NATURAL OUTER USING GROUP ORDER HAVING WINDOW LIMIT OFFSET FETCH FOR"
    " UNION INTERSECT EXCEPT SET RETURNING TABLESAMPLE LATERAL AND OR".split()
)
_BEFORE_STAR = frozenset({"SELECT", "DISTINCT", "ALL", ","})


def find_columns(
    query: str, relations: Mapping[QualifiedName, Sequence[str]]
) -> dict[QualifiedName, tuple[str, ...] | None]:
    """Return for each relation that a query names the columns that it takes of it, in the relation's order.

    Args:
        query: SQL text.
        relations: those that it may name, each with its columns; none where they are not known.

    Returns:
        None where a relation's columns are not known; where only its rows are counted, its first column.
    """
    reader = _Reader(list_words(query), relations)
    reader.read()
    return {name: reader.columns_of(name) for name in reader.named}


@dataclass
class _Reader:
    tokens: Sequence[Token]
    relations: Mapping[QualifiedName, Sequence[str]]
    aliases: dict[str, set[QualifiedName]] = field(default_factory=dict)
    named: dict[QualifiedName, set[str]] = field(default_factory=dict)
    whole: set[QualifiedName] = field(default_factory=set)
    defining: set[int] = field(default_factory=set)

    def read(self) -> None:
        for index, name, end in self._sources():
            self._take_source(index, name, end)
        for index in range(len(self.tokens)):
            self._take_column(index)

    def columns_of(self, name: QualifiedName) -> tuple[str, ...] | None:
        known, found = self.relations[name], self.named[name]
        if not known:
            return None
        return tuple(column for column in known if name in self.whole or column in found) or (known[0],)

    def _sources(self) -> Iterator[tuple[int, QualifiedName, int]]:
        """Return each place at which a relation is named, with the index behind it."""
        for index in range(len(self.tokens)):
            first, second = self._name(index), self._name(index + 2)
            if first is None or self._text(index - 1) == ".":
                continue
            if self._text(index + 1) == "." and (first, second) in self.relations:
                yield index, (first, str(second)), index + 3
            elif self._text(index + 1) != "." and (DEFAULT_SCHEMA, first) in self.relations:
                yield index, (DEFAULT_SCHEMA, first), index + 1

    def _take_source(self, index: int, name: QualifiedName, end: int) -> None:
        self.named.setdefault(name, set())
        self.aliases.setdefault(name[1], set()).add(name)
        self.defining.update(range(index, end))
        if self._keyword(end) == "AS":
            end += 1
        alias = self._name(end)
        if alias is not None and self._keyword(end) not in _NO_ALIAS:
            self.aliases.setdefault(alias, set()).add(name)
            self.defining.add(end)

    def _take_column(self, index: int) -> None:
        name, before = self._name(index), self._text(index - 1)
        if self._keyword(index) == "NATURAL" or (self._text(index) == "*" and self._is_star(index)):
            self.whole.update(self.named)
        elif name is None or self._text(index + 1) == ".":
            return
        elif before == ".":
            self._take_qualified(index, self._name(index - 2), name)
        elif index not in self.defining and self._keyword(index - 1) != "AS":
            for relation, columns in self.relations.items():
                if relation in self.named and name in columns:
                    self.named[relation].add(name)
            self.whole.update(self.aliases.get(name, ()) if self._text(index + 1) != "(" else ())

    def _take_qualified(self, index: int, owner: str | None, name: str) -> None:
        if index in self.defining:
            return
        for relation in self.aliases.get(owner or "", ()):
            self.named[relation].add(name)

    def _is_star(self, index: int) -> bool:
        """Whether a star stands for columns, and neither for a product nor in ``count(*)``."""
        if self._text(index - 1) == ".":
            self.whole.update(self.aliases.get(self._name(index - 2) or "", ()))
            return False
        return self._keyword(index - 1) in _BEFORE_STAR or self._text(index - 1) == ","

    def _text(self, index: int) -> str:
        return self.tokens[index].text if 0 <= index < len(self.tokens) else ""

    def _name(self, index: int) -> str | None:
        return self.tokens[index].name if 0 <= index < len(self.tokens) else None

    def _keyword(self, index: int) -> str:
        return self.tokens[index].keyword if 0 <= index < len(self.tokens) else ""
