"""Text of others made safe to show: one cell a character where the terminal says so, and nothing that steers it."""

import unicodedata

_STEERING = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_JOINER = "\u200d"
_TAB = 4


def make_visible(text: str) -> str:
    """Replace what would steer the terminal or hide in it: ``ESC`` gives ``␛``, a direction mark ``‹U+202E›``.

    Newlines stay, tabs become blanks up to the next multiple of four, lone surrogates become ``‹U+D800›``.
    """
    if text.isascii() and text.isprintable():
        return text
    return "\n".join(_make_line_visible(line) for line in text.replace("\r\n", "\n").split("\n"))


def make_visible_line(text: str) -> str:
    """Do the same to a text that must stay on one line: a newline gives ``␊``."""
    return _make_line_visible(text, newline="␊")


def _make_line_visible(line: str, newline: str = "\n") -> str:
    if line.isascii() and line.isprintable():
        return line
    shown: list[str] = []
    width = 0
    for character in line:
        piece = _show_character(character, width, newline)
        width += len(piece)
        shown.append(piece)
    return "".join(shown)


def _show_character(character: str, column: int, newline: str) -> str:
    code = ord(character)
    if character == "\t":
        return " " * (_TAB - column % _TAB)
    if character == "\n":
        return newline
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    if character != _JOINER and unicodedata.category(character) in _STEERING:
        return f"‹U+{code:04X}›"
    return character
