"""What renders one kind of object."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId


class Sql(NamedTuple):
    """A statement on its way: what is run, and what it does to which object, which is written where somebody asks.

    Attributes:
        deed: ``create``; or the whole line, where the object does not stand at its end.
    """

    text: str
    deed: str = ""
    subject: ObjectId | None = None

    @property
    def comment(self) -> str:
        """One line that says what it does."""
        return f"{self.deed} {self.subject}" if self.subject else self.deed


@dataclass(frozen=True, slots=True)
class Renderer:
    """The SQL that makes one object, and the SQL that takes it away.

    Attributes:
        kinds: the kinds it renders.
        create: makes the object with all that belongs to it alone, as comments; the first statement is the one that
            a drop undoes. It is given the catalog for what the definition does not hold: a table's columns.
        drop: takes the object away.
    """

    kinds: tuple[Kind, ...]
    create: Callable[[CatalogObject, Catalog], tuple[Sql, ...]]
    drop: Callable[[CatalogObject], tuple[str, ...]]
