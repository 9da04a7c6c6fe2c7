"""Values that are kept by the name of what they belong to, where that gets another name: they come along."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pgcraft.catalog.definitions import Column, Table, Trigger, View
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId, make_catalog
from pgcraft.diff.actions import Action, Verb
from pgcraft.diff.old_names import find_renames
from pgcraft.identifiers import quote_literal, quote_name, quote_qualified
from pgcraft.render.statement import Hazard, HazardType
from pgcraft.render.tables import row_security
from pgcraft.render.triggers import switch_trigger, switch_trigger_off

Pairs = tuple[tuple[str, str], ...]
"""Old and new names, in run order."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Where values are kept by name.

    Attributes:
        column: the one with the names: each row of its table holds one value.
        object: one of another table that holds all values of a row in a JSON object.
        stored: the names whose values stand in that, too.
    """

    column: ObjectId
    object: ObjectId
    stored: frozenset[str]


def find_renamed_values(
    current: Catalog, relation: ObjectId, names: Mapping[str, str], declared: CatalogObject
) -> Pairs:
    """Return what is to be renamed, as for columns.

    Args:
        current: the database, in which the relation has a column for each name.
        names: those of the models, each with the old one, which is empty where nothing is said of it.
        declared: the relation as the models have it, for whose it is.

    Raises:
        PGCraftPlanError: PGC403, it cannot be told what is meant.
    """
    there = current.find(relation)
    if there is None or not any(names.values()):
        return ()
    table = CatalogObject(relation._replace(kind=Kind.TABLE), Table())
    columns = (CatalogObject(table.id.column(name), Column(1, "")) for name in there.defined_as(View).columns)
    wanted = (
        CatalogObject(table.id.column(name), Column(1, ""), origins=declared.origins, renamed_from=old)
        for name, old in names.items()
    )
    renames = find_renames(make_catalog((table, *columns)), make_catalog((table, *wanted)))
    return tuple((rename.item.id.name, rename.name) for rename in renames)


def plan_renamed_values(current: Catalog, wanted: Catalog, kept: Kept, pairs: Pairs) -> Action:
    """Plan that the values of some names get others, past the triggers and policies of our own on them."""
    ways = ((pairs, False), (tuple((new, old) for old, new in reversed(pairs)), True))
    up, down = (tuple(_move(current, wanted, kept, each, is_back=is_back)) for each, is_back in ways)
    told = ", ".join(f"{old} becomes {new}" for old, new in pairs)
    return Action(
        Verb.ALTER,
        kept.column,
        up,
        down,
        comment=told,
        origins=wanted.by_id[kept.column].origins,
        hazards=(Hazard(HazardType.TABLE_SCAN, f"every row that has a value of it is updated: {told}"),),
        releases=frozenset(
            trigger.id for target in (kept.column, kept.object) for trigger in _list_triggers(current, wanted, target)
        ),
    )


def _move(current: Catalog, wanted: Catalog, kept: Kept, pairs: Pairs, *, is_back: bool) -> Iterator[str]:
    yield from _pass(current, wanted, kept.column, (_rename_rows(kept.column, *pair) for pair in pairs))
    stored = [pair for pair in pairs if pair[not is_back] in kept.stored]
    if stored:
        yield from _pass(current, wanted, kept.object, (_rename_keys(kept.object, *pair) for pair in stored))


def _rename_rows(column: ObjectId, old: str, new: str) -> str:
    name = quote_name(column.name)
    where = f"WHERE {name} = {quote_literal(old)}"
    return f"UPDATE {quote_qualified(*column.relation)} SET {name} = {quote_literal(new)} {where}"


def _rename_keys(column: ObjectId, old: str, new: str) -> str:
    name, key = quote_name(column.name), quote_literal(old)
    value = f"({name} - {key}) || jsonb_build_object({quote_literal(new)}, {name} -> {key})"
    return f"UPDATE {quote_qualified(*column.relation)} SET {name} = {value} WHERE {name} ? {key}"


def _pass(current: Catalog, wanted: Catalog, target: ObjectId, statements: Iterator[str]) -> Iterator[str]:
    """Run statements while what keeps others from writing, or hides rows from the owner, too, looks away."""
    table = current.by_id[target.table].defined_as(Table)
    open_table = Table(row_security=table.row_security)
    closed = Table(row_security=table.row_security, force_row_security=table.force_row_security)
    triggers = tuple(_list_triggers(current, wanted, target))
    yield from row_security(target.table, closed, open_table)
    yield from map(switch_trigger_off, triggers)
    yield from statements
    yield from map(switch_trigger, triggers)
    yield from row_security(target.table, open_table, closed)


def _list_triggers(current: Catalog, wanted: Catalog, column: ObjectId) -> Iterator[CatalogObject]:
    """Return the triggers of the models that an update of a column would fire."""
    for part in current.by_id[column.table].parts:
        if part.kind is Kind.TRIGGER and part in wanted.by_id:
            trigger = current.by_id[part].defined_as(Trigger)
            is_fired = not trigger.update_columns or column.name in trigger.update_columns
            if "update" in trigger.events and is_fired and trigger.state != "disabled":
                yield current.by_id[part]
