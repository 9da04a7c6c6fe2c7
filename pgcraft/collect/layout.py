"""Our printer of queries: one clause a line, nested queries indented; it moves white space and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from pgcraft.catalog.tokens import Token, TokenType, tokenize

MAX_WIDTH = 100
"""A clause longer than this goes one item or one condition a line."""

_INDENT = "    "
_OPENERS = frozenset({"SELECT", "WITH", "VALUES"})
_CLAUSES = frozenset({"SELECT", "FROM", "WHERE", "HAVING", "WINDOW", "LIMIT", "OFFSET", "FETCH", "WITH", "VALUES"})
_BEFORE_BY = frozenset({"GROUP", "ORDER"})
_SET_OPERATORS = frozenset({"UNION", "INTERSECT", "EXCEPT"})
_JOIN_WORDS = frozenset({"LEFT", "RIGHT", "FULL", "INNER", "CROSS", "NATURAL", "JOIN"})
_BEFORE_ITEMS = frozenset({"BY", "DISTINCT", "ALL", "RECURSIVE", "ON"})
_LISTS = frozenset({"SELECT", "GROUP", "ORDER", "WITH", "VALUES"})


@dataclass
class _Group:
    """Words between two parentheses, or the whole text; each word with the blank before it taken off."""

    words: "list[Token | _Group]" = field(default_factory=list)
    spaced: list[bool] = field(default_factory=list)

    def add(self, word: "Token | _Group", *, is_spaced: bool) -> None:
        self.words.append(word)
        self.spaced.append(is_spaced)

    @property
    def is_query(self) -> bool:
        return bool(self.words) and _keyword(self.words[0]) in _OPENERS


def layout_query(sql: str) -> str:
    """Lay out a query that SQLAlchemy made."""
    return "\n".join(_lay_out(_group(list(tokenize(sql.strip()))), ""))


def _keyword(word: "Token | _Group | None") -> str:
    return word.keyword if isinstance(word, Token) else ""


def _group(tokens: Sequence[Token]) -> _Group:
    stack = [_Group()]
    is_spaced = False
    for token in tokens:
        if token.type is TokenType.SPACE:
            is_spaced = True
            continue
        if token.text == "(":
            inner = _Group()
            stack[-1].add(inner, is_spaced=is_spaced)
            stack.append(inner)
        elif token.text == ")" and len(stack) > 1:
            stack.pop()
        else:
            stack[-1].add(token, is_spaced=is_spaced)
        is_spaced = False
    return stack[0]


def _lay_out(query: _Group, indent: str) -> list[str]:
    """Return the lines of a query, each with its indent."""
    lines = []
    for begin, end in _clause_bounds(query):
        lines += _lay_out_clause(query, begin, end, indent)
    return lines


def _clause_bounds(query: _Group) -> list[tuple[int, int]]:
    starts = [index for index in range(len(query.words)) if index == 0 or _begins_clause(query, index)]
    return list(pairwise([*starts, len(query.words)]))


def _begins_clause(query: _Group, index: int) -> bool:
    if not query.spaced[index]:
        return False
    word = _keyword(query.words[index])
    before = _keyword(query.words[index - 1])
    after = _keyword(query.words[index + 1]) if index + 1 < len(query.words) else ""
    if word in _BEFORE_BY:
        return after == "BY"
    if word in _SET_OPERATORS:
        return True
    if word in _JOIN_WORDS:
        return before not in _JOIN_WORDS and before != "OUTER" and (word == "JOIN" or after in {*_JOIN_WORDS, "OUTER"})
    if word == "SELECT":
        return before in {*_SET_OPERATORS, "ALL"} or isinstance(query.words[index - 1], _Group)
    return word in _CLAUSES and not (word == "FROM" and before == "DISTINCT")


def _lay_out_clause(query: _Group, begin: int, end: int, indent: str) -> list[str]:
    text = _print(query, begin, end, indent)
    if len(indent) + len(text.split("\n")[0]) <= MAX_WIDTH and len(text) <= MAX_WIDTH:
        return (indent + text).split("\n")
    cuts = _cuts(query, begin, end)
    if not cuts:
        return (indent + text).split("\n")
    deeper = indent + _INDENT
    edges = [*cuts, end]
    lines = []
    head_end = cuts[0]
    if _keyword(query.words[begin]) in _LISTS:
        head_end = _list_start(query, begin, end)
        edges = [head_end, *cuts, end]
    lines.append(indent + _print(query, begin, head_end, indent))
    for first, last in pairwise(edges):
        lines += (deeper + _print(query, first, last, deeper)).split("\n")
    return lines


def _list_start(query: _Group, begin: int, end: int) -> int:
    """Where the items of a list clause begin, behind ``SELECT DISTINCT`` or ``ORDER BY``."""
    for index in range(begin + 1, end):
        is_distinct_on = isinstance(query.words[index], _Group) and _keyword(query.words[index - 1]) == "ON"
        if _keyword(query.words[index]) not in _BEFORE_ITEMS and not is_distinct_on:
            return index
    return end


def _cuts(query: _Group, begin: int, end: int) -> list[int]:
    """Indexes of the words that may begin a line in a clause: after commas of a list, at AND and OR of a condition."""
    is_list = _keyword(query.words[begin]) in _LISTS
    found, nested, is_between = [], 0, False
    for index in range(begin + 1, end):
        word = query.words[index]
        keyword = _keyword(word)
        nested += (keyword == "CASE") - (keyword == "END")
        if nested:
            continue
        if is_list:
            if isinstance(word, Token) and word.text == ",":
                found.append(index + 1)
        elif keyword == "BETWEEN":
            is_between = True
        elif keyword == "AND" and is_between:
            is_between = False
        elif keyword in {"AND", "OR"}:
            found.append(index)
    return found


def _print(group: _Group, begin: int, end: int, indent: str) -> str:
    """Return the words as text; a nested query starts lines of its own, indented more than ``indent``."""
    pieces = []
    for index in range(begin, end):
        word = group.words[index]
        if index > begin:
            pieces.append("\n" + indent if _ends_line(group.words[index - 1]) else " " * group.spaced[index])
        pieces.append(_print_group(word, indent) if isinstance(word, _Group) else word.text)
    return "".join(pieces)


def _ends_line(word: "Token | _Group") -> bool:
    return isinstance(word, Token) and word.text.startswith("--")


def _print_group(group: _Group, indent: str) -> str:
    if not group.is_query:
        return "(" + _print(group, 0, len(group.words), indent) + ")"
    lines = _lay_out(group, indent + _INDENT)
    return "\n".join(["(", *lines, indent + ")"])
