"""What PostgreSQL would refuse, or worse take in another meaning, and one catalog alone can tell."""

from collections.abc import Iterable

from pgcraft.catalog.definitions import Constraint
from pgcraft.catalog.kinds import IN_PG_CLASS
from pgcraft.catalog.linking import Draft
from pgcraft.catalog.objects import CatalogObject, ObjectId
from pgcraft.catalog.origins import place_of
from pgcraft.errors import PGCraftValidationError
from pgcraft.identifiers import MAX_BYTES

_WITH_INDEX = ("primary key", "unique", "exclude")


def check_drafts(drafts: Iterable[Draft]) -> None:
    """See to it that names are whole and stand for one object each.

    Raises:
        PGCraftValidationError: a name is longer than 63 bytes (PGC153), one identity has two definitions (PGC120), or
            two relations of a schema share a name (PGC152).
    """
    known: dict[ObjectId, CatalogObject] = {}
    relations: dict[tuple[str | None, str], CatalogObject] = {}
    for draft in drafts:
        _check_length(draft.object)
        first = known.setdefault(draft.object.id, draft.object)
        if first is not draft.object and first.definition != draft.object.definition:
            raise _declared_twice(first, draft.object)
        if _is_relation(draft.object):
            key = (draft.object.id.schema, draft.object.id.name)
            other = relations.setdefault(key, draft.object)
            if other.id != draft.object.id:
                raise _shared_name(other, draft.object)


def _is_relation(item: CatalogObject) -> bool:
    """Whether it is one of what shares a schema's names: tables, views, sequences, indexes, constraints with one."""
    if isinstance(item.definition, Constraint):
        return item.definition.type in _WITH_INDEX
    return item.id.kind in IN_PG_CLASS


def _check_length(item: CatalogObject) -> None:
    name = item.id.name
    length = len(name) if name.isascii() else len(name.encode())
    if length > MAX_BYTES:
        raise PGCraftValidationError(
            "PGC153",
            f"the name of {item.id} is {length} bytes long, and PostgreSQL keeps {MAX_BYTES}",
            place=place_of(item.origins),
            remedy="choose a shorter name",
        )


def _declared_twice(first: CatalogObject, second: CatalogObject) -> PGCraftValidationError:
    return PGCraftValidationError(
        "PGC120",
        f"{second.id} is declared twice, and the two differ",
        place=place_of(second.origins),
        remedy=f"{_tell_place(first)}rename one of them",
    )


def _shared_name(first: CatalogObject, second: CatalogObject) -> PGCraftValidationError:
    return PGCraftValidationError(
        "PGC152",
        f"{second.id} bears the name of the {first.id}",
        place=place_of(second.origins),
        remedy=f"{_tell_place(first)}tables, views, sequences and indexes of a schema share one set of names; "
        "rename one of the two",
    )


def _tell_place(item: CatalogObject) -> str:
    place = place_of(item.origins)
    return f"the first stands at {place}; " if place else ""
