"""SQL text cut into tokens, so that nothing inside a string, a quoted name or a comment is taken for code.

Rules: https://www.postgresql.org/docs/current/sql-syntax-lexical.html
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto


class TokenType(Enum):
    """What a token is."""

    SPACE = auto()
    COMMENT = auto()
    STRING = auto()
    QUOTED_NAME = auto()
    WORD = auto()
    NUMBER = auto()
    MARK = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of SQL; the pieces of a text, joined, are that text again."""

    type: TokenType
    text: str

    @property
    def keyword(self) -> str:
        """The word in upper case; empty for everything that is not a bare word."""
        return self.text.upper() if self.type is TokenType.WORD else ""

    @property
    def name(self) -> str | None:
        """The identifier that it spells, folded as PostgreSQL folds it; None for everything else."""
        if self.type is TokenType.WORD:
            return self.text.lower()
        if self.type is TokenType.QUOTED_NAME:
            return self.text[1:-1].replace('""', '"')
        return None

    @property
    def is_blank(self) -> bool:
        """Whether it is space or a comment."""
        return self.type in (TokenType.SPACE, TokenType.COMMENT)


_PATTERN = re.compile(
    r"""
      (?P<SPACE>\s+)
    | (?P<COMMENT>--[^\n]*)
    | (?P<BLOCK>/\*)
    | (?P<STRING>[eE]'(?:[^'\\]|''|\\.)*'? | (?:[bBxXnN]|[uU]&)?'(?:[^']|'')*'? )
    | (?P<QUOTED_NAME>(?:[uU]&)?"(?:[^"]|"")*"?)
    | (?P<DOLLAR>\$(?:[^\W\d]\w*)?\$)
    | (?P<WORD>[^\W\d][\w$]*)
    | (?P<NUMBER>\d[\w.]*)
    | (?P<MARK>::|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_NESTING = re.compile(r"""['"()\[\]$]|--|/\*""")
_BLOCK_EDGE = re.compile(r"/\*|\*/")


def tokenize(sql: str) -> Iterator[Token]:
    """Give the tokens of a text in order; what is never closed runs to the end."""
    position = 0
    while position < len(sql):
        match = _PATTERN.match(sql, position)
        if match is None:  # cannot be: MARK takes any character
            raise ValueError(f"no token at {position} of {sql!r}")
        group, end = str(match.lastgroup), match.end()
        if group == "BLOCK":
            group, end = "COMMENT", _end_of_block(sql, end)
        elif group == "DOLLAR":
            close = sql.find(match.group(), end)
            group, end = "STRING", len(sql) if close < 0 else close + len(match.group())
        yield Token(TokenType[group], sql[position:end])
        position = end


def split_top_level(sql: str, mark: str = ",") -> tuple[str, ...]:
    """Cut a text at a mark that stands in no parentheses, brackets or strings; the parts are stripped.

    An empty text has no parts.
    """
    if not _NESTING.search(sql):
        return tuple(part.strip() for part in sql.split(mark)) if sql.strip() else ()
    parts = [""]
    depth = 0
    for token in tokenize(sql):
        depth += depth_change(token)
        if token.type is TokenType.MARK and token.text == mark and not depth:
            parts.append("")
        else:
            parts[-1] += token.text
    return tuple(part.strip() for part in parts) if sql.strip() else ()


def depth_change(token: Token) -> int:
    """1 for an opening parenthesis or bracket, -1 for a closing one, else 0."""
    if token.type is not TokenType.MARK:
        return 0
    return (token.text in "([") - (token.text in ")]")


def strip_parentheses(sql: str) -> str:
    """Take away the parentheses that enclose the whole text, however many."""
    stripped = sql.strip()
    if not stripped.startswith("("):
        return stripped
    tokens = list(tokenize(stripped))
    while len(tokens) > 1 and _closing(tokens) == len(tokens) - 1:
        tokens = list(tokenize("".join(token.text for token in tokens[1:-1]).strip()))
    return "".join(token.text for token in tokens)


def canonical_condition(sql: str) -> str:
    """Take away the parentheses around a condition, but those that a nested query needs."""
    stripped = strip_parentheses(sql)
    first = next((token.keyword for token in tokenize(stripped) if not token.is_blank), "")
    return f"({stripped})" if first in ("SELECT", "WITH", "VALUES") else stripped


def find_group(sql: str, start: int = 0) -> tuple[int, int]:
    """Give begin and end of what the first parentheses from ``start`` on enclose.

    Raises:
        ValueError: there are none, or they are not closed.
    """
    position, depth, begin = start, 0, -1
    for token in tokenize(sql[start:]):
        position += len(token.text)
        if token.type is not TokenType.MARK:
            continue
        if token.text == "(":
            depth += 1
            begin = position if depth == 1 else begin
        elif token.text == ")":
            depth -= 1
            if not depth:
                return begin, position - 1
    raise ValueError(f"no closed parentheses in {sql[start:]!r}")


def read_string(text: str) -> str:
    """Give what stands between the quotes of a string; escapes of E'…' stay as they are."""
    if text.startswith("$"):
        quote = text[: text.index("$", 1) + 1]
        return text.removeprefix(quote).removesuffix(quote)
    return text.partition("'")[2].removesuffix("'").replace("''", "'")


def mentions_name(sql: str, name: str) -> bool:
    """Whether a text holds an identifier of this name, quoted or not."""
    return any(token.name == name for token in tokenize(sql))


def _closing(tokens: Sequence[Token]) -> int:
    """Index of the parenthesis that closes the one the tokens begin with; -1 when they begin otherwise."""
    depth = 0
    for index, token in enumerate(tokens):
        if index == 0 and token.text != "(":
            return -1
        depth += (token.text == "(") - (token.text == ")") if token.type is TokenType.MARK else 0
        if not depth:
            return index
    return -1


def _end_of_block(sql: str, position: int) -> int:
    """End of a block comment whose opening was just read; PostgreSQL nests them."""
    depth = 1
    for match in _BLOCK_EDGE.finditer(sql, position):
        depth += 1 if match.group() == "/*" else -1
        if not depth:
            return match.end()
    return len(sql)
