"""What an export is asked for and gives: frozen, JSON-able, standard library only."""

from dataclasses import dataclass
from typing import Literal

SchemaFormat = Literal["sql", "json", "text", "mermaid", "dot", "svg"]


@dataclass(frozen=True)
class ExportRequest:
    """What SQL to write.

    Attributes:
        direction: ``up``, ``down``, or ``schema`` (the full DDL without Alembic).
        start: revision before the first one, for a range; ``base`` when None (up), head when None (down).
        end: last revision; ``head`` when None (up), ``base`` when None (down).
        is_split: one file a revision instead of one file.
        format: of a ``schema``: SQL for psql, the catalog as JSON, or a diagram in one of the languages of
            ``pgcraft erd``.
    """

    direction: Literal["up", "down", "schema"] = "up"
    start: str | None = None
    end: str | None = None
    is_split: bool = False
    format: SchemaFormat = "sql"


@dataclass(frozen=True)
class ExportedFile:
    """One file of an export, not yet written."""

    name: str
    text: str
