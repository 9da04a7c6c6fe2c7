"""What a change endangers, in words for the one who must decide."""

from collections.abc import Iterable

from pgcraft.catalog.kinds import KINDS
from pgcraft.catalog.objects import CatalogObject, Kind, ObjectId
from pgcraft.catalog.types import canonical_type
from pgcraft.diff.superset import holds_all
from pgcraft.identifiers import quote_literal
from pgcraft.render.statement import Hazard, HazardType


def hazards_of_drop(object_id: ObjectId, *, foreign_dependents: tuple[ObjectId, ...] = ()) -> tuple[Hazard, ...]:
    """Return the hazards of dropping an object, with what others made on top of it."""
    found = []
    if KINDS[object_id.kind].holds_data:
        found.append(hazard_of_loss(object_id))
    if object_id.kind in (Kind.TABLE, Kind.COLUMN, Kind.PARTITION):
        found.append(Hazard(HazardType.HEAVY_LOCK, "no one reads or writes the table while it runs"))
    return (*found, *hazards_of_dependents(foreign_dependents))


def hazards_of_dependents(others: Iterable[ObjectId]) -> tuple[Hazard, ...]:
    """Return the hazards of dropping what others built something on."""
    return tuple(Hazard(HazardType.MAY_FAIL, f"{other} depends on it and is not pgcraft's") for other in others)


def hazards_of_lost_defaults(defaults: Iterable[ObjectId]) -> tuple[Hazard, ...]:
    """Return the hazards of default privileges of others that go with their schema."""
    return tuple(Hazard(HazardType.ACCESS, f"{each} goes with it and is not pgcraft's") for each in defaults)


def hazard_of_loss(object_id: ObjectId) -> Hazard:
    """Return the hazard of losing what an object holds."""
    return Hazard(HazardType.DATA_LOSS, f"what {object_id} holds is lost")


def hazards_of_removed_values(object_id: ObjectId, values: tuple[str, ...]) -> tuple[Hazard, ...]:
    """Return the hazards of taking values from an enumerated type."""
    if not values:
        return ()
    listed = ", ".join(map(quote_literal, values))
    return (
        Hazard(HazardType.DATA_LOSS, f"{object_id} is without {listed}"),
        Hazard(HazardType.MAY_FAIL, f"fails when a row holds {' or '.join(map(quote_literal, values))}"),
    )


def hazards_of_added_column(*, is_nullable: bool, has_default: bool, is_computed: bool) -> tuple[Hazard, ...]:
    """Return the hazards of adding a column to a table that may have rows; a computed one fills itself."""
    if is_computed:
        return (Hazard(HazardType.TABLE_REWRITE, "every row is written anew to hold the value"),)
    if not is_nullable and not has_default:
        return (Hazard(HazardType.MAY_FAIL, "NOT NULL without a default fails when the table has rows"),)
    return ()


def hazards_of_type_change(*, old_type: str, new_type: str) -> tuple[Hazard, ...]:
    """Return the hazards of changing a column's type, both as ``format_type`` prints them."""
    if _is_widening(old_type, new_type):
        return (Hazard(HazardType.HEAVY_LOCK, "no one reads or writes the table while it runs; no row is touched"),)
    rewrite = Hazard(
        HazardType.TABLE_REWRITE, f"every row is written anew, and its indexes, from {old_type} to {new_type}"
    )
    if holds_all(old_type, new_type):
        return (rewrite,)
    return (
        Hazard(HazardType.DATA_LOSS, f"{new_type} does not hold every {old_type}: values may be cut or rounded"),
        rewrite,
        Hazard(HazardType.MAY_FAIL, f"fails on the first value that is no {new_type}"),
    )


def hazards_of_not_null() -> tuple[Hazard, ...]:
    """Return the hazards of making a column NOT NULL."""
    return (
        Hazard(HazardType.TABLE_SCAN, "all rows are read while no one else reads or writes the table"),
        Hazard(HazardType.MAY_FAIL, "fails when a row holds NULL"),
    )


def hazards_of_index(*, is_unique: bool) -> tuple[Hazard, ...]:
    """Return the hazards of building an index inside of a transaction."""
    found = [Hazard(HazardType.HEAVY_LOCK, "no one writes to the table while it is built; CONCURRENTLY would let them")]
    if is_unique:
        found.append(Hazard(HazardType.MAY_FAIL, "fails when two rows hold the same values"))
    return tuple(found)


def hazards_of_validation(what: str) -> tuple[Hazard, ...]:
    """Return the hazards of a constraint that all rows are tested against; ``what`` names it."""
    return (
        Hazard(HazardType.TABLE_SCAN, f"all rows are tested against {what} while no one writes to the table"),
        Hazard(HazardType.MAY_FAIL, "fails when a row does not pass"),
    )


def hazards_of_refresh(item: CatalogObject) -> tuple[Hazard, ...]:
    """Return the hazards of making an object anew: a materialized view computes its rows again."""
    if item.id.kind is Kind.MATERIALIZED_VIEW:
        return (Hazard(HazardType.HEAVY_LOCK, "its query runs once, and no one reads it meanwhile"),)
    return ()


def _is_widening(old_type: str, new_type: str) -> bool:
    """Whether the stored bytes stay as they are: ``character varying(32)`` to ``(64)`` or ``text``."""
    is_text = canonical_type(old_type).startswith("character varying") and "[" not in old_type
    is_still = canonical_type(new_type).startswith(("character varying", "text")) and "[" not in new_type
    return is_text and is_still and holds_all(old_type, new_type)
