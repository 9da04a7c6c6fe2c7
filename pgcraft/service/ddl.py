"""The DDL of objects with everything that belongs to them."""

from collections.abc import Iterable, Iterator
from functools import cached_property

from pgcraft.catalog.definitions import Trigger
from pgcraft.catalog.kinds import IN_PG_CLASS, INSIDE
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId
from pgcraft.export import format_script as format_script
from pgcraft.render.catalog import render_catalog
from pgcraft.render.dispatch import render_object
from pgcraft.render.statement import Statement


class Script:
    """The statements that make a catalog, rendered once; gives those of some of its objects.

    Args:
        catalog: what is to be made.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    @cached_property
    def everything(self) -> tuple[Statement, ...]:
        """All statements, in run order."""
        return render_catalog(self._catalog)

    def select(self, ids: tuple[ObjectId, ...]) -> tuple[Statement, ...]:
        """Return the statements that make objects, in run order.

        Args:
            ids: what to make, each with its parts, its grants and the functions that its triggers call, a schema with
                all that is in it.
        """
        catalog = self._catalog
        places = sorted(place for found in self._gather(ids) for place in self._places.get(found, ()))
        found = tuple(self.everything[place] for place in places)
        made = {part for statement in found for part in (statement.source, *_inside(catalog, statement.source))}
        alone = (catalog.by_id[item] for item in ids if item in catalog.by_id and item not in made)
        return (*found, *(statement for item in alone for statement in render_object(item, catalog)))

    @cached_property
    def _places(self) -> dict[ObjectId, list[int]]:
        places: dict[ObjectId, list[int]] = {}
        for place, statement in enumerate(self.everything):
            places.setdefault(statement.source, []).append(place)
        return places

    @cached_property
    def _grants(self) -> dict[tuple[str | None, str], list[ObjectId]]:
        """Grants by schema and name of what they are on."""
        grants: dict[tuple[str | None, str], list[ObjectId]] = {}
        for grant in self._catalog.of_kind(Kind.GRANT):
            grants.setdefault((grant.id.schema, grant.id.name), []).append(grant.id)
        return grants

    def _gather(self, ids: Iterable[ObjectId]) -> frozenset[ObjectId]:
        """Return the ids with those of everything that belongs to them."""
        found: set[ObjectId] = set()
        waiting = list(ids)
        while waiting:
            object_id = waiting.pop()
            if object_id not in found and object_id in self._catalog.by_id:
                found.add(object_id)
                waiting += self._find_belongings(self._catalog.by_id[object_id])
        return frozenset(found)

    def _find_belongings(self, item: CatalogObject) -> Iterator[ObjectId]:
        yield from item.parts
        if isinstance(item.definition, Trigger):
            schema, name = item.definition.function
            yield from (needed for needed in item.depends_on if (needed.schema, needed.name) == (schema, name))
        if item.id.kind is Kind.SCHEMA:
            yield from (other.id for other in self._catalog.objects if other.id.schema == item.id.name)
        grants = self._grants.get((item.id.schema, item.id.name), ())
        yield from (grant for grant in grants if is_grant_on(grant, item.id))


def render(catalog: Catalog, ids: tuple[ObjectId, ...] | None = None) -> tuple[Statement, ...]:
    """Return the statements that make objects, in run order; of the whole catalog when no ids are named."""
    script = Script(catalog)
    return script.everything if ids is None else script.select(ids)


def is_grant_on(grant: ObjectId, target: ObjectId) -> bool:
    """Whether a grant is one on this object."""
    if grant.kind is not Kind.GRANT or grant.qualified != target.qualified:
        return False
    granted = grant.granted_on
    return granted == target or (granted.kind in IN_PG_CLASS and target.kind in IN_PG_CLASS)


def _inside(catalog: Catalog, object_id: ObjectId) -> tuple[ObjectId, ...]:
    """Return what is made by the very statement that makes a table."""
    item = catalog.find(object_id)
    return tuple(part for part in item.parts if part.kind in INSIDE) if item else ()
