"""Everything pgcraft knows of one MetaData beside its tables, kept in ``MetaData.info``."""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, TypeVar

from sqlalchemy import MetaData, Table

from pgcraft.catalog.kinds import Kind
from pgcraft.catalog.origins import Origins
from pgcraft.errors import PGCraftValidationError, Place
from pgcraft.models.beside import CommentDefinition, OwnerDefinition
from pgcraft.models.definitions import (
    APIResource,
    FunctionDefinition,
    GrantDefinition,
    PolicyDefinition,
    RoleDefinition,
    SchemaDefinition,
    TriggerDefinition,
    ViewDefinition,
)
from pgcraft.models.foreign_keys import Dimension, Reference
from pgcraft.models.functions import AggregateDefinition
from pgcraft.models.provenance import current_origins, current_place, find_caller, find_place
from pgcraft.models.renames import RenameDefinition
from pgcraft.models.row_security import RowSecurityDefinition

INFO_KEY = "pgcraft"

T = TypeVar("T")


class Declared(Generic[T]):
    """A definition with whose it is and where the user's code asked for it.

    Args:
        build: gives the definition; called once, when somebody asks for it.
        arguments: what it is called with.
        origins: whose it is.
        place: the user's line; that of the outermost origin that has one when left out.
    """

    __slots__ = ("_arguments", "_build", "_definition", "_place", "origins")

    def __init__(
        self,
        build: Callable[..., T],
        arguments: tuple[Any, ...],
        origins: Origins,
        place: Place | None = None,
    ) -> None:
        self._build = build
        self._arguments = arguments
        self._definition: T | None = None
        self._place = place
        self.origins = origins

    @property
    def definition(self) -> T:
        """What was declared."""
        if self._definition is None:
            self._definition = self._build(*self._arguments)
        return self._definition

    def is_built_by(self, build: Callable[..., T], arguments: tuple[Any, ...]) -> bool:
        """Whether the definition comes of the same call."""
        return (self._build, self._arguments) == (build, arguments)

    @property
    def place(self) -> Place:
        """The user's line."""
        return self._place or Place(*find_place(self.origins))


class Registry(Generic[T]):
    """Definitions of one kind by identity; the same one twice is fine, two different ones are an error."""

    def __init__(self, noun: str) -> None:
        self._noun = noun
        self._items: dict[Hashable, Declared[T]] = {}
        self._on_relations: dict[Hashable, list[Hashable]] = {}
        self._log: list[Hashable] = []

    def add(self, key: Hashable, definition: T) -> None:
        """Keep a definition under its identity.

        Raises:
            PGCraftValidationError: PGC120, another definition has this identity.
        """
        known = self._items.get(key)
        if known is None:
            self._keep(key, _give, (definition,))
        elif known.definition != definition:
            raise self._declared_twice(key, known)

    def add_later(self, key: Hashable, build: Callable[..., T], *arguments: Any) -> None:
        """Keep a definition that is built when somebody asks for it; the same promise twice is fine.

        Raises:
            PGCraftValidationError: PGC120, another definition has this identity.
        """
        known = self._items.get(key)
        if known is None:
            self._keep(key, build, arguments)
        elif not known.is_built_by(build, arguments):
            raise self._declared_twice(key, known)

    def _keep(self, key: Hashable, build: Callable[..., T], arguments: tuple[Any, ...]) -> None:
        origins = current_origins()
        place = None if find_place(origins)[0] else Place(*find_caller())
        self._items[key] = Declared(build, arguments, origins, place)
        self._log.append(key)
        if isinstance(key, tuple):
            self._on_relations.setdefault(key[:2], []).append(key)

    def _declared_twice(self, key: Hashable, known: Declared[T]) -> PGCraftValidationError:
        return PGCraftValidationError(
            "PGC120",
            f"{self._noun} {_show(key)} is declared twice, and the two differ",
            place=Place(*current_place()),
            remedy=f"the first stands at {known.place}; rename one of them",
        )

    def find(self, key: Hashable) -> Declared[T] | None:
        """Return what has this identity, or None."""
        return self._items.get(key)

    def list_on(self, schema: str, relation: str) -> tuple[Hashable, ...]:
        """Return the identities of what stands on a relation, where its schema and its name come first in them."""
        return tuple(key for key in self._on_relations.get((schema, relation), ()) if key in self._items)

    def items(self) -> tuple[tuple[Hashable, Declared[T]], ...]:
        """Return everything with its identity, in the order of declaration."""
        return tuple(self._items.items())

    def joined(self, others: Mapping[Hashable, Declared[T]]) -> "Registry[T]":
        """Return a registry of these definitions and others.

        Raises:
            PGCraftValidationError: PGC120, two have one identity.
        """
        for key in self._items.keys() & others.keys():
            raise self._declared_twice(key, self._items[key])
        joined: Registry[T] = Registry(self._noun)
        joined._items = self._items | dict(others)
        return joined

    def mark(self) -> int:
        """Return a mark of what is here now, for :meth:`keys_since`."""
        return len(self._log)

    def keys_since(self, mark: int) -> tuple[Hashable, ...]:
        """Return the identities added since a mark was made."""
        return tuple(self._log[mark:])

    def forget(self, keys: Iterable[Hashable]) -> None:
        """Forget what has these identities, where anything has."""
        for key in keys:
            self._items.pop(key, None)

    def all(self) -> tuple[Declared[T], ...]:
        """Return everything in the order of declaration."""
        return tuple(self._items.values())


