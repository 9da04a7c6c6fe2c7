"""What goes and what comes instead, of one kind and of one shape: likely it has got another name."""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, fields, replace

from pgcraft.catalog.definitions import Column, Definition, Enum, Function, Table, View
from pgcraft.catalog.kinds import KINDS, TYPES, select
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId, OldName, make_catalog
from pgcraft.catalog.types import without_modifier
from pgcraft.diff.compare import Diff

RENAMED = "pgcraft_renamed"
"""Where the comparison finds old names that somebody told, among the options of a migration context."""

_ASKED = select(lambda row: row.is_relation or row.is_type or row.definition in (Column, Function))
"""The kinds of which it is worth asking: rows are lost with them, or much stands on them."""


@dataclass(frozen=True, slots=True)
class LikelyRename:
    """What may be one object with two names; a value of an enumerated type has that for its parent.

    Attributes:
        old: as the migrations made it.
        new: as the models declare it.
    """

    old: ObjectId
    new: ObjectId

    @property
    def question(self) -> str:
        """``is column sales.customers.phone the former telephone?``."""
        noun = "value" if self.is_inside else self.new.kind.value
        on = f" of {self.new.schema}.{self.new.parent}" if self.new.parent else ""
        place = "" if self.new.parent else f"{self.new.schema}."
        former = self.old.name if self.old.schema == self.new.schema else f"{self.old.schema}.{self.old.name}"
        return f"is {noun} {place}{self.new.name}{on} the former {former}?"

    @property
    def old_name(self) -> OldName:
        """The old name, with the schema where that was another."""
        return self.old.name if self.old.schema == self.new.schema else (str(self.old.schema), self.old.name)

    @property
    def is_inside(self) -> bool:
        """Whether it is a value of a type."""
        return self.new.kind in TYPES and self.new.parent is not None

    @property
    def declaration(self) -> str:
        """What says the same in the models."""
        if self.is_inside:
            names = (
                f"schema={self.new.schema!r}, name={self.new.parent!r}, inside={{{self.new.name!r}: {self.old.name!r}}}"
            )
            return f"register_rename(metadata, RenameDefinition(kind={self.new.kind.value!r}, {names}))"
        if self.new.kind in (Kind.TABLE, Kind.COLUMN):
            schema = "" if self.old.schema == self.new.schema else f", schema={self.old.schema!r}"
            return f"info=renamed_from({self.old.name!r}{schema})"
        return f"renamed_from={self.old_name!r}"


def find_likely(
    diff: Diff, current: Catalog, wanted: Catalog, dropped: Container[ObjectId]
) -> tuple[LikelyRename, ...]:
    """Return what may have got another name: nothing else that comes is like what goes, and the other way round.

    Args:
        current: the database, with what belongs to what.
        wanted: the models, with the same.
        dropped: what goes for good.
    """
    return (*_find_objects(diff, current, wanted, dropped), *_find_values(diff))


def take_answers(catalog: Catalog, renames: Mapping[ObjectId, OldName]) -> Catalog:
    """Return the models with old names that somebody told, by what has the new ones."""
    if not renames:
        return catalog
    inside: dict[ObjectId, list[tuple[str, str]]] = {}
    for new, old_name in renames.items():
        if new.kind in TYPES and new.parent is not None:
            inside.setdefault(ObjectId(new.kind, new.schema, new.parent), []).append((new.name, str(old_name)))
    told = (
        replace(
            item,
            renamed_from=renames.get(item.id, item.renamed_from),
            renamed_inside=(*item.renamed_inside, *inside.get(item.id, ())),
        )
        for item in catalog.objects
    )
    return make_catalog(told, server_version=catalog.server_version, notes=catalog.notes)


def _find_objects(
    diff: Diff, current: Catalog, wanted: Catalog, dropped: Container[ObjectId]
) -> Iterator[LikelyRename]:
    gone = [item for item in diff.removed if item.id.kind in _ASKED and item.id in dropped]
    come = [item for item in diff.added if item.id.kind in _ASKED]
    shapes = {item.id: _shape(item, current) for item in gone} | {item.id: _shape(item, wanted) for item in come}
    for new in come:
        beside = [old for old in gone if shapes[old.id] == shapes[new.id]]
        rivals = [other for other in come if shapes[other.id] == shapes[new.id]]
        if not beside and new.id.parent is None:
            beside = [old for old in gone if old.id.name == new.id.name and _is_like(shapes, old, new)]
            rivals = [other for other in come if _is_like(shapes, other, new)]
        if len(beside) == len(rivals) == 1 and _is_inside_both(new.id, current, wanted):
            yield LikelyRename(beside[0].id, new.id)


def _is_like(shapes: Mapping[ObjectId, tuple[object, ...]], item: CatalogObject, other: CatalogObject) -> bool:
    """Whether two objects are alike wherever they stand."""
    return item.id.kind is other.id.kind and shapes[item.id][_PLACE:] == shapes[other.id][_PLACE:]


def _is_inside_both(new: ObjectId, current: Catalog, wanted: Catalog) -> bool:
    """Whether it is no column, or one of a table that stays."""
    return new.kind is not Kind.COLUMN or (new.table in current.by_id and new.table in wanted.by_id)


_PLACE = 3
"""How many words of a shape say where it stands."""


def _shape(item: CatalogObject, catalog: Catalog) -> tuple[object, ...]:
    """Return what makes an object look like another: where it stands, and what it is but for its name."""
    place = (item.id.kind, item.id.schema, item.id.parent)
    match item.definition:
        case Column() as column:
            has_default = column.default is not None
            return (*place, column.type, column.nullable, column.is_counting, has_default, column.generated is not None)
        case Table():
            parts = [catalog.by_id[part] for part in catalog.by_id[item.id].parts if part.kind is Kind.COLUMN]
            return (*place, *sorted((part.id.name, part.defined_as(Column).type) for part in parts))
        case View() as view:
            return (*place, view.columns, *map(without_modifier, view.column_types))
        case Function() as function:
            return (*place, item.id.signature, function.returns, function.language, function.body)
        case definition:
            return (*place, *_facts(definition))


def _facts(definition: Definition) -> tuple[object, ...]:
    return tuple(getattr(definition, field.name) for field in fields(definition) if field.name != "comment")


def _find_values(diff: Diff) -> Iterator[LikelyRename]:
    """Return values that stand where another one stood, all others being the same."""
    for change in diff.changed:
        old, new = change.current.definition, change.wanted.definition
        if not isinstance(old, Enum) or not isinstance(new, Enum) or len(old.values) != len(new.values):
            continue
        others = [pair for pair in zip(old.values, new.values, strict=True) if pair[0] != pair[1]]
        if len(others) == 1 and others[0][0] not in new.values and KINDS[change.id.kind].inside:
            before, after = (change.id.part(change.id.kind, name) for name in others[0])
            yield LikelyRename(before, after)
