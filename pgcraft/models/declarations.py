"""Everything pgcraft knows of one MetaData beside its tables, kept in ``MetaData.info``."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

from sqlalchemy import MetaData

from pgcraft.catalog.origins import Origins
from pgcraft.errors import PGCraftValidationError, Place
from pgcraft.models.definitions import (
    FunctionDefinition,
    GrantDefinition,
    PolicyDefinition,
    RoleDefinition,
    SchemaDefinition,
    TriggerDefinition,
    ViewDefinition,
)
from pgcraft.models.provenance import current_origins, current_place

if TYPE_CHECKING:
    from pgcraft.config import PGCraftConfig
    from pgcraft.resource import APIResource

INFO_KEY = "pgcraft"

T = TypeVar("T")


@dataclass(frozen=True)
class Declared(Generic[T]):
    """A definition with whose it is and where the user's code asked for it."""

    definition: T
    origins: Origins
    place: Place


class Registry(Generic[T]):
    """Definitions of one kind by identity; the same one twice is fine, two different ones are an error."""

    def __init__(self, noun: str) -> None:
        self._noun = noun
        self._items: dict[Hashable, Declared[T]] = {}
        self._log: list[Hashable] = []

    def add(self, key: Hashable, definition: T) -> None:
        """Keep a definition under its identity.

        Raises:
            PGCraftValidationError: PGC120, another definition has this identity.
        """
        place = Place(*current_place())
        known = self._items.get(key)
        if known is not None and known.definition != definition:
            raise PGCraftValidationError(
                "PGC120",
                f"{self._noun} {_show(key)} is declared twice, and the two differ",
                place=place,
                remedy=f"the first stands at {known.place}; rename one of them",
            )
        if known is None:
            self._items[key] = Declared(definition, current_origins(), place)
            self._log.append(key)

    def find(self, key: Hashable) -> Declared[T] | None:
        """Give what has this identity, or None."""
        return self._items.get(key)

    def mark(self) -> int:
        """Give a mark of what is here now, for :meth:`keys_since`."""
        return len(self._log)

    def keys_since(self, mark: int) -> tuple[Hashable, ...]:
        """Give the identities added since a mark was made."""
        return tuple(self._log[mark:])

    def forget(self, keys: Iterable[Hashable]) -> None:
        """Forget what has these identities, where anything has."""
        for key in keys:
            self._items.pop(key, None)

    def all(self) -> tuple[Declared[T], ...]:
        """Give everything in the order of declaration."""
        return tuple(self._items.values())


def _show(key: Hashable) -> str:
    return ".".join(str(part) for part in key if part) if isinstance(key, tuple) else str(key)


@dataclass
class Declarations:
    """The registries of one MetaData."""

    schemas: Registry[SchemaDefinition] = field(default_factory=lambda: Registry("schema"))
    roles: Registry[RoleDefinition] = field(default_factory=lambda: Registry("role"))
    grants: Registry[GrantDefinition] = field(default_factory=lambda: Registry("grant"))
    functions: Registry[FunctionDefinition] = field(default_factory=lambda: Registry("function"))
    triggers: Registry[TriggerDefinition] = field(default_factory=lambda: Registry("trigger"))
    views: Registry[ViewDefinition] = field(default_factory=lambda: Registry("view"))
    policies: Registry[PolicyDefinition] = field(default_factory=lambda: Registry("policy"))
    resources: "Registry[APIResource]" = field(default_factory=lambda: Registry("API resource"))
    configs: "list[PGCraftConfig]" = field(default_factory=list)
    """The configs that factories on this MetaData were called with, in order, each once."""


def get_declarations(metadata: MetaData) -> Declarations:
    """Give the declarations of a MetaData, made when first asked for."""
    found = metadata.info.get(INFO_KEY)
    if not isinstance(found, Declarations):
        found = metadata.info[INFO_KEY] = Declarations()
    return found
