"""Comments and settings that no migration made: they are somebody else's and stay."""

from dataclasses import replace
from typing import Any

from pgcraft.catalog.definitions import Function, Index, Table, View
from pgcraft.catalog.kinds import KINDS
from pgcraft.catalog.made_types import Composite
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId, put_in
from pgcraft.catalog.statistics import Statistics
from pgcraft.diff.compare import Change, compare_objects
from pgcraft.scripts.made import History


def keep_comments(change: Change, history: History) -> Change | None:
    """Return a change that leaves somebody else's comments; None when nothing else is left of it."""
    if not history.is_kept or {"comment", "column_comments"}.isdisjoint(change.facts):
        return change
    kept = compare_objects(change.current, _with_comments(change.current, change.wanted, history))
    return kept if kept.facts else None


def _with_comments(current: CatalogObject, wanted: CatalogObject, history: History) -> CatalogObject:
    definition, old = wanted.definition, current.definition
    theirs = getattr(old, "comment", None)
    if getattr(definition, "comment", None) is None and theirs is not None and not _is_ours(wanted.id, history):
        definition = replace(definition, comment=theirs)
    if isinstance(definition, View | Composite) and isinstance(old, View | Composite):
        ours = dict(definition.column_comments)
        found = {name: text for name, text in old.column_comments if not history.commented(wanted.id, name)}
        definition = replace(definition, column_comments=tuple(sorted((found | ours).items())))
    return replace(wanted, definition=definition)


def _is_ours(object_id: ObjectId, history: History) -> bool:
    if object_id.kind is not Kind.COLUMN:
        return history.commented(object_id)
    return history.commented(object_id.table, object_id.name)


_Pairs = tuple[tuple[str, str], ...]


def overlook_settings(current: Catalog, wanted: Catalog, history: History) -> Catalog:
    """Return what the database has without what others set on objects of ours; running the migrations keeps that."""
    if not history.is_kept:
        return current
    return put_in(current, {item.id: _overlook(item, wanted.find(item.id), history) for item in current.objects})


def leave_owners(current: Catalog, wanted: Catalog, history: History) -> Catalog:
    """Return what the database has without owners of whom the models say nothing."""
    return put_in(current, {item.id: _leave_owner(item, wanted.find(item.id), history) for item in current.objects})


def _leave_owner(item: CatalogObject, declared: CatalogObject | None, history: History) -> CatalogObject:
    """Return an object without an owner of whom the models say nothing; who deploys has no name."""
    definition: Any = item.definition
    if getattr(definition, "owner", None) is None:
        return item
    is_ours = history.made(ObjectId(Kind.ROLE, None, definition.owner))
    stated = getattr(declared.definition, "owner", None) if declared else definition.owner if is_ours else None
    if stated == definition.owner:
        return item
    owner = None if stated is None else definition.owner if is_ours else ""
    return replace(item, definition=replace(definition, owner=owner))


def _overlook(item: CatalogObject, declared: CatalogObject | None, history: History) -> CatalogObject:
    if declared is None:
        return item
    match item.definition, declared.definition:
        case View() as view, View() as ours:
            options = _keep_ours(view.options, ours.options, history, item.id)
            defaults = _keep_ours(view.column_defaults, ours.column_defaults, history, item.id, "default of {}")
            return replace(item, definition=replace(view, options=options, column_defaults=defaults))
        case Function() as function, Function() as ours:
            settings = _keep_ours(function.settings, ours.settings, history, item.id)
            return replace(item, definition=replace(_leave_open(function, ours, history, item.id), settings=settings))
        case Statistics() as statistics, Statistics(target=None) if not history.has_set(item.id, "target"):
            return replace(item, definition=replace(statistics, target=None))
        case Index() as index, Index() as ours:
            options = _keep_ours(index.options, ours.options, history, item.id)
            return replace(item, definition=replace(index, options=options))
        case Table() as table, Table() as ours:
            options = _keep_ours(table.options, ours.options, history, item.id)
            return _leave_unsaid(replace(item, definition=replace(table, options=options)), declared, history)
        case _:
            return _leave_unsaid(item, declared, history)


def _leave_unsaid(item: CatalogObject, declared: CatalogObject, history: History) -> CatalogObject:
    """Return an object without the facts of which the models say nothing, unless a migration set them."""
    open_ = KINDS[item.id.kind].open
    there, meant = item.definition, declared.definition
    found = {}
    for fact, default in open_.items():
        old, new = getattr(there, fact), getattr(meant, fact)
        if old and not new and not history.has_set(item.id, fact):
            found[fact] = new
        elif new == default and old != new and not old:
            found[fact] = new  # which is said, and is so
    return replace(item, definition=replace(there, **found)) if found else item


def _leave_open(function: Function, declared: Function, history: History, object_id: ObjectId) -> Function:
    """Return a function without the facts that neither the models state nor a migration set, as cost and rows."""
    is_ours = (name in declared.stated or history.has_set(object_id, name) for name in Function.OPEN)
    facts = {name: getattr(declared, name) for name, ours in zip(Function.OPEN, is_ours, strict=True) if not ours}
    return replace(function, **facts)


def _keep_ours(found: _Pairs, declared: _Pairs, history: History, object_id: ObjectId, form: str = "{}") -> _Pairs:
    names = dict(declared)
    return tuple(pair for pair in found if pair[0] in names or history.has_set(object_id, form.format(pair[0])))
