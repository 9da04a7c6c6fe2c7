"""Constraints and indexes that say the same under another name."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId, lend_ids
from pgcraft.identifiers import quote_name, quote_qualified

_NUMBER = re.compile(r"\d+\Z")


@dataclass(frozen=True, slots=True)
class Renamed:
    """A constraint or an index, and how the other catalog calls it."""

    id: ObjectId
    name: str

    @property
    def is_number(self) -> bool:
        """Whether the names differ by the number alone that PostgreSQL puts behind one that is taken."""
        return _NUMBER.sub("", self.id.name) == _NUMBER.sub("", self.name)

    def render(self) -> str:
        """Return the SQL that gives it the other name."""
        if self.id.kind is Kind.INDEX:
            return f"ALTER INDEX {quote_qualified(self.id.schema, self.id.name)} RENAME TO {quote_name(self.name)}"
        table = quote_qualified(*self.id.relation)
        return f"ALTER TABLE {table} RENAME CONSTRAINT {quote_name(self.id.name)} TO {quote_name(self.name)}"


def find_renamed(current: Catalog, wanted: Catalog) -> tuple[Renamed, ...]:
    """Return what of the current catalog the wanted one has under another name, each once, sorted by id."""
    return tuple(_find(current, wanted))


def take_names(wanted: Catalog, renamed: tuple[Renamed, ...]) -> Catalog:
    """Return the wanted catalog with the names of the current one."""
    return lend_ids(wanted, {each.id._replace(name=each.name): each.id for each in renamed})


def _find(current: Catalog, wanted: Catalog) -> Iterator[Renamed]:
    free = [item for item in wanted.of_kind(Kind.CONSTRAINT, Kind.INDEX) if item.id not in current.by_id]
    for item in current.of_kind(Kind.CONSTRAINT, Kind.INDEX):
        if item.id in wanted.by_id:
            continue
        same = next((other for other in free if _is_same(item, other)), None)
        if same is not None:
            free.remove(same)
            yield Renamed(item.id, same.id.name)


def _is_same(left: CatalogObject, right: CatalogObject) -> bool:
    is_beside = (left.id.kind, left.id.relation) == (right.id.kind, right.id.relation)
    return is_beside and left.definition == right.definition
