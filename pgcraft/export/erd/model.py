"""What an entity relationship diagram shows, whoever draws it; frozen, JSON-able, standard library only."""

from dataclasses import dataclass
from typing import Literal

from pgcraft.catalog.objects import ObjectId

Mark = Literal["PK", "FK", "UK"]


@dataclass(frozen=True)
class Field:
    """A column in a box.

    Attributes:
        marks: of which keys it is; UK only where it is unique by itself.
        is_required: it is NOT NULL.
    """

    name: str
    type: str
    marks: tuple[Mark, ...] = ()
    is_required: bool = False


@dataclass(frozen=True)
class Box:
    """A table or view.

    Attributes:
        notes: lines under the columns: triggers, grants, row security.
    """

    id: ObjectId
    fields: tuple[Field, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """Schema and name."""
        return f"{self.id.schema}.{self.id.name}"


@dataclass(frozen=True)
class Edge:
    """A line from one box to another: a foreign key, or what a view reads.

    Attributes:
        columns: of the key, at its start; empty for a view.
        referenced: those that it points to.
        is_unique: at most one row points to another.
        is_required: each row points to one.
    """

    start: ObjectId
    end: ObjectId
    kind: Literal["key", "reads"]
    name: str = ""
    columns: tuple[str, ...] = ()
    referenced: tuple[str, ...] = ()
    is_unique: bool = False
    is_required: bool = False


@dataclass(frozen=True)
class Diagram:
    """Boxes, tables before views and each sorted by id, and the lines between them."""

    boxes: tuple[Box, ...] = ()
    edges: tuple[Edge, ...] = ()
