"""Values that rows keep by the name of what they belong to: they come along where that gets another name or type."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import MetaData, Table

from pgcraft.catalog.objects import Catalog, Kind, ObjectId
from pgcraft.diff.actions import Action
from pgcraft.diff.carrying import Carrying, plan_carrying
from pgcraft.diff.renamed_values import Kept, find_renamed_values, plan_renamed_values
from pgcraft.models.value_columns import ValueColumns, find_value_columns


@dataclass(frozen=True, slots=True)
class KeptValues:
    """What is done to them.

    Attributes:
        actions: in no particular order.
        emptied: columns whose values all get into others.
    """

    actions: tuple[Action, ...]
    emptied: frozenset[ObjectId]


def plan_kept_values(
    metadata: Iterable[MetaData],
    current: Catalog,
    wanted: Catalog,
    table_id: Callable[[str | None, str], ObjectId],
) -> KeptValues:
    """Plan it for every table of the models that keeps such values.

    Args:
        table_id: gives the id of a table; schema is None in the default one.

    Raises:
        PGCraftPlanError: PGC403, it cannot be told what is renamed.
    """
    actions: list[Action] = []
    emptied: set[ObjectId] = set()
    for table, values in _list_tables(metadata):
        log = table_id(table.schema, table.name)
        if log not in current.by_id:
            continue
        renaming, pairs = _plan_renaming(current, wanted, log, values)
        actions += renaming
        for carrying in _carry(current, wanted, log, values, {new: old for old, new in pairs}):
            after = frozenset(each.id for each in renaming)
            actions.append(carrying.action._replace(requires=carrying.action.requires | after))
            emptied.update({carrying.column} if carrying.is_whole else ())
    return KeptValues(tuple(actions), frozenset(emptied))


def _list_tables(metadata: Iterable[MetaData]) -> Iterator[tuple[Table, ValueColumns]]:
    for table in (table for each in metadata for table in each.tables.values()):
        if (values := find_value_columns(table)) is not None:
            yield table, values


def _plan_renaming(
    current: Catalog, wanted: Catalog, log: ObjectId, values: ValueColumns
) -> tuple[list[Action], tuple[tuple[str, str], ...]]:
    view = wanted.find(ObjectId(Kind.VIEW, *values.relation))
    pairs = find_renamed_values(current, view.id, values.old_names, view) if view else ()
    entity, column = values.object_column
    kept = Kept(log.column(values.name_column), log._replace(name=entity).column(column), values.stored)
    return [plan_renamed_values(current, wanted, kept, pairs)] if pairs else [], pairs


def _carry(
    current: Catalog, wanted: Catalog, log: ObjectId, values: ValueColumns, old_names: dict[str, str]
) -> Iterator[Carrying]:
    return plan_carrying(
        current,
        wanted,
        log,
        name_column=values.name_column,
        names=values.names,
        relation=values.relation,
        old_names=old_names,
    )
