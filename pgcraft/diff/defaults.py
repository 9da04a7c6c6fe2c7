"""Defaults that call a function which goes or is recreated, or hold a value of a type whose attributes change.

They rest meanwhile: no column falls with the function, and no constant has attributes too few or too many.
"""

from collections.abc import Iterator
from dataclasses import replace

from pgcraft.catalog.definitions import Column
from pgcraft.catalog.kinds import TYPES
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId
from pgcraft.catalog.tokens import mentions_name
from pgcraft.diff.actions import Action, Verb
from pgcraft.diff.compare import Diff
from pgcraft.diff.own_defaults import OwnDefaults
from pgcraft.render.columns import drop_default, set_default


def find_upon(current: Catalog, going: frozenset[ObjectId]) -> Iterator[CatalogObject]:
    """Return the columns whose default or expression calls a function, or names a type, that cannot stay, sorted."""
    for item in current.of_kind(Kind.COLUMN):
        if any(needed in going and _is_named(item, needed) for needed in item.depends_on):
            yield item


def _is_named(item: CatalogObject, needed: ObjectId) -> bool:
    if needed.kind in TYPES:
        return mentions_name(item.defined_as(Column).default or "", needed.name)
    return needed.kind is Kind.FUNCTION


def find_resting(
    current: Catalog, wanted: Catalog, going: frozenset[ObjectId], gone: frozenset[ObjectId]
) -> frozenset[ObjectId]:
    """Return the columns whose default is set aside and set again.

    A column that is to have none loses it by the change that says so, before the function goes.

    Args:
        going: what goes, for good or to be recreated.
        gone: columns and tables that go for good.
    """
    return frozenset(
        item.id
        for item in find_upon(current, going)
        if item.id not in gone
        and item.defined_as(Column).default is not None
        and (wanted.find(item.id) or item).defined_as(Column).default is not None
    )


def leave_resting(diff: Diff, resting: frozenset[ObjectId]) -> Diff:
    """Return a difference without the defaults that are set again anyway."""
    changed = (
        replace(change, facts=tuple(fact for fact in change.facts if fact != "default"))
        if change.id in resting
        else change
        for change in diff.changed
    )
    return replace(diff, changed=tuple(change for change in changed if change.facts))


def plan_resting(
    current: Catalog, wanted: Catalog, resting: frozenset[ObjectId], going: frozenset[ObjectId]
) -> Iterator[Action]:
    """Set defaults aside before their functions go, and set them again once these are made."""
    own = OwnDefaults(current, wanted)
    for column_id in sorted(resting):
        old = current.by_id[column_id]
        causes = going.intersection(old.depends_on)
        new = wanted.find(column_id) or old
        only = own.are_below(column_id)
        drop = (drop_default(old, only=only),)
        yield Action(
            Verb.ALTER,
            column_id,
            drop,
            (set_default(old, str(old.defined_as(Column).default), only=only),),
            origins=new.origins,
            releases=frozenset({*old.depends_on, column_id}),
            causes=causes,
        )
        yield Action(
            Verb.ALTER,
            column_id,
            (set_default(old, str(new.defined_as(Column).default), only=only),),
            drop,
            origins=new.origins,
            requires=frozenset({*new.depends_on, column_id}),
            causes=causes,
        )
