"""SQL text cut into tokens, so that nothing inside a string, a quoted name or a comment is taken for code.

Rules: https://www.postgresql.org/docs/current/sql-syntax-lexical.html
"""

import re
import sys
from collections.abc import Iterator, Sequence
from enum import Enum, auto
from functools import lru_cache
from typing import NamedTuple


class TokenType(Enum):
    """What a token is."""

    SPACE = auto()
    COMMENT = auto()
    STRING = auto()
    QUOTED_NAME = auto()
    WORD = auto()
    PARAMETER = auto()
    NUMBER = auto()
    OPERATOR = auto()
    MARK = auto()


class Token(NamedTuple):
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
        return _read_quoted(self.text) if self.type is TokenType.QUOTED_NAME else None

    @property
    def value(self) -> str | None:
        """The text that a string stands for; None for everything else."""
        return read_string(self.text) if self.type is TokenType.STRING else None

    @property
    def is_blank(self) -> bool:
        """Whether it is space or a comment."""
        return self.type in (TokenType.SPACE, TokenType.COMMENT)


class Reference(NamedTuple):
    """A name that is qualified or called.

    Attributes:
        path: what dots divide, each folded as PostgreSQL folds it.
        is_call: whether a parenthesis follows.
    """

    path: tuple[str, ...]
    is_call: bool


