"""Objects that get another name, another schema, or both where they stand, and in which order they can.

What becomes of whatever stands on a renamed object, and of the SQL that names it, is PostgreSQL's to tell: renames are
done before anything else, and the comparison begins at what is there then.
"""

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from pgcraft.catalog.definitions import Constraint
from pgcraft.catalog.kinds import TYPES
from pgcraft.catalog.made_types import Range
from pgcraft.catalog.objects import CatalogObject, Kind, ObjectId, escape_name
from pgcraft.catalog.origins import Origins
from pgcraft.catalog.tokens import mentions_name
from pgcraft.diff.actions import Action, Verb
from pgcraft.diff.claims import claim_relation, list_claims
from pgcraft.diff.names import INDEXED
from pgcraft.identifiers import hash_text
from pgcraft.render.renames import render_if_allowed, render_move, render_rename

_PLACES = tuple(Kind)
_PASSING = "pgcraft_passing_"
"""What names begin with that objects have for a moment, while others have theirs."""


@dataclass(frozen=True, slots=True)
class Rename:
    """An object that gets another name, or another schema.

    Attributes:
        item: as it is when its turn comes: what it stands on has its new name already.
        name: the new one.
        origins: whose it is.
        schema: the new one; None where it stays in its own.
        is_name_first: of both the name changes first, since another object has the old one where this goes.
        former: what it is told to have been, where it has had a passing name since.
        later: what it is told to become, where this is a passing name.
    """

    item: CatalogObject
    name: str
    origins: Origins = ()
    schema: str | None = None
    is_name_first: bool = False
    former: ObjectId | None = None
    later: ObjectId | None = None

    @property
    def id(self) -> ObjectId:
        """What it is then."""
        return self.item.id._replace(name=self.name, schema=self.schema or self.item.id.schema)

    @property
    def on_the_way(self) -> ObjectId:
        """What it is after the first of its two statements, or the only one."""
        if not self.moves or self.name == self.item.id.name:
            return self.id
        changed = {"name": self.name} if self.is_name_first else {"schema": self.schema}
        return self.item.id._replace(**changed)

    @property
    def moves(self) -> bool:
        """Whether it gets into another schema."""
        return self.id.schema != self.item.id.schema

    @property
    def is_passing(self) -> bool:
        """Whether the new name is none that it keeps."""
        return self.later is not None

    def list_statements(self, schemas: Mapping[str, str] | None = None) -> Iterator[str]:
        """Return what renames and moves it.

        Args:
            schemas: others that stand for the one that it gets into.
        """
        item = self.item
        for after in dict.fromkeys((self.on_the_way, self.id)):
            if after.schema != item.id.schema:
                schema = str(after.schema)
                yield render_move(item, (schemas or {}).get(schema, schema))
            else:
                yield render_rename(item, after.name)
            item = replace(item, id=after)

    @property
    def up(self) -> tuple[str, ...]:
        """The SQL that renames it, where that can be."""
        statements = tuple(self.list_statements())
        return (render_if_allowed(statements),) if self.is_of_superuser else statements

    @property
    def back(self) -> "Rename":
        """The way back."""
        old = self.item.id
        return replace(
            self,
            item=replace(self.item, id=self.id),
            name=old.name,
            schema=old.schema if self.moves else None,
            is_name_first=not self.is_name_first,
            former=None,
            later=None,
        )

    @property
    def down(self) -> tuple[str, ...]:
        """The SQL that gives it its old name back."""
        return self.back.up

    @property
    def is_of_superuser(self) -> bool:
        """Whether it is a function that PostgreSQL made with a range type: only the superuser may rename it."""
        return self.id.kind is Kind.FUNCTION and isinstance(self.item.definition, Range)

    @property
    def is_inside(self) -> bool:
        """Whether it is part of a type, and no object of its own."""
        return self.id.kind in TYPES and self.id.parent is not None

    @property
    def is_implied(self) -> bool:
        """Whether PostgreSQL does it with what its table inherits from."""
        return bool(getattr(self.item.definition, "is_inherited", False))

    @property
    def whole(self) -> ObjectId:
        """The object that is told by it: the type where it is inside of one."""
        return ObjectId(self.id.kind, self.id.schema, str(self.id.parent)) if self.is_inside else self.id

    @property
    def told(self) -> ObjectId:
        """What it is told to have been."""
        return self.former or self.item.id

    @property
    def old_name(self) -> str:
        """The name that it is told to have had, with the schema where that was another, as ids show it."""
        names = (self.told.schema, self.told.name) if self.told.schema != self.id.schema else (self.told.name,)
        return ".".join(escape_name(str(name)) for name in names)

    def is_in(self, sql: str) -> bool:
        """Whether a text may have the old name in it."""
        name = self.item.id.name
        return name in sql if self.is_inside else mentions_name(sql, name)

    @property
    def action(self) -> Action:
        """The rename as an action: on a type where it is inside of that."""
        if self.is_inside:
            comment = f"{self.told.name} becomes {self.name}"
            return Action(Verb.ALTER, self.whole, self.up, self.down, comment=comment, origins=self.origins)
        return Action(
            Verb.RENAME, self.later or self.id, self.up, self.down, comment=self.old_name, origins=self.origins
        )


