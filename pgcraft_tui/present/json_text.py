"""JSON made readable without reading it: every number and string stays as it was written."""

import re

_WORDS = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')
_INDENT = "  "


def indent_json(text: str) -> str:
    """Put each member on its own line; a text that is no JSON comes out as its words."""
    pieces: list[str] = []
    depth = 0
    before = ""
    for word in _WORDS.findall(text):
        if word in "}]":
            depth -= 1
            pieces.append("" if before in ("{", "[") else _break(depth))
        elif before in ("{", "["):
            pieces.append(_break(depth))
        pieces.append(word)
        if word in "{[":
            depth += 1
        elif word == ",":
            pieces.append(_break(depth))
        elif word == ":":
            pieces.append(" ")
        before = word
    return "".join(pieces)


def _break(depth: int) -> str:
    return "\n" + _INDENT * max(depth, 0)
