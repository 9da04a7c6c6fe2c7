"""Changes of an enumerated type: values are added where it stands; to lose one it is recreated."""

from pgcraft.catalog.definitions import Enum
from pgcraft.catalog.objects import Catalog, CatalogObject
from pgcraft.diff.changes import Sql, TypeChanges
from pgcraft.diff.compare import Change
from pgcraft.diff.hazards import hazards_of_removed_values
from pgcraft.identifiers import quote_literal, quote_qualified
from pgcraft.render.statement import Hazard


def only_gains(change: Change) -> bool:
    """Whether all old values are kept, in their order."""
    values = iter(change.wanted.defined_as(Enum).values)
    return all(value in values for value in change.current.defined_as(Enum).values)


def _add_values(change: Change, _: CatalogObject) -> tuple[Sql, None]:
    """Return the SQL that adds the new values, each at its place; a run that failed later may have done so already."""
    known, wanted = change.current.defined_as(Enum).values, change.wanted.defined_as(Enum).values
    name = quote_qualified(change.id.schema, change.id.name)
    found = []
    for index, value in enumerate(wanted):
        if value not in known:
            following = next((later for later in wanted[index:] if later in known), None)
            place = f" BEFORE {quote_literal(following)}" if following is not None else ""
            found.append(f"ALTER TYPE {name} ADD VALUE IF NOT EXISTS {quote_literal(value)}{place}")
    return tuple(found), None


def _hazards(change: Change, _: Catalog) -> tuple[Hazard, ...]:
    kept = change.wanted.defined_as(Enum).values
    lost = (value for value in change.current.defined_as(Enum).values if value not in kept)
    return hazards_of_removed_values(change.id, tuple(lost))


CHANGES = TypeChanges(lambda change, _: only_gains(change), _add_values, _hazards)
