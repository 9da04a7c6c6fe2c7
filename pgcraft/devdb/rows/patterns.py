"""Texts that match the patterns of checks, as far as a few lines can guess them. Standard library only.

PostgreSQL is asked whether a text matches: what is not understood here gives a text that does not, and no error.
"""

import re
import string
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

Option = TypeVar("Option")

MANY = 64
"""Repetitions that are made at most."""

_SPECIAL = re.compile(r"[\\^$*+?\[\](){}|]")
_COUNT = re.compile(r"\{(\d+)(,?)(\d*)\}")
_GROUP = re.compile(r"\?(:|[=!]|<[=!])")
_WORD = string.ascii_letters + string.digits + "_"
_ANY = string.ascii_letters + string.digits + " -_.:/@#,;+!"
_CLASSES = {"d": string.digits, "w": _WORD, "s": " ", "D": string.ascii_letters + " -", "W": " -.:", "S": _WORD + "-."}
_NAMED = {
    "alpha": string.ascii_letters,
    "alnum": string.ascii_letters + string.digits,
    "digit": string.digits,
    "lower": string.ascii_lowercase,
    "upper": string.ascii_uppercase,
    "punct": "-_.:,;!#",
    "space": " ",
    "word": _WORD,
    "xdigit": string.digits + "abcdefABCDEF",
}
_CONTROL = {"n": "\n", "r": "\r", "t": "\t"}


@dataclass(frozen=True)
class _Part:
    """Something that is repeated: one of some characters, or one of some branches."""

    choices: "str | tuple[tuple[_Part, ...], ...]"
    least: int = 1
    most: int = 1


def is_pattern(text: str) -> bool:
    """Whether a constant looks like a pattern: a regular expression, or one of LIKE."""
    return bool(_SPECIAL.search(text)) or "%" in text or "_" in text


def sample_pattern(pattern: str, variant: int) -> tuple[str, ...]:
    """Return texts that may match a pattern, of several lengths; another variant gives others where there is room."""
    if not _SPECIAL.search(pattern):
        return (_sample_like(pattern, variant),)
    branches = _Reader(pattern).read()
    return tuple(dict.fromkeys(_Writer(variant, extra).write(branches) for extra in (1, 0, 3, 6, 11, 30)))


def _sample_like(pattern: str, variant: int) -> str:
    letters = iter(f"{variant + 1:0{max(1, pattern.count('_'))}}"[::-1])
    return "".join(next(letters, "a") if one == "_" else one for one in pattern if one != "%")


class _Reader:
    """Reads a regular expression into branches of parts."""

    def __init__(self, pattern: str) -> None:
        self._text = pattern
        self._at = 0

    def read(self) -> tuple[tuple[_Part, ...], ...]:
        """Read up to the end, or to the parenthesis that closes the group."""
        branches: list[tuple[_Part, ...]] = []
        parts: list[_Part] = []
        while self._at < len(self._text):
            one = self._take()
            if one == ")":
                break
            if one == "|":
                branches.append(tuple(parts))
                parts = []
            elif one not in "^$" and (choices := self._read_one(one)):
                parts.append(_Part(choices, *self._read_count()))
        return (*branches, tuple(parts))

    def _take(self) -> str:
        self._at += 1
        return self._text[self._at - 1 : self._at]

    def _match(self, expression: re.Pattern[str]) -> re.Match[str] | None:
        found = expression.match(self._text, self._at)
        self._at = found.end() if found else self._at
        return found

    def _read_one(self, one: str) -> "str | tuple[tuple[_Part, ...], ...]":
        match one:
            case "(":
                kind = self._match(_GROUP)
                branches = self.read()
                return "" if kind and kind[1] != ":" else branches  # what is asked of the text around is not written
            case "[":
                return self._read_class()
            case "\\":
                return self._read_escape()
            case ".":
                return _ANY
            case _:
                return one

    def _read_escape(self) -> str:
        one = self._take()
        return "" if one in "AZmMyYbB" else _CLASSES.get(one) or _CONTROL.get(one) or one

    def _read_class(self) -> str:
        is_negated = self._text[self._at : self._at + 1] == "^"
        self._at += is_negated
        found = ""
        while self._at < len(self._text) and (self._text[self._at] != "]" or not found):
            one = self._take()
            if one == "[" and (named := self._match(re.compile(r":(\w+):\]"))):
                found += _NAMED.get(named[1], "")
            elif one == "\\":
                found += self._read_escape()
            elif one == "-" and found and self._text[self._at : self._at + 1] not in ("]", ""):
                found += "".join(map(chr, range(ord(found[-1]) + 1, min(ord(self._take()), ord(found[-1]) + 200) + 1)))
            else:
                found += one
        self._at += 1
        return "".join(one for one in _ANY if one not in found) if is_negated else found

    def _read_count(self) -> tuple[int, int]:
        counted = self._match(_COUNT)
        one = "" if counted else self._text[self._at : self._at + 1]
        least, most = {"*": (0, MANY), "+": (1, MANY), "?": (0, 1)}.get(one, (1, 1))
        if counted:
            least = int(counted[1])
            most = int(counted[3]) if counted[3] else MANY if counted[2] else least
        self._at += one in {"*", "+", "?"}
        if counted or one in {"*", "+", "?"}:
            self._at += self._text[self._at : self._at + 1] == "?"  # not greedy
        return min(least, MANY), max(min(most, MANY), min(least, MANY))


class _Writer:
    """Writes a text that was read so: the variant chooses, as a number whose digits are the choices."""

    def __init__(self, variant: int, extra: int) -> None:
        self._variant = variant
        self._extra = extra

    def write(self, branches: Sequence[Sequence[_Part]]) -> str:
        """Write one of the branches."""
        return "".join(text for part in self._choose(branches) for text in self._write(part))

    def _write(self, part: _Part) -> Iterator[str]:
        for _ in range(min(part.least + self._extra, part.most)):
            yield self._choose(part.choices) if isinstance(part.choices, str) else self.write(part.choices)

    def _choose(self, options: Sequence[Option]) -> Option:
        self._variant, place = divmod(self._variant, len(options))
        return options[place]
