"""What no migration set on our views and functions: it is somebody else's and stays."""

from dataclasses import replace

from pgcraft.alembic.history.made import History
from pgcraft.catalog.definitions import Function, View
from pgcraft.catalog.objects import Catalog, CatalogObject, ObjectId, make_catalog

_Pairs = tuple[tuple[str, str], ...]


def overlook_settings(current: Catalog, wanted: Catalog, history: History) -> Catalog:
    """Give what the database has without what others set on objects of ours; running the migrations keeps that."""
    if not history.is_kept:
        return current
    return make_catalog(_overlook(item, wanted.find(item.id), history) for item in current.objects)


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
            return replace(item, definition=replace(function, settings=settings))
        case _:
            return item


def _keep_ours(found: _Pairs, declared: _Pairs, history: History, object_id: ObjectId, form: str = "{}") -> _Pairs:
    names = dict(declared)
    return tuple(pair for pair in found if pair[0] in names or history.has_set(object_id, form.format(pair[0])))
