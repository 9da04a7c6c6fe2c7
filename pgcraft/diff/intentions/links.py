"""What belongs to what among all that is done: it falls with it, is made with it, or names the column that comes."""

from collections.abc import Iterable, Iterator, Mapping

from pgcraft.catalog.definitions import Column, Constraint, Function, Grant, Index, View
from pgcraft.catalog.kinds import OF_DATABASE, PARTS, RELATIONS
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId
from pgcraft.catalog.origins import Layer, Origin
from pgcraft.catalog.tokens import mentions_name
from pgcraft.diff.actions import Action
from pgcraft.diff.cascade import uses_column
from pgcraft.diff.compare import Diff
from pgcraft.diff.ground import uses_name
from pgcraft.diff.intentions.deeds import Deed

Links = dict[ObjectId, set[ObjectId]]
"""For each object those that it belongs to."""

_MADE = (Deed.NEW, Deed.AGAIN)
_READ_ALIKE = frozenset({"default", "nullable", "comment", "identity", "is_serial", "position"})
"""The facts of a column that nothing sees that reads it."""
_WHOLE = (Deed.NEW, Deed.GONE, Deed.AGAIN)
_RENAMED = (Deed.RENAMED, *_WHOLE)


def find_links(
    current: Catalog, wanted: Catalog, diff: Diff, actions: Iterable[Action], deeds: Mapping[ObjectId, Deed]
) -> Links:
    """Return what belongs to what; who belongs to nothing is done for its own sake.

    Args:
        diff: of the two.
        actions: that lead from one to the other; more may be done than these.
        deeds: what is done to each object.
    """
    return _Finder(current, wanted, diff, deeds).find(actions)


