"""Objects that the models declare under another name than the database has: they are renamed, not dropped and made.

What is told here are names alone. What becomes of whatever stands on a renamed object, and of the SQL that names it, is
PostgreSQL's to tell: the renames are done before anything else, and the comparison begins at what is there then.
"""

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, replace

from pgcraft.catalog.definitions import Enum
from pgcraft.catalog.kinds import RELATIONS, TYPES
from pgcraft.catalog.made_types import Composite, Range
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId, make_catalog
from pgcraft.catalog.origins import Origins
from pgcraft.catalog.tokens import mentions_name, split_top_level
from pgcraft.diff.actions import Action, Verb
from pgcraft.diff.claims import list_claims
from pgcraft.errors import PGCraftPlanError, Place
from pgcraft.identifiers import quote_qualified
from pgcraft.render.renames import render_if_allowed, render_rename

_PLACES = tuple(Kind)
_IN_RING = (
    "rename in two revisions, by way of a third name; where they have changed places already, take the declarations out"
)


@dataclass(frozen=True, slots=True)
class Rename:
    """An object that gets another name.

    Attributes:
        item: as it is when its turn comes: what it stands on has its new name already.
        name: the new one.
        origins: whose it is.
    """

    item: CatalogObject
    name: str
    origins: Origins = ()

    @property
    def id(self) -> ObjectId:
        """What it is then."""
        return self.item.id._replace(name=self.name)

    @property
    def statement(self) -> str:
        """The statement that renames it."""
        return render_rename(self.item, self.name)

    @property
    def up(self) -> str:
        """The SQL that renames it, where that can be."""
        return render_if_allowed(self.statement) if self.is_of_superuser else self.statement

    @property
    def down(self) -> str:
        """The SQL that gives it its old name back."""
        return replace(self, item=replace(self.item, id=self.id), name=self.item.id.name).up

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

    def is_in(self, sql: str) -> bool:
        """Whether a text may have the old name in it."""
        name = self.item.id.name
        return name in sql if self.is_inside else mentions_name(sql, name)

    @property
    def action(self) -> Action:
        """The rename as an action: on a type where it is inside of that."""
        up, down = (self.up,), (self.down,)
        if self.is_inside:
            comment = f"{self.item.id.name} becomes {self.name}"
            return Action(Verb.ALTER, self.whole, up, down, comment=comment, origins=self.origins)
        return Action(Verb.RENAME, self.id, up, down, comment=self.item.id.name, origins=self.origins)


def find_renames(current: Catalog, wanted: Catalog) -> tuple[Rename, ...]:
    """Return the declared renames that are not done yet, in run order.

    What has its new name already is done, and so is what has neither; the old name may be somebody else's by now.

    Raises:
        PGCraftPlanError: PGC403, both names are there, or both are declared, and it cannot be told what is meant.
    """
    holders = [item for item in wanted.objects if item.renamed_inside]
    if holders:
        names = {(item.id.schema, name) for item in holders for name in (item.id.name, item.renamed_from)}
        current, wanted = (_open(catalog, names) for catalog in (current, wanted))
    declared = [item for item in wanted.objects if item.renamed_from]
    return tuple(_order(_Finder(current, wanted, declared).find())) if declared else ()


def _open(catalog: Catalog, names: Container[tuple[str | None, str]]) -> Catalog:
    """Return a catalog in which what is inside of some types is objects of their kind, parts of them."""
    types = (item for item in catalog.of_kind(*TYPES) if (item.id.schema, item.id.name) in names)
    return make_catalog((*catalog.objects, *(part for item in types for part in _open_type(item))))


def _open_type(item: CatalogObject) -> Iterator[CatalogObject]:
    old = dict(item.renamed_inside)
    match item.definition:
        case Enum(values=names):
            pass
        case Composite(attributes=attributes):
            names = tuple(name for name, _ in attributes)
        case _:
            names = ()
    for name in names:
        part = item.id.part(item.id.kind, name)
        yield CatalogObject(part, item.definition, origins=item.origins, renamed_from=old.get(name, ""))


def _order(renames: Iterable[Rename]) -> Iterator[Rename]:
    """Put what has a name before what gets that name, and what parts stand on before the parts."""
    left = sorted(renames, key=lambda each: (_rank(each.item.id), each.id))
    while left:
        taken = {claim for each in left for claim in _claims(each, each.item.id)}
        free = next((each for each in left if taken.isdisjoint(_claims(each, each.id))), None)
        if free is None:
            item = replace(left[0].item, id=left[0].id, renamed_from=left[0].item.id.name, origins=left[0].origins)
            raise _ambiguous(item, "others change places with it", _IN_RING)
        left.remove(free)
        yield free