def _give(definition: T) -> T:
    return definition


def _show(key: Hashable) -> str:
    return ".".join(str(part) for part in key if part) if isinstance(key, tuple) else str(key)


@dataclass(frozen=True)
class ServerNeed:
    """A plugin that asks for a major version of PostgreSQL."""

    plugin: str
    factory: str
    version: int


@dataclass(frozen=True)
class ExtensionNeed:
    """A declaration that is of no use without an extension.

    Attributes:
        extension: its name.
        place: of the declaration.
        remedy: how the extension is taken into use.
    """

    extension: str
    place: Place
    remedy: str


@dataclass(frozen=True)
class Mark:
    """A moment in the life of a MetaData."""

    tables: int
    registries: tuple[int, ...]


@dataclass(frozen=True)
class Changes:
    """What was declared after a mark: tables, and identities registry by registry."""

    tables: tuple[Table, ...]
    keys: tuple[tuple[Hashable, ...], ...]


@dataclass(frozen=True)
class RowRules:
    """How policies of a resource that is a view stand on the tables behind it.

    Attributes:
        translate: gives the policies of the tables that a policy of the resource is.
    """

    translate: Callable[[PolicyDefinition], tuple[PolicyDefinition, ...]]


@dataclass
class Declarations:
    """The registries of one MetaData.

    Attributes:
        kinds: the definitions of each kind that can be declared apart from tables.
        aggregates: of functions those that are aggregate functions.
        dimensions: what foreign keys may name, by name and schema.
        references: the foreign keys that pgcraft made, by schema, table and position.
        renames: old names of what has no place for them.
        old_names: old schemas and names of resources and of what pgcraft named after them, by schema and name.
        index_names: each index's table, by schema and name; PostgreSQL has one namespace for a schema's indexes.
        server_needs: plugins that do not work on every server.
        extension_needs: what is of no use without an extension.
        owners: who owns the views and functions of an extension that name no owner, by the extension's name.
        dimension_schemas: the schemas in which a dimension's name was declared.
        waiting_references: foreign keys whose dimension is not declared yet, by its name.
        is_configured: whether ``pgcraft_configure_metadata`` went through.
        hooks: what each extension's ``configure_metadata`` declared, by the extension's name.
    """

    kinds: dict[Kind, Registry[Any]] = field(default_factory=lambda: {kind: Registry(kind.value) for kind in Kind})
    aggregates: Registry[AggregateDefinition] = field(default_factory=lambda: Registry("aggregate"))
    row_rules: Registry[RowRules] = field(default_factory=lambda: Registry("row rules"))
    owned: Registry[OwnerDefinition] = field(default_factory=lambda: Registry("owner"))
    comments: Registry[CommentDefinition] = field(default_factory=lambda: Registry("comment"))
    row_security: Registry[RowSecurityDefinition] = field(default_factory=lambda: Registry("row security"))
    resources: Registry[APIResource] = field(default_factory=lambda: Registry("API resource"))
    dimensions: Registry[Dimension] = field(default_factory=lambda: Registry("dimension"))
    references: Registry[Reference] = field(default_factory=lambda: Registry("foreign key"))
    old_names: Registry[tuple[str, str]] = field(default_factory=lambda: Registry("old name"))
    renames: Registry[RenameDefinition] = field(default_factory=lambda: Registry("rename"))
    index_names: Registry[str] = field(default_factory=lambda: Registry("index"))
    server_needs: Registry[ServerNeed] = field(default_factory=lambda: Registry("server need"))
    extension_needs: Registry[ExtensionNeed] = field(default_factory=lambda: Registry("extension need"))
    owners: dict[str, str] = field(default_factory=dict)
    is_configured: bool = False
    hooks: dict[str, Changes] = field(default_factory=dict)
    dimension_schemas: dict[str, list[str]] = field(default_factory=dict)
    waiting_references: dict[str, list[Reference]] = field(default_factory=dict)

    @property
    def schemas(self) -> Registry[SchemaDefinition]:
        """The declared schemas."""
        return self.kinds[Kind.SCHEMA]

    @property
    def roles(self) -> Registry[RoleDefinition]:
        """The declared roles."""
        return self.kinds[Kind.ROLE]

    @property
    def grants(self) -> Registry[GrantDefinition]:
        """The declared grants."""
        return self.kinds[Kind.GRANT]

    @property
    def functions(self) -> Registry[FunctionDefinition]:
        """The declared functions."""
        return self.kinds[Kind.FUNCTION]

    @property
    def triggers(self) -> Registry[TriggerDefinition]:
        """The declared triggers."""
        return self.kinds[Kind.TRIGGER]

    @property
    def views(self) -> Registry[ViewDefinition]:
        """The declared views."""
        return self.kinds[Kind.VIEW]

    @property
    def policies(self) -> Registry[PolicyDefinition]:
        """The declared policies."""
        return self.kinds[Kind.POLICY]

    @cached_property
    def registries(self) -> tuple[Registry[Any], ...]:
        """Every registry, in a fixed order."""
        others = (value for value in vars(self).values() if isinstance(value, Registry))
        return (*self.kinds.values(), *others)


def get_declarations(metadata: MetaData) -> Declarations:
    """Return the declarations of a MetaData, made when first asked for."""
    found = metadata.info.get(INFO_KEY)
    if not isinstance(found, Declarations):
        found = metadata.info[INFO_KEY] = Declarations()
    return found
