"""Values that change their column because what they belong to gets another type: they are carried over."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from pgcraft.catalog.definitions import Column, View
from pgcraft.catalog.objects import Catalog, Kind, ObjectId
from pgcraft.catalog.types import without_modifier
from pgcraft.diff.actions import Action, Verb
from pgcraft.diff.superset import holds_all
from pgcraft.identifiers import quote_literal, quote_name, quote_qualified
from pgcraft.render.statement import Hazard, HazardType


@dataclass(frozen=True, slots=True)
class Carrying:
    """How the values of a column that goes get into others.

    Attributes:
        is_whole: whether all of them do; else some belong to nothing that is left.
    """

    column: ObjectId
    action: Action
    is_whole: bool


def plan_carrying(
    current: Catalog,
    wanted: Catalog,
    table: ObjectId,
    *,
    name_column: str,
    names: Mapping[str, tuple[str, ...]],
    relation: tuple[str, str],
    old_names: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[Carrying]:
    """Plan it for each column of a log that goes, where something that had its values there is left.

    Args:
        current: the database.
        wanted: the models.
        table: the log.
        name_column: its column with the names of what values belong to.
        names: the names by the column that is to hold their values.
        relation: the view that has a column for each name: what type each of them had.
        old_names: the names that others get before that, by the new ones.
    """
    old, new = current.find(table), wanted.find(table)
    if old is None or new is None:
        return
    had = _read_types(current, relation)
    had |= {new: had[old] for new, old in old_names.items()}
    moving: dict[ObjectId, dict[str, tuple[str, ...]]] = {}
    for part in old.parts:
        if part.kind is Kind.COLUMN and part not in new.parts:
            column_type = without_modifier(current.by_id[part].defined_as(Column).type)
            known = (column_type, None)  # a name that is new now may have been there before
            moving[part] = {
                column: tuple(name for name in listed if had.get(name) in known)
                for column, listed in names.items()
                if column_type in map(had.get, listed)
            }
    sources = Counter(target for targets in moving.values() for target in targets)
    own = frozenset(target for target, count in sources.items() if count == 1) - {part.name for part in old.parts}
    for source, targets in moving.items():
        if targets:
            yield _Carrier(current, wanted, source, name_column, targets, own).plan()


class _Carrier:
    """Writes how the values of one column move.

    Args:
        source: the column that goes.
        moving: the names whose values move, by the column that they get into.
        own: of these columns those that hold nothing else.
    """

    def __init__(
        self,
        current: Catalog,
        wanted: Catalog,
        source: ObjectId,
        name_column: str,
        moving: Mapping[str, tuple[str, ...]],
        own: frozenset[str],
    ) -> None:
        self._current = current
        self._wanted = wanted
        self._source = source
        self._table = quote_qualified(*source.relation)
        self._source_type = current.by_id[source].defined_as(Column).type
        self._name_column = quote_name(name_column)
        self._moving = moving
        self._own = own
        self._rest = next((name for name in moving if holds_all(self._source_type, self._type(name))), None)

    def plan(self) -> Carrying:
        targets = [self._column(name) for name in self._moving]
        action = Action(
            Verb.ALTER,
            targets[0],
            (self._alter(self._fill(name) for name in self._moving),),
            (self._alter(self._give_back()),),
            origins=self._wanted.by_id[targets[0]].origins,
            hazards=(
                Hazard(HazardType.TABLE_REWRITE, f"every row is written anew: the values of {self._source} move"),
            ),
            requires=frozenset(targets),
            releases=frozenset({self._source}),
            along=frozenset(targets),
        )
        return Carrying(self._source, action, is_whole=self._rest is not None)

    def _fill(self, target: str) -> str:
        """Take the values in; where a value of any name fits, those of names that are no more come along, too."""
        type_, source = self._type(target), quote_name(self._source.name)
        if target == self._rest:
            others = [name for column, listed in self._moving.items() if column != target for name in listed]
            value = self._choose(f"{source}::{type_}", others, negated=True) if others else f"{source}::{type_}"
        else:
            value = self._choose(f"{source}::text::{type_}", self._moving[target])
        return _retype(target, type_, f"coalesce({quote_name(target)}, {value})")

    def _give_back(self) -> Iterator[str]:
        whens = (
            quote_name(target) if target in self._own else self._choose(quote_name(target), listed)
            for target, listed in self._moving.items()
        )
        values = [f"({value})::text::{self._source_type}" for value in whens]
        yield _retype(
            self._source.name, self._source_type, values[0] if len(values) == 1 else f"coalesce({', '.join(values)})"
        )
        for target, listed in self._moving.items():
            if not self._is_new(target):
                yield _retype(target, self._type(target), self._choose(quote_name(target), listed, negated=True))

    def _choose(self, value: str, names: Iterable[str], *, negated: bool = False) -> str:
        listed = ", ".join(map(quote_literal, names))
        return f"CASE WHEN {self._name_column} {'NOT ' if negated else ''}IN ({listed}) THEN {value} END"

    def _alter(self, actions: Iterable[str]) -> str:
        return f"ALTER TABLE {self._table} " + ", ".join(actions)

    def _type(self, target: str) -> str:
        return self._wanted.by_id[self._column(target)].defined_as(Column).type

    def _is_new(self, target: str) -> bool:
        return self._current.find(self._column(target)) is None

    def _column(self, name: str) -> ObjectId:
        return self._source.table.column(name)


def _retype(column: str, type_: str, using: str) -> str:
    return f"ALTER COLUMN {quote_name(column)} TYPE {type_} USING {using}"


def _read_types(current: Catalog, relation: tuple[str, str]) -> dict[str, str]:
    view = current.find(ObjectId(Kind.VIEW, *relation))
    if view is None:
        return {}
    definition = view.defined_as(View)
    types = map(without_modifier, definition.column_types)
    return dict(zip(definition.columns, types, strict=False))
