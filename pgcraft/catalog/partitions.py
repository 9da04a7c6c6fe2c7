"""The facts of partitions, and how they are divided."""

from dataclasses import dataclass

from pgcraft.catalog.tokens import find_group, split_top_level
from pgcraft.catalog.words import list_words
from pgcraft.identifiers import quote_name

_HEAD = "FOR VALUES"


@dataclass(frozen=True, slots=True)
class Partition:
    """A partition; its columns and constraints are those of its table.

    Attributes:
        parent: schema and name of the table, or of the partition, that it is of.
        bounds: what it takes: ``FOR VALUES FROM (1) TO (10)``, ``DEFAULT``.
        partition_by: ``LIST (region)`` where it is divided itself.
        options: storage parameters, sorted.
    """

    parent: tuple[str, str]
    bounds: str
    partition_by: str | None = None
    is_unlogged: bool = False
    options: tuple[tuple[str, str], ...] = ()
    comment: str | None = None


def canonical_bounds(text: str) -> str:
    """Return the bounds of a partition with the words that stand before them."""
    head, parenthesis, rest = text.strip().partition("(")
    words = " ".join(head.upper().split())
    if not parenthesis:
        return words
    return f"{words if words.startswith(_HEAD) else f'{_HEAD} {words}'} ({rest}"


def canonical_division(text: str) -> str:
    """Return how a table is divided as PostgreSQL prints it, as far as that can be told without a server."""
    if "(" not in text:
        return text
    begin, end = find_group(text)
    return f"{text[: begin - 1].strip().upper()} ({', '.join(map(_canonical_name, split_top_level(text[begin:end])))})"


def _canonical_name(element: str) -> str:
    """Return a name in the quotes that it needs; whatever is no name stays."""
    tokens = list_words(element)
    return quote_name(tokens[0].name) if len(tokens) == 1 and tokens[0].name is not None else element
