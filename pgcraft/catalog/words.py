"""Statements as words: names read off their heads, lists cut at their commas. Standard library only."""

from collections.abc import Iterable, Iterator

from pgcraft.catalog.statements import cut_statements
from pgcraft.catalog.tokens import Token, TokenType, split_top_level, tokenize

_FILLERS = frozenset({"IF", "NOT", "EXISTS", "ONLY", "CONCURRENTLY"})


def list_statements(sql: str) -> Iterator[list[Token]]:
    """Return the words of each statement."""
    return map(_leave_blanks, cut_statements(sql))


def list_words(sql: str) -> list[Token]:
    """Return the tokens of a statement without its blanks."""
    return _leave_blanks(tokenize(sql))


def _leave_blanks(tokens: Iterable[Token]) -> list[Token]:
    return [token for token in tokens if not token.is_blank]


def holds_word(words: list[Token], keyword: str) -> bool:
    """Whether a keyword is among the words."""
    return any(word.keyword == keyword for word in words)


def skip_fillers(words: list[Token]) -> list[Token]:
    """Return what follows ``IF EXISTS``, ``ONLY`` and the like."""
    while words and words[0].keyword in _FILLERS:
        words = words[1:]
    return words


def take_name(words: list[Token]) -> tuple[list[str], list[Token]]:
    """Return the parts of the name that the words begin with, and what follows it."""
    parts: list[str] = []
    while words and words[0].name is not None:
        parts.append(words[0].name)
        words = words[1:]
        if not (words and words[0].type is TokenType.MARK and words[0].text == "."):
            break
        words = words[1:]
    return parts, words


def split_list(words: list[Token]) -> Iterator[list[Token]]:
    """Cut at commas outside of parentheses."""
    for text in split_top_level(" ".join(word.text for word in words)):
        if part := list_words(text):
            yield part
