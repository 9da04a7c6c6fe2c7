"""Catalog, its objects, and the ids that scope them as PostgreSQL scopes names."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from operator import attrgetter
from typing import NamedTuple, TypeVar

from pgcraft.catalog.definitions import Definition
from pgcraft.catalog.kinds import KINDS, Kind
from pgcraft.catalog.origins import Origins

__all__ = [
    "Catalog",
    "CatalogObject",
    "Kind",
    "ObjectId",
    "escape_name",
    "escape_text",
    "lend_ids",
    "make_catalog",
]

D = TypeVar("D", bound=Definition)


_PLAIN_NAME = re.compile(r"[^\W\d][\w$-]*\Z")


@lru_cache(maxsize=10_000)  # the names of a resource stand in the ids of all that it consists of
def escape_name(name: str) -> str:
    """Return a name as ids show it: bare, or in double quotes where it holds more than word characters."""
    return name if _PLAIN_NAME.match(name) else '"' + escape_text(name).replace('"', '\\"') + '"'


def escape_text(text: str) -> str:
    """Return text on one line: backslashes doubled, characters that do not print as ``\\u00000a``."""
    if text.isprintable() and "\\" not in text:
        return text
    return "".join(
        char if char.isprintable() and char != "\\" else "\\\\" if char == "\\" else f"\\u{ord(char):06x}"
        for char in text
    )


class ObjectId(NamedTuple):
    """The identity of an object; equal ids are one object.

    A tuple, since catalogs are dictionaries of these: its hash and its comparison cost a fraction of a dataclass's.

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
        """One line that ``parse_id`` reads back, the same on every run.

        ``view api.products``, ``column api.products.id``, ``trigger audit on inventory.products``,
        ``function api.total(integer, text)``, ``grant on view api.products to anon``.
        """
        name = escape_name(self.name)
        schema = f"{escape_name(self.schema)}." if self.schema else ""
        relation = f"{schema}{escape_name(self.parent)}" if self.parent else ""
        match self.kind:
            case Kind.FUNCTION:
                return f"function {schema}{name}({escape_text(self.signature or '')})"
            case Kind.GRANT:
                return f"grant on {self.granted_on} to {escape_name(self.grantee)}"
            case Kind.COLUMN:
                return f"column {relation}.{name}"
            case _ if self.parent:
                return f"{self.kind} {name} on {relation}"
            case _:
                return f"{self.kind} {schema}{name}"

    @property
    def sort_key(self) -> tuple[str, ...]:
        """Orders ids of every kind together: by schema, then kind, then name."""
        return (
            self.schema or "",
            self.kind,
            self.parent or "",
            self.name,
            self.signature or "",
        )

    def __lt__(self, other: "ObjectId") -> bool:  # type: ignore[override]
        return self.sort_key < other.sort_key

    @property
    def qualified(self) -> tuple[str, str]:
        """Schema, empty for none, and name."""
        return self.schema or "", self.name

    @property
    def dotted(self) -> str:
        """The name by which a user means it: ``sales.customers.phone``; of no kind, as it is, and with no arguments."""
        return ".".join(part for part in (self.schema, self.parent, self.name) if part)

    @property
    def arguments(self) -> str:
        """Argument types of a function in parentheses; empty for everything else."""
        return f"({self.signature or ''})" if self.kind is Kind.FUNCTION else ""

    @property
    def relation(self) -> tuple[str, str]:
        """Schema, empty for none, and name of the relation that a part stands on; no name where it stands on none."""
        return self.schema or "", self.parent or ""

    @property
    def table(self) -> "ObjectId":
        """The table that a part stands on."""
        return ObjectId(Kind.TABLE, self.schema, self.parent or "")

    def column(self, name: str) -> "ObjectId":
        """Return the column of this name of a table or view."""
        return ObjectId(Kind.COLUMN, self.schema, name, self.name)

    def part(self, kind: Kind, name: str) -> "ObjectId":
        """Return the constraint, index, trigger or policy of this name on a table or view."""
        return ObjectId(kind, self.schema, name, self.name)

    def granted_to(self, grantee: str) -> "ObjectId":
        """Return the grant of one role on this object; what is granted on a materialized view is told as on a view."""
        on = KINDS[self.kind].granted_as
        if not on:
            raise ValueError(f"nothing can be granted on {self}")
        return ObjectId(Kind.GRANT, self.schema, self.name, grantee, on + self.arguments)

    @property
    def granted_on(self) -> "ObjectId":
        """What a grant is on; a view may be a materialized one."""
        word, parenthesis, arguments = (self.signature or "").partition("(")
        return ObjectId(
            Kind(word), self.schema, self.name, signature=arguments.removesuffix(")") if parenthesis else None
        )

    @property
    def grantee(self) -> str:
        """The role that a grant is to, ``PUBLIC`` for everyone."""
        return self.parent or ""


