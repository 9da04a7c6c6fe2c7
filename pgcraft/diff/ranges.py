"""Changes of a range type: but for its comment it is made again under its columns."""

from pgcraft.catalog.made_types import Range
from pgcraft.catalog.objects import Catalog, CatalogObject
from pgcraft.diff.changes import Sql, TypeChanges
from pgcraft.diff.compare import Change
from pgcraft.diff.type_uses import holds_rows
from pgcraft.render.comments import comment_on
from pgcraft.render.composites import type_target
from pgcraft.render.statement import Hazard, HazardType


def _is_in_place(change: Change, _: Catalog) -> bool:
    return set(change.facts) == {"comment"}


def _alter(change: Change, declared: CatalogObject) -> tuple[Sql, Sql]:
    return _comment(declared), _comment(change.current)


def _comment(item: CatalogObject) -> Sql:
    return (comment_on(type_target(item), item.defined_as(Range).comment),)


def _hazards(change: Change, current: Catalog) -> tuple[Hazard, ...]:
    if _is_in_place(change, current) or not holds_rows(current, change.id):
        return ()
    found = [Hazard(HazardType.TABLE_REWRITE, f"every row that holds a value of {change.id} is written anew")]
    if "subtype" in change.facts:
        new = change.wanted.defined_as(Range).subtype
        found.append(Hazard(HazardType.MAY_FAIL, f"fails on the first bound that is no {new}"))
    return tuple(found)


CHANGES = TypeChanges(_is_in_place, _alter, _hazards)