def rank_renamed(object_id: ObjectId) -> tuple[bool, int]:
    """Return the place of an object among those that are renamed: what parts stand on comes before the parts."""
    return object_id.parent is not None, _PLACES.index(object_id.kind)


def order_renames(renames: Iterable[Rename], there: Iterable[ObjectId]) -> Iterator[Rename]:
    """Put what has a name before what gets that name, and what parts stand on before the parts.

    In a ring one has a passing name, until its own is free.

    Args:
        there: all that has names before.
    """
    left = sorted(renames, key=lambda each: (rank_renamed(each.item.id), each.id))
    both = any(each.on_the_way != each.id for each in left)
    taken = frozenset(claim for each in there for claim in list_claims(each)) if both else frozenset[object]()
    while left:
        holders = {claim: each for each in left for claim in _claims(each, each.item.id)}
        ways = ((each, _find_way(each, holders, taken)) for each in left)
        each, way = next((pair for pair in ways if pair[1] is not None), (_find_in_ring(left, holders), None))
        if way is not None:
            left.remove(each)
            yield way
            continue
        name = f"{_PASSING}{hash_text(str(each.item.id))}"
        passing = replace(each, name=name, schema=None, later=each.id)
        item = replace(each.item, id=passing.id)
        left[left.index(each)] = replace(each, item=item, former=each.told)
        yield passing


def _find_way(rename: Rename, holders: Mapping[object, Rename], taken: Container[object]) -> Rename | None:
    """Return a rename in the order of its statements in which nothing has the names; None where there is none."""
    for way in (rename, replace(rename, is_name_first=True)):
        claims = [claim for place in (way.on_the_way, way.id) for claim in _claims(way, place)]
        is_passable = way.on_the_way == way.id or not any(claim in taken for claim in _claims(way, way.on_the_way))
        if is_passable and all(holders.get(claim, rename) is rename for claim in claims):
            return way
    return None


def _find_in_ring(left: list[Rename], holders: Mapping[object, Rename]) -> Rename:
    """Return one whose name another waits for that it waits for itself; the first where it waits for none of these."""
    seen: list[Rename] = []
    each = left[0]
    while each not in seen:
        seen.append(each)
        waited_for = (holders.get(claim, each) for claim in _claims(each, each.id))
        each = next((found for found in waited_for if found is not each), each)
    return each


def _claims(rename: Rename, object_id: ObjectId) -> Iterator[object]:
    if rename.is_inside:
        yield object_id
        return
    yield from list_claims(object_id)
    if isinstance(rename.item.definition, Constraint) and rename.item.definition.type in INDEXED:
        yield claim_relation(object_id.schema, object_id.name)
