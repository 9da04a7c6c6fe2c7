"""Words for a moment, as ``'now'``, which PostgreSQL reads once: what it keeps is the time at which it did."""

import re
from collections.abc import Iterable, Iterator, Sequence

from pgcraft.catalog.definitions import Column, Domain, Function
from pgcraft.catalog.kinds import KINDS, TYPES
from pgcraft.catalog.linking import Draft
from pgcraft.catalog.made_types import Composite, Range
from pgcraft.catalog.objects import CatalogObject
from pgcraft.catalog.origins import place_of
from pgcraft.catalog.tokens import Token, TokenType, strip_parentheses
from pgcraft.catalog.types import parse_arguments
from pgcraft.catalog.words import list_words, take_name
from pgcraft.errors import PGCraftValidationError

_MOMENT = re.compile(r"(?<![a-z])(?:now|today|tomorrow|yesterday)(?![a-z])", re.IGNORECASE)
_TIMES = frozenset(
    """
    date time timetz timestamp timestamptz daterange tsrange tstzrange datemultirange tsmultirange tstzmultirange
    """.split()
)
_REMEDIES = {
    "now": 'for the time at which a row comes, write func.now() or text("now()"), without quotes inside',
    "today": 'for the day on which a row comes, write func.current_date() or text("CURRENT_DATE")',
    "tomorrow": 'for the day after a row comes, write text("CURRENT_DATE + 1")',
    "yesterday": 'for the day before a row comes, write text("CURRENT_DATE - 1")',
}


def check_moments(drafts: Sequence[Draft]) -> None:
    """See to it that no value that PostgreSQL keeps is the time at which it was made.

    Raises:
        PGCraftValidationError: PGC166, a value of a type of times is such a word: it would differ in each database, and
            from one revision to the next.
    """
    suspects = [(draft.object, texts) for draft in drafts if (texts := tuple(_find_suspects(draft.object)))]
    if not suspects:
        return
    types = _Times(draft.object for draft in drafts if draft.object.id.kind in TYPES)
    for item, texts in suspects:
        for text, type_ in texts:
            for word in _find_moments(text, type_, types):
                raise _kept_moment(item, text, word)


def _kept_moment(item: CatalogObject, text: str, word: str) -> PGCraftValidationError:
    return PGCraftValidationError(
        "PGC166",
        f"{item.id} has the value {text}: PostgreSQL reads '{word}' once, and keeps the time at which it did",
        place=place_of(item.origins),
        remedy=f"{_REMEDIES[word]};\nfor one time for good, write that: '2026-01-02 03:04'",
    )


def _find_suspects(item: CatalogObject) -> Iterator[tuple[str, str]]:
    """Return the expressions of an object in which such a word stands in quotes, each with its type, or nothing."""
    for text, type_ in _list_expressions(item):
        if ("'" in text or "$" in text) and _MOMENT.search(text):
            yield text, type_


def _list_expressions(item: CatalogObject) -> Iterator[tuple[str, str]]:
    definition = item.definition
    if isinstance(definition, Function):
        if definition.is_atomic:  # else it is a string, which is read each time
            yield definition.body, ""
        if "'" in definition.arguments:
            yield from ((each.default, each.type) for each in parse_arguments(definition.arguments))
        return
    for fact in KINDS[item.id.kind].rewritten:
        type_ = definition.type if fact == "default" and isinstance(definition, Column | Domain) else ""
        yield from ((text, type_) for text in _list_texts(getattr(definition, fact)))


def _list_texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from _list_texts(part)


class _Times:
    """Which types hold times: PostgreSQL's own, and those that are made of such."""

    def __init__(self, types: Iterable[CatalogObject]) -> None:
        self._made = {item.id.qualified: tuple(_list_parts(item.definition)) for item in types}

    def holds(self, words: list[Token]) -> bool:
        """Whether words begin with the name of such a type."""
        path, _ = take_name(words)
        if not path:
            return False
        if path[-1] in _TIMES and path[:-1] in ([], ["pg_catalog"]):
            return True
        parts = (
            part
            for (schema, name), made in self._made.items()
            if name == path[-1] and path[:-1] in ([], [schema])
            for part in made
        )
        return any(self.holds(list_words(part)) for part in parts)


def _list_parts(definition: object) -> Iterator[str]:
    if isinstance(definition, Domain):
        yield definition.type
    elif isinstance(definition, Range):
        yield definition.subtype
    elif isinstance(definition, Composite):
        yield from (type_ for _, type_ in definition.attributes)


def _find_moments(text: str, type_: str, types: _Times) -> Iterator[str]:
    """Return such words in what PostgreSQL takes for a value of a type of times."""
    words = list_words(strip_parentheses(text))
    for at, token in enumerate(words):
        found = _MOMENT.search(token.value or "")
        if found and _holds_time(words, at, type_, types):
            yield found[0].lower()


def _holds_time(words: list[Token], at: int, type_: str, types: _Times) -> bool:
    first, last = _widen(words, at)
    behind, before = words[last + 1 :], words[:first]
    if [word.text.upper() for word in (*before[-2:], *behind[:1])] == ["CAST", "(", "AS"]:
        return types.holds(behind[1:])
    if behind and behind[0].text == "::":
        return types.holds(behind[1:])
    if not before:
        return not behind and types.holds(list_words(type_))
    return types.holds(_type_before(before))


def _widen(words: list[Token], at: int) -> tuple[int, int]:
    """Return the ends of a string with the parentheses around it alone, which are none of a call."""
    first = last = at
    while (
        first > 0
        and last + 1 < len(words)
        and (words[first - 1].text, words[last + 1].text) == ("(", ")")
        and (first == 1 or words[first - 2].name is None)
    ):
        first, last = first - 1, last + 1
    return first, last


def _type_before(words: list[Token]) -> list[Token]:
    """Return the type that words end with, as that of ``timestamp(3) with time zone 'now'``; some have none."""
    if [word.keyword for word in words[-2:]] == ["TIME", "ZONE"]:
        words = words[:-3]
    if words and words[-1].text == ")" and len(words) > 3 and words[-2].type is TokenType.NUMBER:
        words = words[:-3]
    start = len(words) - 1
    while start >= 2 and words[start - 1].text == "." and words[start - 2].name is not None:
        start -= 2
    return words[max(start, 0) :]
