"""What is endangered where a part of a table is made or changed."""

from pgcraft.catalog.definitions import Column, Constraint, Index
from pgcraft.catalog.objects import CatalogObject
from pgcraft.diff.compare import Change
from pgcraft.diff.ground import KEYS
from pgcraft.diff.hazards import (
    hazards_of_added_column,
    hazards_of_index,
    hazards_of_not_null,
    hazards_of_type_change,
    hazards_of_validation,
)
from pgcraft.render.statement import Hazard, HazardType


def hazards_of_part(item: CatalogObject) -> tuple[Hazard, ...]:
    """Return the hazards of making a part of a table that is there."""
    match item.definition:
        case Index():
            return hazards_of_index(is_unique=item.definition.unique)
        case Constraint() if item.definition.type in (*KEYS, "exclude"):
            return hazards_of_index(is_unique=True)
        case Constraint():
            return hazards_of_validation(str(item.id))
        case Column() as column:
            return hazards_of_added_column(
                is_nullable=column.nullable,
                has_default=column.default is not None or column.is_serial,
                is_computed=column.generated is not None or column.identity is not None,
            )
        case _:
            return ()


def hazards_of_rewriting() -> tuple[Hazard, ...]:
    """Return the hazards of changing how a whole table is stored."""
    return (Hazard(HazardType.TABLE_REWRITE, "every row is written anew, and nobody reads or writes meanwhile"),)


def hazards_of_alteration(change: Change) -> tuple[Hazard, ...]:
    """Return the hazards of changing a column where it stands."""
    old, new = change.current.defined_as(Column), change.wanted.defined_as(Column)
    found: tuple[Hazard, ...] = ()
    if "type" in change.facts:
        found += hazards_of_type_change(old_type=old.type, new_type=new.type)
    if "nullable" in change.facts and not new.nullable:
        found += hazards_of_not_null()
    return found
