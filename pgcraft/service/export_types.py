"""What an export is asked for and gives: frozen, JSON-able, standard library only."""

from dataclasses import dataclass
from typing import Literal

SchemaFormat = Literal["sql", "json", "text", "mermaid", "dot", "svg"]


@dataclass(frozen=True)
class ExportRequest:
    """What SQL to write.

    Attributes:
        direction: ``up``, ``down``, or ``schema`` (the full DDL without Alembic).
        start: revision before the first one, for a range; ``base`` when None (up), all heads when None (down).
        end: last revision; all heads when None (up), ``base`` when None (down).
        is_split: one file a revision instead of one file.
        head: the branch whose revisions are written, by revision or label; all of them when empty.
        format: of a ``schema``: SQL for psql, the catalog as JSON, or a diagram in one of the languages of
            ``pgcraft erd``.
    """

    direction: Literal["up", "down", "schema"] = "up"
    start: str | None = None
    end: str | None = None
    is_split: bool = False
    head: str = ""
    format: SchemaFormat = "sql"


@dataclass(frozen=True)
class ExportedFile:
    """One file of an export, not yet written.

    Attributes:
        note: what is worth knowing about it.
    """

    name: str
    text: str
    note: str = ""
