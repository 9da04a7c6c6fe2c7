"""Why an object of the models is there."""

from collections.abc import Iterator
from dataclasses import replace

from pgcraft.catalog.kinds import GRANTABLE, RELATIONS
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId
from pgcraft.catalog.privileges import target_of
from pgcraft.service.access.reach import find_reached, list_roles
from pgcraft.service.access.types import Reached, Right
from pgcraft.service.role_facts import RoleFacts
from pgcraft.service.types import HistoryEntry
from pgcraft.service.why.types import Declared, Holder, WhyAnswer
from pgcraft.service.why.uses import find_reasons, list_users

UNKNOWN = "nobody said who made it: it was put on the MetaData without pgcraft's knowing"


def explain(catalog: Catalog, target: ObjectId, history: tuple[HistoryEntry, ...] = ()) -> WhyAnswer:
    """Return whose an object is and why it is there.

    Args:
        catalog: of the models.
        target: is in it.
        history: what the revisions did to it, where that is known.
    """
    item = catalog.by_id[target]
    holds = _find_held(catalog, target)
    return WhyAnswer(
        id=target,
        role=item.role,
        origins=item.origins,
        reasons=find_reasons(catalog, item),
        depends_on=item.depends_on,
        used_by=list_users(catalog, item),
        holds=holds.id if holds else None,
        holders=tuple(_list_holders(catalog, holds, target)) if holds else (),
        history=history,
        notes=() if item.origins else (UNKNOWN,),
    )


def _find_held(catalog: Catalog, target: ObjectId) -> CatalogObject | None:
    """Return what rights are on: a grantable object itself, for a part its relation, for a grant what it is on."""
    if target.kind in GRANTABLE:
        return catalog.find(target)
    if target.kind is Kind.GRANT:
        candidates = target_of(target)
    else:
        candidates = tuple(ObjectId(kind, *target.relation) for kind in RELATIONS) if target.parent else ()
    return next((found for found in map(catalog.find, candidates) if found is not None), None)


def _list_holders(catalog: Catalog, held: CatalogObject, target: ObjectId) -> Iterator[Holder]:
    roles = (target.grantee,) if target.kind is Kind.GRANT else list_roles(catalog, RoleFacts())
    for role in roles:
        reached = find_reached(catalog, role, held)
        rights = tuple(_limit(reached.rights, target)) if reached else ()
        if reached is not None and rights:
            grantees = sorted({way.grantee for right in rights for way in right.ways if way.reason == "grant"})
            grants = (catalog.find(held.id.granted_to(grantee)) for grantee in grantees)
            declared = tuple(Declared(grant.id, grant.origins) for grant in grants if grant is not None)
            yield Holder(role, Reached(reached.id, rights, reached.blocked, (), reached.filters), declared)


def _limit(rights: tuple[Right, ...], target: ObjectId) -> Iterator[Right]:
    """Of a column, return the rights that are on it."""
    for right in rights:
        if target.kind is not Kind.COLUMN or not right.columns:
            yield right
        elif target.name in right.columns:
            yield replace(right, columns=(target.name,))
