"""Grants to whoever owns what they are on: an owner may do all of that anyway."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from pgcraft.catalog.objects import Catalog, Kind, ObjectId
from pgcraft.catalog.privileges import target_of

ReadOwned = Callable[[], Mapping[ObjectId, ObjectId]]
"""Gives the columns that own sequences of the database, by these."""


def leave_owned(wanted: Catalog, current: Catalog, read_owned: ReadOwned) -> Catalog:
    """Return the wanted catalog without grants to owners: those that it states, or else those that are there.

    PostgreSQL makes one of what an old owner and a new one may do. So what a role may do that comes to own an object is
    taken before, and comes back to it where it owns the object no longer.
    """
    owned = frozenset(
        grant.id
        for grant in wanted.of_kind(Kind.GRANT)
        if grant.id.grantee == next(_list_owners(grant.id, wanted, current, read_owned), None)
    )
    return replace(wanted, objects=tuple(item for item in wanted.objects if item.id not in owned)) if owned else wanted


def _list_owners(grant_id: ObjectId, wanted: Catalog, current: Catalog, read_owned: ReadOwned) -> Iterator[str]:
    """Return the owners of what a grant is on, the one that is stated first."""
    targets = target_of(grant_id)
    if targets[0].kind is Kind.SEQUENCE and targets[0] not in wanted.by_id:
        column = read_owned().get(targets[0])
        targets = (column.table,) if column else ()
    for catalog in (wanted, current):
        for item in filter(None, map(catalog.find, targets)):
            if owner := getattr(item.definition, "owner", None):
                yield owner
