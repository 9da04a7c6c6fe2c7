"""Whose an object is: the layers of code that made it, each with its place."""

from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from pgcraft.errors import Place


class Layer(StrEnum):
    """What kind of code stands behind an object."""

    USER = "user"
    FACTORY = "factory"
    PLUGIN = "plugin"
    EXTENSION = "extension"


@dataclass(frozen=True, slots=True)
class Origin:
    """One layer that made or changed an object.

    Attributes:
        layer: user, factory, plugin or extension.
        name: ``PGCraftSimple("products")``, ``SerialPKPlugin``, ``postgrest``; for the user's own, what was called.
        file: path of the file, relative to the project when inside it; empty when unknown.
        line: counted from 1; 0 when unknown.
    """

    layer: Layer
    name: str
    file: str = ""
    line: int = 0

    @property
    def declared_at(self) -> str:
        """``models.py:41``, or an empty string when the place is unknown."""
        return f"{self.file}:{self.line}" if self.file else ""

    def __str__(self) -> str:
        """``extension postgrest``, ``plugin SerialPKPlugin``; a factory or the user's own by its name alone."""
        return f"{self.layer} {self.name}" if self.layer in (Layer.EXTENSION, Layer.PLUGIN) else self.name


Origins = tuple[Origin, ...]
"""From who made the object to who last changed it."""


def list_origins(origins: Origins) -> tuple[str, ...]:
    """Return who made an object and who changed it, and the first place that is known, as they stand in a line."""
    places = (origin.declared_at for origin in origins if origin.declared_at)
    return (*map(str, origins), *islice(places, 1))


def place_of(origins: Origins) -> Place | None:
    """Return where the first of the origins that has a place stands."""
    return next((Place(origin.file, origin.line, origin.name) for origin in origins if origin.file), None)
