"""Syntax colours line by line, as themes and terminals can show them."""

from functools import lru_cache

from pygments.token import Token  # type: ignore[import-untyped]
from textual.content import Content
from textual.highlight import HighlightTheme, highlight


class AnsiHighlightTheme(HighlightTheme):
    """The terminal's own sixteen colours; Textual's two themes for them name colours that do not exist."""

    STYLES = {
        Token.Comment: "dim italic",
        Token.Keyword: "bold ansi_magenta",
        Token.Keyword.Constant: "ansi_cyan",
        Token.Keyword.Type: "ansi_cyan",
        Token.Literal.Number: "ansi_yellow",
        Token.Literal.String: "ansi_green",
        Token.Name.Builtin: "ansi_cyan",
        Token.Name.Class: "bold ansi_blue",
        Token.Name.Decorator: "bold ansi_blue",
        Token.Name.Function: "bold ansi_blue",
        Token.Operator.Word: "ansi_magenta",
    }


class LineHighlightTheme(HighlightTheme):
    """The theme's colours; what a lexer takes for an error on a line alone, as ``$$``, is none in its text."""

    STYLES = {kind: style for kind, style in HighlightTheme.STYLES.items() if kind is not Token.Error}


def get_highlight_theme(*, is_ansi: bool) -> type[HighlightTheme]:
    """Return the theme for an app whose colours are, or are not, the terminal's own."""
    return AnsiHighlightTheme if is_ansi else LineHighlightTheme


@lru_cache(maxsize=8_192)
def highlight_line(text: str, language: str, *, is_ansi: bool) -> Content:
    """Return one line with its colours; a text that spans lines, as a function's body, is read as code on each."""
    return highlight(text, language=language, theme=get_highlight_theme(is_ansi=is_ansi))


def highlight_lines(text: str, language: str, *, is_ansi: bool) -> list[Content]:
    """Return every line with its colours, read as one text."""
    whole = highlight(text, language=language, theme=get_highlight_theme(is_ansi=is_ansi))
    return whole.split("\n", allow_blank=True)
