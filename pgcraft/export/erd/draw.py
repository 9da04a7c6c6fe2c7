"""A catalog as a diagram, and the part of it that somebody wants to see."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from pgcraft.catalog.definitions import Column, Constraint, Grant, Table, Trigger, View
from pgcraft.catalog.kinds import RELATIONS
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId
from pgcraft.catalog.privileges import target_of
from pgcraft.export.erd.model import Box, Diagram, Edge, Field, Mark

_MARKS: dict[str, Mark] = {"primary key": "PK", "foreign key": "FK", "unique": "UK"}
_ORDER: tuple[Mark, ...] = ("PK", "FK", "UK")


@dataclass(frozen=True)
class Drawn:
    """What is drawn beside tables and their keys.

    Attributes:
        keys_only: of the columns those of keys alone.
    """

    views: bool = False
    triggers: bool = False
    grants: bool = False
    keys_only: bool = False


TABLES = Drawn()
"""Tables and their keys alone."""

WITH_VIEWS = Drawn(views=True)
"""Views, too."""


def draw(catalog: Catalog, drawn: Drawn = WITH_VIEWS) -> Diagram:
    """Return the diagram of a catalog."""
    kinds = RELATIONS if drawn.views else (Kind.TABLE,)
    relations = tuple(item for kind in kinds for item in catalog.of_kind(kind))
    there = {item.id for item in relations}
    grants = _list_grants(catalog) if drawn.grants else {}
    boxes = tuple(_draw_box(catalog, item, drawn, tuple(grants.get(item.id, ()))) for item in relations)
    keys = (edge for item in catalog.of_kind(Kind.TABLE) for edge in _list_keys(catalog, item))
    reads = (edge for item in relations for edge in _list_reads(item, there))
    return Diagram(boxes, tuple(edge for edge in (*keys, *reads) if edge.end in there))


def choose(
    diagram: Diagram, *, schemas: Collection[str] = (), around: Collection[ObjectId] = (), depth: int = 1
) -> Diagram:
    """Return a part of a diagram.

    Args:
        diagram: all of it.
        schemas: names of those that are shown, which may hold ``*``; all when empty.
        around: what is shown with its neighbours; all when empty.
        depth: how many lines away a neighbour may be.
    """
    shown = {
        box.id
        for box in diagram.boxes
        if not schemas or any(fnmatchcase(box.id.schema or "", pattern) for pattern in schemas)
    }
    if around:
        near = set(around)
        for _ in range(depth):
            touched = [edge for edge in diagram.edges if edge.start in near or edge.end in near]
            near |= {end for edge in touched for end in (edge.start, edge.end)}
        shown &= near
    return Diagram(
        tuple(box for box in diagram.boxes if box.id in shown),
        tuple(edge for edge in diagram.edges if edge.start in shown and edge.end in shown),
    )


def _draw_box(catalog: Catalog, item: CatalogObject, drawn: Drawn, grants: tuple[str, ...]) -> Box:
    if isinstance(item.definition, View):
        types = item.definition.column_types or ("unknown",) * len(item.definition.columns)
        fields = tuple(Field(*pair) for pair in zip(item.definition.columns, types, strict=True))
        notes: tuple[str, ...] = (str(item.id.kind),)
    else:
        fields = tuple(_draw_fields(catalog, item))
        notes = ("row security",) if drawn.grants and item.defined_as(Table).row_security else ()
    if drawn.keys_only:
        fields = tuple(field for field in fields if field.marks)
    triggers = tuple(_list_triggers(catalog, item)) if drawn.triggers else ()
    return Box(item.id, fields, (*notes, *triggers, *grants))


def _draw_fields(catalog: Catalog, table: CatalogObject) -> Iterator[Field]:
    marks: dict[str, set[Mark]] = {}
    for _, constraint in _list_constraints(catalog, table):
        is_shared = constraint.type == "unique" and len(constraint.columns) > 1
        if constraint.type in _MARKS and not is_shared:
            for name in constraint.columns:
                marks.setdefault(name, set()).add(_MARKS[constraint.type])
    for part in table.parts:
        item = catalog.find(part)
        if item is not None and isinstance(item.definition, Column):
            found = tuple(mark for mark in _ORDER if mark in marks.get(part.name, ()))
            yield Field(part.name, item.definition.type, found, not item.definition.nullable)


def _list_keys(catalog: Catalog, table: CatalogObject) -> Iterator[Edge]:
    constraints = list(_list_constraints(catalog, table))
    unique = {frozenset(found.columns) for _, found in constraints if found.type in ("primary key", "unique")}
    required = {field.name for field in _draw_fields(catalog, table) if field.is_required}
    for item, key in constraints:
        if key.references is not None:
            yield Edge(
                table.id,
                ObjectId(Kind.TABLE, *key.references),
                "key",
                item.id.name,
                key.columns,
                key.referenced_columns,
                is_unique=frozenset(key.columns) in unique,
                is_required=required.issuperset(key.columns),
            )


def _list_reads(item: CatalogObject, there: Collection[ObjectId]) -> Iterator[Edge]:
    if isinstance(item.definition, View):
        yield from (Edge(item.id, needed, "reads") for needed in item.depends_on if needed in there)


def _list_constraints(catalog: Catalog, table: CatalogObject) -> Iterator[tuple[CatalogObject, Constraint]]:
    for item in map(catalog.find, table.parts):
        if item is not None and isinstance(item.definition, Constraint):
            yield item, item.definition


def _list_triggers(catalog: Catalog, item: CatalogObject) -> Iterator[str]:
    for part in map(catalog.find, item.parts):
        if part is not None and isinstance(part.definition, Trigger):
            events = " or ".join(part.definition.events)
            yield f"{part.definition.timing} {events}: {part.id.name}"


def _list_grants(catalog: Catalog) -> dict[ObjectId, list[str]]:
    found: dict[ObjectId, list[str]] = {}
    for item in catalog.of_kind(Kind.GRANT):
        grant = item.defined_as(Grant)
        limited = dict.fromkeys(f"{name} (some columns)" for name, _ in grant.columns)
        for target in target_of(item.id):
            privileges = ", ".join((*grant.privileges, *limited))
            found.setdefault(target, []).append(f"{item.id.grantee}: {privileges}")
    return found
