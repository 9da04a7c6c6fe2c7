"""Objects that the models declare under another name or in another schema than the database has them.

They are renamed, not dropped and made. What is told here are names alone.
"""

from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import replace

from pgcraft.catalog.definitions import Enum
from pgcraft.catalog.kinds import OF_SCHEMA, RELATIONS, TYPES
from pgcraft.catalog.made_types import Composite
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId, make_catalog
from pgcraft.catalog.origins import place_of
from pgcraft.catalog.tokens import split_top_level
from pgcraft.diff.renames import Rename, order_renames, rank_renamed
from pgcraft.errors import PGCraftPlanError
from pgcraft.identifiers import quote_qualified

Pairs = frozenset[tuple[ObjectId, ObjectId]]
"""What objects are called by now, each with what it was called."""
_IN_RING = (
    "rename in two revisions, by way of a third name; where they have changed places already, take the declarations out"
)


def find_renames(
    current: Catalog, wanted: Catalog, has_changed_places: Callable[[Pairs], bool | None] = lambda _: None
) -> tuple[Rename, ...]:
    """Return the declared renames that are not done yet, in run order.

    What has its new name already is done, and so is what has neither; the old name may be somebody else's by now.

    Args:
        has_changed_places: whether names have moved on in a ring, which nobody sees afterwards; None where it is not
            known.

    Raises:
        PGCraftPlanError: PGC403, both names are there, or both are declared, and it cannot be told what is meant.
    """
    holders = [item for item in wanted.objects if item.renamed_inside]
    if holders:
        names = {(each.schema, each.name) for item in holders for each in (item.id, item.old_id)}
        current, wanted = (_open(catalog, names) for catalog in (current, wanted))
    declared = [item for item in wanted.objects if item.renamed_from]
    if not declared:
        return ()
    found = order_renames(_Finder(current, wanted, declared, has_changed_places).find(), current.by_id)
    return tuple(each for rename in found for each in (rename, *_list_statistics(rename, current)))


def _list_statistics(rename: Rename, current: Catalog) -> Iterator[Rename]:
    """Return the statistics objects of a relation that is moved: PostgreSQL leaves them where they were."""
    if rename.moves and rename.id.kind in RELATIONS:
        for item in current.of_kind(Kind.STATISTICS):
            if item.id.relation == rename.told.qualified:
                there = item.id._replace(parent=rename.name)
                yield Rename(replace(item, id=there), there.name, rename.origins, rename.schema)


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


class _Finder:
    """Tells what objects of the models were called."""

    def __init__(
        self,
        current: Catalog,
        wanted: Catalog,
        declared: Iterable[CatalogObject],
        has_changed_places: Callable[[Pairs], bool | None],
    ) -> None:
        self._current = current
        self._wanted = wanted
        self._has_changed_places = has_changed_places
        self._declared = sorted(declared, key=lambda each: (rank_renamed(each.id), each.id))
        self._done: dict[ObjectId, CatalogObject] = {}
        """What was found, by new id."""

    def find(self) -> Iterator[Rename]:
        for item in self._declared:
            if (old := self._find_old(item, ())) is not None:
                self._done[item.id] = old
        self._check_names()
        for object_id, old in self._done.items():
            item = self._wanted.by_id[object_id]
            yield Rename(replace(old, id=item.old_id), object_id.name, item.origins, object_id.schema)

    def _find_old(self, item: CatalogObject, asked: tuple[ObjectId, ...]) -> CatalogObject | None:
        """Return what an object is in the database under its old name; None where nothing is to be renamed.

        Args:
            asked: objects of which the same is asked, as which of them makes room depends on this one.
        """
        here = self._before(item.id)
        old = self._current.find(replace(item, id=here).old_id)
        if old is None:
            self._check_text(item, here)
        if old is None or old.id == here or item.id in asked:
            return None
        ring = self._find_ring(item)
        if ring and all(self._before(each.id) in self._current.by_id for each in ring):
            has_changed = self._has_changed_places(frozenset((each.id, each.old_id) for each in ring))
            if has_changed is None:
                raise _ambiguous(item, "others change places with it", _IN_RING)
            return None if has_changed else old
        if here not in self._current.by_id or self._makes_room(here, (*asked, item.id)):
            return old
        if self._find_beside(item) is not None:
            return None
        raise _ambiguous(
            item,
            f"the database has both {here} and {old.id}",
            f"take the declaration out if {old.id} may go, or {here} out of the database if it is not what is meant",
        )

    def _check_text(self, item: CatalogObject, here: ObjectId) -> None:
        """See to it that no old name is meant to say the schema, too: it would be dropped and made."""
        if not isinstance(item.renamed_from, str) or here.kind not in OF_SCHEMA or here in self._current.by_id:
            return
        schema, _, name = item.renamed_from.partition(".")
        found = self._current.find(here._replace(schema=schema, name=name))
        if found is not None and found.id not in self._wanted.by_id:
            raise _ambiguous(
                item,
                f"that is no name in schema {here.schema}, and the database has {found.id}",
                f"where that is meant, give schema and name: ({schema!r}, {name!r})",
            )

    def _makes_room(self, taken: ObjectId, asked: tuple[ObjectId, ...]) -> bool:
        """Whether what has a name in the database gets another one."""
        beside = (item for item in self._declared if item.old_id.name == taken.name)
        movers = (item for item in beside if replace(item, id=self._before(item.id)).old_id == taken)
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
                return object_id._replace(schema=owner.id.schema, parent=owner.id.name)
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
        return self._wanted.find(item.old_id)

    def _find_ring(self, item: CatalogObject) -> tuple[CatalogObject, ...]:
        """Return what changes places with an object: once that is done the declarations say the same as before."""
        found: dict[ObjectId, CatalogObject] = {}
        each = self._find_beside(item)
        while each is not None and each.renamed_from and each.id not in found:
            found[each.id] = each
            each = self._find_beside(each)
        return tuple(found.values()) if item.id in found else ()

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
    place = place_of(item.origins)
    return PGCraftPlanError(
        "PGC403", f"{item.id} is declared as renamed from {item.renamed_from!r}, but {what}", place=place, remedy=remedy
    )
