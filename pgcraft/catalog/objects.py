"""Catalog, its objects, and the ids that scope them as PostgreSQL scopes names."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from pgcraft.catalog.definitions import Definition
from pgcraft.catalog.origins import Origins


class Kind(StrEnum):
    """The kinds of object, in the order in which they can be made."""

    ROLE = "role"
    SCHEMA = "schema"
    EXTENSION = "extension"
    ENUM = "enum"
    SEQUENCE = "sequence"
    TABLE = "table"
    COLUMN = "column"
    CONSTRAINT = "constraint"
    INDEX = "index"
    FUNCTION = "function"
    VIEW = "view"
    MATERIALIZED_VIEW = "materialized view"
    TRIGGER = "trigger"
    POLICY = "policy"
    GRANT = "grant"


@dataclass(frozen=True, slots=True)
class ObjectId:
    """The identity of an object; equal ids are one object.

    Attributes:
        kind: the kind of object.
        schema: its schema; None for roles, schemas, extensions, and grants on those.
        name: its own name. A grant has the name of what it is granted on.
        parent: the relation that scopes it: the table or view of a column, constraint, trigger or policy (and of an
            index, for display); the grantee role of a grant (``PUBLIC`` for everyone).
        signature: input argument types of a function, as ``integer, text`` (empty string for none); for a grant the
            kind of its object and, on a function, the signature: ``view``, ``schema``, ``function(integer)``.
            None elsewhere.
    """

    kind: Kind
    schema: str | None
    name: str
    parent: str | None = None
    signature: str | None = None

    def __str__(self) -> str:
        """``view api.products``, ``trigger audit on inventory.products``, ``grant on api.products to anon``."""
        qualified = f"{self.schema}.{self.name}" if self.schema else self.name
        match self.kind:
            case Kind.FUNCTION:
                return f"function {qualified}({self.signature or ''})"
            case Kind.GRANT:
                return f"grant on {self.signature} {qualified} to {self.parent}"
            case Kind.COLUMN:
                return f"column {self.schema}.{self.parent}.{self.name}"
            case Kind.CONSTRAINT | Kind.TRIGGER | Kind.POLICY:
                return f"{self.kind} {self.name} on {self.schema}.{self.parent}"
            case _:
                return f"{self.kind} {qualified}"

    @property
    def sort_key(self) -> tuple[str, ...]:
        """Orders ids of every kind together: by schema, then kind, then name."""
        return (
            self.schema or "",
            self.kind.value,
            self.parent or "",
            self.name,
            self.signature or "",
        )

    def __lt__(self, other: "ObjectId") -> bool:
        return self.sort_key < other.sort_key


@dataclass(frozen=True, slots=True)
class CatalogObject:
    """One object with its definition.

    Attributes:
        id: its identity.
        definition: the facts of its kind; the class follows from ``id.kind``.
        parts: ids of what belongs to it, in order: a table's columns, constraints, indexes, then its triggers.
        depends_on: ids that must exist before it, sorted; all of them are in the catalog.
        origins: whose it is; empty for what was read from a database.
    """

    id: ObjectId
    definition: Definition
    parts: tuple[ObjectId, ...] = ()
    depends_on: tuple[ObjectId, ...] = ()
    origins: Origins = ()


@dataclass(frozen=True)
class Catalog:
    """A closed set of objects: every id in ``parts`` and ``depends_on`` is in it.

    Attributes:
        objects: sorted by id.
        server_version: major version of the server it was read from; 0 for a declared one.
    """

    objects: tuple[CatalogObject, ...] = ()
    server_version: int = 0

    @cached_property
    def by_id(self) -> dict[ObjectId, CatalogObject]:
        """Every object by its id."""
        return {item.id: item for item in self.objects}

    @cached_property
    def dependents(self) -> dict[ObjectId, tuple[ObjectId, ...]]:
        """For each id the ids that depend on it directly, sorted."""
        found: dict[ObjectId, list[ObjectId]] = {}
        for item in self.objects:
            for needed in item.depends_on:
                found.setdefault(needed, []).append(item.id)
        return {key: tuple(sorted(ids)) for key, ids in found.items()}

    def of_kind(self, *kinds: Kind) -> Iterator[CatalogObject]:
        """Give the objects of these kinds, sorted by id."""
        return (item for item in self.objects if item.id.kind in kinds)

    def find(self, object_id: ObjectId) -> CatalogObject | None:
        """Give the object, or None."""
        return self.by_id.get(object_id)

    def counts(self) -> dict[Kind, int]:
        """How many objects of each kind there are; kinds with none are left out."""
        found: dict[Kind, int] = {}
        for item in self.objects:
            found[item.id.kind] = found.get(item.id.kind, 0) + 1
        return {kind: found[kind] for kind in Kind if kind in found}


def make_catalog(objects: Iterable[CatalogObject], *, server_version: int = 0) -> Catalog:
    """Build a catalog: sorted by id, later objects of one id replacing earlier ones."""
    unique = {item.id: item for item in objects}
    return Catalog(tuple(unique[key] for key in sorted(unique)), server_version)
