"""How values become values of another type, whatever domains stand over both."""

from collections.abc import Callable
from dataclasses import dataclass

from pgcraft.catalog.definitions import Column, Domain
from pgcraft.catalog.kinds import TYPES
from pgcraft.catalog.objects import Catalog, CatalogObject
from pgcraft.catalog.origins import place_of
from pgcraft.diff.compare import Change, Diff
from pgcraft.diff.type_uses import list_names
from pgcraft.errors import PGCraftPlanError
from pgcraft.identifiers import quote_name, quote_qualified

_ARRAY = "[]"


@dataclass(frozen=True, slots=True)
class Casting:
    """The expressions that turn values into those of another type; empty where none is needed.

    Attributes:
        there: None where no value of the old type is one of the new type.
        back: from what came of that.
    """

    there: str | None = ""
    back: str = ""


Cast = Callable[[str, str, str], Casting]
"""Finds these for the SQL of a value and the two types."""


def by_text(value: str, old: str, new: str) -> Casting:
    """Return the cast by way of what the values look like, which needs to know nothing of the types."""
    return Casting(f"{value}::text::{new}", f"{value}::text::{old}")


def cast_by_base(cast: Cast, diff: Diff, current: Catalog, wanted: Catalog) -> Cast:
    """Return what finds casts between what domains are made of, and asks nobody about other types that change."""
    items = (*diff.added, *(change.wanted for change in diff.changed))
    names = {name for item in items if item.id.kind in TYPES for name in list_names(item)}
    domains = [_list_domains(each) for each in (current, wanted)]

    def find(value: str, old: str, new: str) -> Casting:
        old_base, new_base = (_find_base(type_, each) for type_, each in zip((old, new), domains, strict=True))
        if new_base.removesuffix(_ARRAY) not in names:
            return cast(value, old_base, new_base)
        return by_text(value, old, new)

    return find


def _list_domains(catalog: Catalog) -> dict[str, str]:
    """Return what each domain is made of, by its name."""
    return {
        quote_qualified(item.id.schema, item.id.name): item.defined_as(Domain).type
        for item in catalog.of_kind(*TYPES)
        if isinstance(item.definition, Domain)
    }


def _find_base(type_: str, domains: dict[str, str]) -> str:
    """Return what a domain, or an array of it, is made of in the end; the type itself where it is of none."""
    element = type_.removesuffix(_ARRAY)
    if element not in domains:
        return type_
    base = _find_base(domains[element], domains)
    if element == type_:
        return base
    return type_ if base.endswith(_ARRAY) else base + _ARRAY


def cast_column(change: Change, declared: CatalogObject, cast: Cast) -> tuple[str, str]:
    """Return the expressions for a change of a column, there and back.

    Raises:
        PGCraftPlanError: PGC404, no value of the old type is one of the new type.
    """
    if "type" not in change.facts:
        return "", ""
    old, new = change.current.defined_as(Column).type, declared.defined_as(Column).type
    found = cast(quote_name(change.id.name), old, new)
    return check_cast(found, declared, old, new), found.back


def check_cast(found: Casting, item: CatalogObject, old: str, new: str) -> str:
    """Return how values of a column or a type become those of another one.

    Raises:
        PGCraftPlanError: PGC404, no value of the old type is one of the new type.
    """
    if found.there is not None:
        return found.there
    raise PGCraftPlanError(
        "PGC404",
        f"{item.id} cannot become {new}: no {old} is one",
        place=place_of(item.origins),
        remedy=f"declare a new column for {new}, fill it in a migration of its own (UPDATE … SET …), "
        f"and take {item.id.name} out of the models afterwards",
    )