_STRING = r"[eE]'(?:[^'\\]|''|\\.)*'? | (?:[bBxXnN]|[uU]&)?'(?:[^']|'')*'?"
_QUOTED_NAME = r'(?:[uU]&)?"(?:[^"]|"")*+"?+'
_DOLLAR = r"\$(?:[^\W\d]\w*)?\$"
_WORD = r"[^\W\d][\w$]*"
_PARAMETER = r"\$\d+"
_NUMBER = r"\d[\w.]*"
_NAME = rf"(?![eEbBxXnN]'|[uU]&')(?:{_QUOTED_NAME}|{_WORD})"
_PATH = rf"{_NAME}(?:\s*\.\s*{_NAME})*"
_PATTERN = re.compile(
    rf"""
      (?P<SPACE>\s+)
    | (?P<COMMENT>--[^\n]*)
    | (?P<BLOCK>/\*)
    | (?P<STRING>{_STRING})
    | (?P<QUOTED_NAME>{_QUOTED_NAME})
    | (?P<DOLLAR>{_DOLLAR})
    | (?P<WORD>{_WORD})
    | (?P<PARAMETER>{_PARAMETER})
    | (?P<NUMBER>{_NUMBER})
    | (?P<OPERATOR>(?:(?!--|/\*)[-+*/<>=~!@\#%^&|`?])+)
    | (?P<MARK>::|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_REFERENCES = re.compile(
    rf"""
    (?:
      [^\w'"$/-]+
    | (?>{_WORD})(?!['&]|\s*[.(])
    | {_NUMBER}
    | --[^\n]* | -
    | /(?!\*)
    | (?!{_DOLLAR})\$\d*
    )*+
    (?:
      (?P<BLOCK>/\*)
    | (?P<STRING>{_STRING})
    | (?P<DOLLAR>{_DOLLAR})
    | (?P<PATH>{_PATH})(?P<CALL>\s*\()?
    | \Z
    )
    """,
    re.VERBOSE | re.DOTALL,
)
"""What may name something, with all before it that names nothing: so one match leads to the next."""
_WHOLE_NAME = re.compile(_PATH)
_TYPES = dict(TokenType.__members__)
_ENDS_IN_SIGN = frozenset("~!@#%^&|`?")
"""An operator may end in a sign only where it holds one of these; else the sign belongs to what follows."""
_NESTING = re.compile(r"""['"()\[\]$]|--|/\*""")
_BLOCK_EDGE = re.compile(r"/\*|\*/")


def tokenize(sql: str) -> Iterator[Token]:
    """Return the tokens of a text in order; what is never closed runs to the end."""
    position = 0
    while position < len(sql):
        match = _PATTERN.match(sql, position)
        if match is None:  # cannot be: MARK takes any character
            raise ValueError(f"no token at {position} of {sql!r}")
        group, end = str(match.lastgroup), match.end()
        if group == "BLOCK":
            group, end = "COMMENT", _end_of_block(sql, end)
        elif group == "DOLLAR":
            group, end = "STRING", _end_of_dollars(sql, match.group(), end)
        elif group == "OPERATOR":
            end = position + len(_cut_sign(match.group()))
        yield Token(_TYPES[group], sql[position:end])
        position = end


def find_references(sql: str) -> Iterator[Reference]:
    """Return the names of a text that are qualified or called, in order; the tokens tell the same, many times slower.

    A string that is nothing but a name counts: that is how ``nextval('s.seq')`` and ``'s.t'::regclass`` name things.
    Strings in dollars are looked into, for that is how code is quoted.
    """
    position: int | None = 0
    while position is not None:
        matches = _REFERENCES.finditer(sql, position)
        position = None
        for match in matches:
            group = match.lastgroup
            if group in ("CALL", "PATH"):
                path = _fold_path(match["PATH"])
                if group == "CALL" or len(path) > 1:
                    yield Reference(path, group == "CALL")
            elif group == "STRING":
                yield from _read_whole_name(match["STRING"])
            elif group == "BLOCK":
                position = _end_of_block(sql, match.end())
                break
            elif group == "DOLLAR":
                position = _end_of_dollars(sql, match["DOLLAR"], match.end())
                yield from find_references(read_string(sql[match.start("DOLLAR") : position]))
                break


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
    while len(tokens) > 1 and find_closing(tokens) == len(tokens) - 1:
        tokens = list(tokenize("".join(token.text for token in tokens[1:-1]).strip()))
    return "".join(token.text for token in tokens)


def canonical_condition(sql: str) -> str:
    """Take away the parentheses around a condition, but those that a nested query needs."""
    stripped = strip_parentheses(sql)
    first = next((token.keyword for token in tokenize(stripped) if not token.is_blank), "")
    return f"({stripped})" if first in ("SELECT", "WITH", "VALUES") else stripped


def find_group(sql: str, start: int = 0) -> tuple[int, int]:
    """Return begin and end of what the first parentheses from ``start`` on enclose.

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
    """Return the text that a string stands for."""
    if text.startswith("$"):
        quote = text[: text.index("$", 1) + 1]
        return text.removeprefix(quote).removesuffix(quote)
    prefix, _, rest = text.partition("'")
    inside = rest.removesuffix("'").replace("''", "'")
    if prefix in ("e", "E"):
        return _ESCAPE.sub(_read_escape, inside)
    return _read_unicode(inside) if prefix in ("u&", "U&") else inside


def list_strings(sql: str) -> tuple[str, ...]:
    """Return the texts that the strings of a text stand for, in order."""
    return tuple(value for token in tokenize(sql) if (value := token.value) is not None)


def replace_word(sql: str, keyword: str, text: str) -> str:
    """Put a text in the place of a bare word, in upper case, wherever it stands."""
    return "".join(text if token.keyword == keyword else token.text for token in tokenize(sql))


def mentions_name(sql: str, name: str) -> bool:
    """Whether a text holds an identifier of this name, quoted or not."""
    return any(token.name == name for token in tokenize(sql))


def find_closing(tokens: Sequence[Token]) -> int:
    """Index of the parenthesis that closes the one the tokens begin with; -1 when they begin otherwise."""
    depth = 0
    for index, token in enumerate(tokens):
        if index == 0 and token.text != "(":
            return -1
        depth += (token.text == "(") - (token.text == ")") if token.type is TokenType.MARK else 0
        if not depth:
            return index
    return -1


def _cut_sign(operator: str) -> str:
    """Leave a sign at the end to what follows, as PostgreSQL does: ``=-1`` is ``=`` and ``-1``."""
    if len(operator) > 1 and operator[-1] in "+-" and _ENDS_IN_SIGN.isdisjoint(operator):
        return operator.rstrip("+-") or operator[0]
    return operator


@lru_cache(maxsize=10_000)  # the columns of a table stand in all that reads and writes it
def _fold_path(path: str) -> tuple[str, ...]:
    if '"' in path:
        return tuple(token.name for token in tokenize(path) if token.name is not None)
    return tuple(map(str.strip, path.lower().split(".")))


def _read_whole_name(literal: str) -> Iterator[Reference]:
    text = read_string(literal)
    path = _fold_path(text) if "." in text and _WHOLE_NAME.fullmatch(text) else ()
    if len(path) > 1:
        yield Reference(path, is_call=False)


_ESCAPE = re.compile(r"\\(?:([0-7]{1,3})|x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))", re.DOTALL)
_LETTERS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_UNICODE = re.compile(r"\\(?:([0-9a-fA-F]{4})|\+([0-9a-fA-F]{6})|(\\))")


def _read_escape(match: re.Match[str]) -> str:
    octal, *hexadecimal, letter = match.groups()
    if letter is not None:
        return _LETTERS.get(letter, letter)
    return _character(int(octal, 8) if octal else int(next(filter(None, hexadecimal)), 16))


def _read_unicode(text: str) -> str:
    return _UNICODE.sub(lambda match: match[3] or _character(int(match[1] or match[2], 16)), text)


def _read_quoted(text: str) -> str:
    """Return the name that stands between quotes; UESCAPE is not looked for."""
    prefix, _, rest = text.partition('"')
    name = rest.removesuffix('"').replace('""', '"')
    return _read_unicode(name) if prefix else name


def _character(code: int) -> str:
    return chr(code) if code <= sys.maxunicode else "\N{REPLACEMENT CHARACTER}"


def _end_of_dollars(sql: str, quote: str, position: int) -> int:
    """End of a string in dollars whose opening was just read."""
    close = sql.find(quote, position)
    return len(sql) if close < 0 else close + len(quote)


def _end_of_block(sql: str, position: int) -> int:
    """End of a block comment whose opening was just read; PostgreSQL nests them."""
    depth = 1
    for match in _BLOCK_EDGE.finditer(sql, position):
        depth += 1 if match.group() == "/*" else -1
        if not depth:
            return match.end()
    return len(sql)