class _Finder:
    def __init__(self, current: Catalog, wanted: Catalog, diff: Diff, deeds: Mapping[ObjectId, Deed]) -> None:
        self._catalogs = (current, wanted)
        self._wanted = wanted
        self._deeds = deeds
        facts = {change.id: change.facts for change in diff.changed}
        self._own = {*(item.id for item in (*diff.added, *diff.removed)), *facts} & deeds.keys()
        self._defaults = {each for each, names in facts.items() if each.kind is Kind.COLUMN and "default" in names}
        self._facts = facts
        self._columns: dict[ObjectId, list[ObjectId]] = {}
        for each in self._own:
            if each.kind is Kind.COLUMN and not _READ_ALIKE.issuperset(facts.get(each, ("all",))):
                self._columns.setdefault(each.table, []).append(each)

    def find(self, actions: Iterable[Action]) -> Links:
        listed = tuple(actions)
        links: Links = {each: set() for each in self._deeds}
        inside = {part: action.id for action in listed for part in action.along | action.parts}
        for action in listed:
            if action.id in links:
                causes = (each if each in self._deeds else inside.get(each, each) for each in action.causes)
                links[action.id].update(causes)
        for each, found in links.items():
            found.update(self._find_owners(each))
            found.update(self._find_columns(each) if each in self._own or each.kind is Kind.COLUMN else ())
            found.update(self._find_defaults(each))
        for each, found in links.items():
            if not found and each not in self._own:
                found.update(self._find_below(each))
        for each, anchor in self._find_factories():
            links[each].add(anchor)
        return {each: {other for other in found if other in self._deeds} - {each} for each, found in links.items()}

    def _find_owners(self, object_id: ObjectId) -> Iterator[ObjectId]:
        """Return the object that a part or a grant is on where that comes or goes; else the role that gets a grant."""
        if object_id.kind is Kind.GRANT:
            owners = _list_granted(object_id)
            found = [each for each in owners if self._deeds.get(each) in _WHOLE]
            role = ObjectId(Kind.ROLE, None, object_id.grantee)
            yield from found or ([role] if self._deeds.get(role) in _WHOLE else ())
        elif object_id.kind in PARTS:
            schema, name = object_id.relation
            whole = _RENAMED if self._deeds[object_id] is Deed.RENAMED else _WHOLE
            owners = (ObjectId(kind, schema, name) for kind in RELATIONS)
            yield from (each for each in owners if self._deeds.get(each) in whole)
            yield from self._find_target(object_id)

    def _find_target(self, object_id: ObjectId) -> Iterator[ObjectId]:
        """Return the table that a foreign key points to, where both go."""
        item = self._catalogs[0].find(object_id)
        if item and isinstance(item.definition, Constraint) and item.definition.references:
            target = ObjectId(Kind.TABLE, *item.definition.references)
            if self._deeds[object_id] is self._deeds.get(target) is Deed.GONE:
                yield target

    def _find_columns(self, object_id: ObjectId) -> Iterator[ObjectId]:
        """Return the columns that come, go or change and stand in what an object is, or was."""
        if not self._columns:
            return
        for item in (catalog.find(object_id) for catalog in self._catalogs):
            if item:
                tables = set(self._list_tables(item))
                yield from (each for table in tables for each in self._columns.get(table, ()) if _names(item, each))

    def _find_defaults(self, object_id: ObjectId) -> Iterator[ObjectId]:
        """Return the columns whose new default is all that a view takes over."""
        if self._facts.get(object_id) != ("column_defaults",):
            return
        for item in (catalog.find(object_id) for catalog in self._catalogs):
            if item and isinstance(item.definition, View):
                names = {name for name, _ in item.definition.column_defaults}
                shown = (each for each in self._defaults if each.table in item.depends_on)
                yield from (each for each in shown if each.name in names)

    def _list_tables(self, item: CatalogObject) -> Iterator[ObjectId]:
        yield from (each for each in item.depends_on if each.kind is Kind.TABLE)
        if item.id.kind in PARTS:
            yield item.id.table
        if item.id.kind is Kind.GRANT:
            yield from _list_granted(item.id)
        if item.id.kind is Kind.FUNCTION:  # of triggers, whose rows it reads, on views too
            for catalog in self._catalogs:
                triggers = (each for each in catalog.dependents.get(item.id, ()) if each.kind is Kind.TRIGGER)
                below = {needed for each in triggers for needed in catalog.by_id[each].depends_on}
                views = (needed for needed in below if needed.kind in RELATIONS)
                below |= {needed for each in views for needed in catalog.by_id[each].depends_on}
                yield from (each for each in below if each.kind is Kind.TABLE)

    def _find_below(self, object_id: ObjectId) -> Iterator[ObjectId]:
        """Return what changes below an object that does not differ itself: a view that shows all there is."""
        for item in (catalog.find(object_id) for catalog in self._catalogs):
            for needed in item.depends_on if item else ():
                yield needed
                yield from self._columns.get(needed, ())

    def _find_factories(self) -> Iterator[tuple[ObjectId, ObjectId]]:
        """Return what a declaration makes with the first of its relations that is new."""
        made: dict[Origin, list[ObjectId]] = {}
        for each, deed in self._deeds.items():
            item = self._wanted.find(each) if deed in _MADE else None
            if item is not None and each in self._own and item.origins and item.origins[0].layer is Layer.FACTORY:
                made.setdefault(item.origins[0], []).append(each)
        for found in made.values():
            anchor = next((each for kind in RELATIONS for each in sorted(found) if each.kind is kind), None)
            yield from ((each, anchor) for each in found if anchor and each.kind not in OF_DATABASE)


def _list_granted(grant: ObjectId) -> Iterator[ObjectId]:
    on = grant.granted_on
    yield on
    if on.kind is Kind.VIEW:
        yield ObjectId(Kind.MATERIALIZED_VIEW, on.schema, on.name)


def _names(item: CatalogObject, column: ObjectId) -> bool:
    """Whether a column stands in a definition."""
    definition = item.definition
    match definition:
        case Constraint() if definition.references == column.relation and column.name in definition.referenced_columns:
            return True
        case Constraint() | Index():
            return item.id.relation == column.relation and uses_name(item, column.name)
        case Column():
            return mentions_name(definition.generated or "", column.name)
        case Function():
            return mentions_name(definition.body, column.name)
        case Grant():
            return column.name in {name for _, name in definition.columns}
        case _:
            return uses_column(item, column)