OldName = str | tuple[str, str]
"""What an object was called, or in which schema and what."""


@dataclass(frozen=True, slots=True)
class CatalogObject:
    """One object with its definition.

    Attributes:
        id: its identity.
        definition: the facts of its kind; the class follows from ``id.kind``.
        parts: ids of what belongs to it, in order: a table's columns, constraints, indexes, then its triggers.
        depends_on: ids that must exist before it, sorted; all of them are in the catalog.
        origins: whose it is; empty for what was read from a database.
        role: what it is to the resource that it belongs to, as ``log of sales.prices``; empty for what stands for
            itself.
        renamed_from: the name that it had before, or schema and name; empty where nothing is said of it.
        renamed_inside: what is part of it and no object of its own, as a value of an enumerated type: pairs of the name
            and the one that it had before.
    """

    id: ObjectId
    definition: Definition
    parts: tuple[ObjectId, ...] = ()
    depends_on: tuple[ObjectId, ...] = ()
    origins: Origins = ()
    role: str = ""
    renamed_from: OldName = ""
    renamed_inside: tuple[tuple[str, str], ...] = ()

    @property
    def old_id(self) -> ObjectId:
        """What it is said to have been; it itself where nothing is said."""
        match self.renamed_from:
            case (schema, name):
                return self.id._replace(schema=schema, name=name)
            case name:
                return self.id._replace(name=name or self.id.name)

    def defined_as(self, definition_type: type[D]) -> D:
        """Return the definition as the class that the caller knows it to be.

        Raises:
            TypeError: it is of another class.
        """
        if not isinstance(self.definition, definition_type):
            raise TypeError(f"{self.id} is defined by a {type(self.definition).__name__}")
        return self.definition


@dataclass(frozen=True)
class Catalog:
    """A closed set of objects: every id in ``parts`` and ``depends_on`` is in it.

    Attributes:
        objects: sorted by id.
        server_version: major version of the server it was read from; 0 for a declared one.
        notes: one line each on what is declared but has no kind here.
    """

    objects: tuple[CatalogObject, ...] = ()
    server_version: int = 0
    notes: tuple[str, ...] = ()

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
        return {key: tuple(sorted(ids, key=_sort_key)) for key, ids in found.items()}

    @cached_property
    def _by_kind(self) -> dict[Kind, list[CatalogObject]]:
        found: dict[Kind, list[CatalogObject]] = {}
        for item in self.objects:
            found.setdefault(item.id.kind, []).append(item)
        return found

    def of_kind(self, *kinds: Kind) -> Iterator[CatalogObject]:
        """Return the objects of these kinds, sorted by id."""
        if len(kinds) == 1:
            return iter(self._by_kind.get(kinds[0], ()))
        return (item for item in self.objects if item.id.kind in kinds)

    def find(self, object_id: ObjectId) -> CatalogObject | None:
        """Return the object, or None."""
        return self.by_id.get(object_id)


def put_in(catalog: Catalog, objects: Mapping[ObjectId, CatalogObject]) -> Catalog:
    """Return a catalog with other objects in the places of those whose ids they have."""
    return replace(catalog, objects=tuple(objects.get(item.id, item) for item in catalog.objects))


_sort_key = attrgetter("sort_key")


def make_catalog(objects: Iterable[CatalogObject], *, server_version: int = 0, notes: tuple[str, ...] = ()) -> Catalog:
    """Build a catalog: sorted by id, later objects of one id replacing earlier ones."""
    unique = {item.id: item for item in objects}
    return Catalog(tuple(unique[key] for key in sorted(unique, key=_sort_key)), server_version, notes)


def lend_ids(catalog: Catalog, ids: Mapping[ObjectId, ObjectId]) -> Catalog:
    """Return a catalog in which objects have other ids, by their own, wherever these stand."""
    if not ids:
        return catalog

    def take(found: tuple[ObjectId, ...]) -> tuple[ObjectId, ...]:
        return tuple(ids.get(each, each) for each in found)

    return make_catalog(
        (
            replace(item, id=ids.get(item.id, item.id), parts=take(item.parts), depends_on=take(item.depends_on))
            for item in catalog.objects
        ),
        server_version=catalog.server_version,
    )