def _claims(rename: Rename, object_id: ObjectId) -> Iterable[object]:
    return (object_id,) if rename.is_inside else list_claims(object_id)


def _rank(object_id: ObjectId) -> tuple[bool, int]:
    return object_id.parent is not None, _PLACES.index(object_id.kind)


class _Finder:
    """Tells what objects of the models were called."""

    def __init__(self, current: Catalog, wanted: Catalog, declared: Iterable[CatalogObject]) -> None:
        self._current = current
        self._wanted = wanted
        self._declared = sorted(declared, key=lambda each: (_rank(each.id), each.id))
        self._done: dict[ObjectId, CatalogObject] = {}
        """What was found, by new id."""

    def find(self) -> Iterator[Rename]:
        for item in self._declared:
            if (old := self._find_old(item, ())) is not None:
                self._done[item.id] = old
        self._check_names()
        for object_id, old in self._done.items():
            there = object_id._replace(name=old.id.name)
            yield Rename(replace(old, id=there), object_id.name, self._wanted.by_id[object_id].origins)

    def _find_old(self, item: CatalogObject, asked: tuple[ObjectId, ...]) -> CatalogObject | None:
        """Return what an object is in the database under its old name; None where nothing is to be renamed.

        Args:
            asked: objects of which the same is asked, as which of them makes room depends on this one.
        """
        here = self._before(item.id)
        old = self._current.find(here._replace(name=item.renamed_from))
        if old is None or item.id in asked:
            return None
        if here not in self._current.by_id or self._makes_room(here, (*asked, item.id)):
            return old
        if self._is_in_ring(item):
            raise _ambiguous(item, "others change places with it", _IN_RING)
        if self._find_beside(item) is not None:
            return None
        raise _ambiguous(
            item,
            f"the database has both {here} and {old.id}",
            f"take the declaration out if {old.id} may go, or {here} out of the database if it is not what is meant",
        )

    def _makes_room(self, taken: ObjectId, asked: tuple[ObjectId, ...]) -> bool:
        """Whether what has a name in the database gets another one."""
        beside = (item for item in self._declared if item.renamed_from == taken.name)
        movers = (item for item in beside if self._before(item.id)._replace(name=taken.name) == taken)
        return any(self._find_old(item, asked) is not None for item in movers)

    def _before(self, object_id: ObjectId) -> ObjectId:
        """Return an id with the old names of what it stands on, or takes."""
        if object_id.kind is Kind.FUNCTION:
            arguments = (self._type_before(each) for each in split_top_level(object_id.signature or ""))
            return object_id._replace(signature=", ".join(arguments))
        if object_id.parent is None:
            return object_id
        for kind in (*RELATIONS, *TYPES):
            if owner := self._done.get(ObjectId(kind, object_id.schema, str(object_id.parent))):
                return object_id._replace(parent=owner.id.name)
        return object_id

    def _type_before(self, argument: str) -> str:
        element = argument.rstrip("[]")
        names = {
            quote_qualified(*new.qualified): quote_qualified(*old.id.qualified)
            for new, old in self._done.items()
            if new.kind in (*RELATIONS, *TYPES)
        }
        return names.get(element, element) + argument[len(element) :]

    def _find_beside(self, item: CatalogObject) -> CatalogObject | None:
        """Return the object of the models that has the old name of another."""
        return self._wanted.find(item.id._replace(name=item.renamed_from))

    def _is_in_ring(self, item: CatalogObject) -> bool:
        """Whether names change places: once that is done the declarations say the same as before."""
        found: dict[ObjectId, CatalogObject] = {}
        each = self._find_beside(item)
        while each is not None and each.renamed_from and each.id not in found:
            found[each.id] = each
            each = self._find_beside(each)
        return item.id in found

    def _check_names(self) -> None:
        """See to it that no two objects are renamed from one, and that the one is not declared beside."""
        taken: dict[ObjectId, ObjectId] = {}
        for object_id, old in self._done.items():
            item = self._wanted.by_id[object_id]
            first = taken.setdefault(old.id, object_id)
            if first != object_id:
                raise _ambiguous(item, f"so is {first}", "leave the old name to one of the two")
            beside = self._find_beside(item)
            if beside is not None and beside.id not in self._done:
                raise _ambiguous(
                    item,
                    f"{beside.id} is declared, too, and the database has only that",
                    "rename first, in a revision of its own, and declare another one of the old name after that; "
                    "or take the declaration out if this is a new one",
                )


def _ambiguous(item: CatalogObject, what: str, remedy: str) -> PGCraftPlanError:
    place = next((Place(each.file, each.line, each.name) for each in item.origins if each.file), None)
    return PGCraftPlanError(
        "PGC403", f"{item.id} is declared as renamed from {item.renamed_from!r}, but {what}", place=place, remedy=remedy
    )
