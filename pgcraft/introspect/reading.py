"""What one read has found so far: drafts, and which object each oid stands for."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pgcraft.catalog.definitions import Definition
from pgcraft.catalog.kinds import KINDS
from pgcraft.catalog.linking import Draft
from pgcraft.catalog.objects import CatalogObject, Kind, ObjectId
from pgcraft.introspect.fetching import Rows

OidKey = tuple[str, str, int]
"""System catalog, oid (as text) and column number (0 for the object itself), as in ``pg_depend``."""


class ColumnRow(NamedTuple):
    """A column of a table or a view, in the order of the query that finds it."""

    relation: str
    number: int
    name: str
    type: str
    not_null: bool
    expression: str | None
    generated: str
    identity: str
    collation: list[str] | None
    comment: str | None
    sequence: list[Any] | None
    storage: str | None
    compression: str | None
    is_inherited: bool
    is_kept: bool


@dataclass
class Reading:
    """One read of a database.

    Attributes:
        roles: names of those that matter; None for all.
        drafts: what was found, by id.
        needs: what objects depend on, beside what their drafts say.
        ids: the object that an oid stands for.
        columns: those of tables and views, by the oid of what has them.
    """

    roles: frozenset[str] | None = None
    drafts: dict[ObjectId, Draft] = field(default_factory=dict)
    needs: dict[ObjectId, list[ObjectId]] = field(default_factory=dict)
    ids: dict[OidKey, ObjectId] = field(default_factory=dict)
    columns: dict[str, list[ColumnRow]] = field(default_factory=dict)

    def add(
        self,
        object_id: ObjectId,
        definition: Definition,
        *,
        needs: tuple[ObjectId, ...] = (),
        texts: tuple[str, ...] = (),
    ) -> None:
        """Keep an object."""
        self.drafts[object_id] = Draft(CatalogObject(object_id, definition), needs=needs, texts=texts)

    def need(self, object_id: ObjectId, needed: ObjectId) -> None:
        """Keep what an object depends on."""
        self.needs.setdefault(object_id, []).append(needed)

    def finish(self) -> Iterator[Draft]:
        """Return every object with all that it depends on."""
        for object_id, draft in self.drafts.items():
            more = self.needs.get(object_id)
            yield draft._replace(needs=(*draft.needs, *more)) if more else draft


@dataclass(frozen=True, slots=True)
class Reader:
    """What reads some kinds of object, with one query for all of them.

    Attributes:
        kinds: what it finds.
        query: gives the rows, oids as text; what stands in braces is a condition of a scope.
        take: keeps what is in the rows, after those of the readers before.
    """

    kinds: tuple[Kind, ...]
    query: str
    take: Callable[[Reading, Rows], None]

    @property
    def has_texts(self) -> bool:
        """Whether PostgreSQL rewrites something of what it reads."""
        return any(KINDS[kind].rewritten for kind in self.kinds)
