"""What a tab shows, as plain data: lines of toned text, links, and code that is coloured when it is seen."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal

from rich.cells import cell_len, set_cell_size

from pgcraft.catalog.objects import ObjectId
from pgcraft.errors import Place


class Tone(StrEnum):
    """How a piece of text is meant; the theme says how that looks."""

    PLAIN = "plain"
    DIM = "dim"
    STRONG = "strong"
    HEADING = "heading"
    LINK = "link"
    GOOD = "good"
    BAD = "bad"
    WARNING = "warning"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of text of one tone."""

    text: str
    tone: Tone = Tone.PLAIN


Target = ObjectId | Place
"""What a link leads to: an object of the catalog, or a line of a file."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line, wrapped where it must be.

    Attributes:
        link: where Enter leads; None when the line is no link.
        indent: blanks before what is wrapped into the next rows.
    """

    spans: tuple[Span, ...] = ()
    link: Target | None = None
    indent: int = 0

    @property
    def text(self) -> str:
        """The line without its tones."""
        return "".join(span.text for span in self.spans)


@dataclass(frozen=True, slots=True)
class Code:
    """Some lines of a language, coloured by its lexer; a whole statement, so that the lexer starts where it may."""

    text: str
    language: Literal["postgresql", "json", "console", "python", "text"] = "postgresql"


Part = Line | Code
Page = tuple[Part, ...]

BLANK = Line()


def line(*pieces: str | Span, link: Target | None = None, indent: int = 0) -> Line:
    """Make a line of strings and spans."""
    spans = tuple(Span(piece) if isinstance(piece, str) else piece for piece in pieces)
    return Line(spans, link, indent)


def dim(text: str) -> Span:
    """Make a span that stands back."""
    return Span(text, Tone.DIM)


def strong(text: str) -> Span:
    """Make a span that stands out."""
    return Span(text, Tone.STRONG)


def heading(text: str) -> Line:
    """Make a line that names what follows."""
    return Line((Span(text, Tone.HEADING),))


def note(text: str) -> Page:
    """Make a page of one sentence: there is nothing else to show."""
    return (Line((Span(text, Tone.DIM),)),)


def table(rows: Iterable[tuple[Span, ...]], *, gap: int = 2, lead: int = 0) -> tuple[Line, ...]:
    """Pad the cells of all rows but their last ones, so that columns stand under each other.

    A last cell that has no room goes on under itself, unless the columns before it take too much.
    """
    cells = [*rows]
    columns = max((len(row) for row in cells), default=0)
    widths = [max(cell_len(row[at].text) for row in cells if len(row) > at) + gap for at in range(columns)]

    def pad(row: tuple[Span, ...]) -> Line:
        padded = [Span(set_cell_size(cell.text, widths[at]), cell.tone) for at, cell in enumerate(row[:-1])]
        blanks = (Span(" " * lead),) if lead else ()
        indent = lead + sum(widths[: len(row) - 1])
        return Line((*blanks, *padded, *row[-1:]), indent=indent)

    return tuple(pad(row) for row in cells)


def link_rows(rows: Iterable[Line], targets: Iterable[Target | None]) -> tuple[Line, ...]:
    """Let each row lead to the target beside it."""
    return tuple(replace(row, link=target) for row, target in zip(rows, targets, strict=True))


def format_page(page: Page) -> str:
    """Return the page as plain text, for the clipboard."""
    return "\n".join(part.text for part in page) + "\n" if page else ""
