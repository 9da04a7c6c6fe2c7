"""Options of our views, and defaults of their columns, that no migration set: they are somebody else's and stay."""

from dataclasses import replace

from pgcraft.alembic.history import History
from pgcraft.catalog.definitions import View
from pgcraft.catalog.objects import Catalog, CatalogObject, make_catalog


def overlook_settings(current: Catalog, wanted: Catalog, history: History) -> Catalog:
    """Give what the database has without what others set on views of ours; running the migrations keeps that."""
    if not history.is_kept:
        return current
    return make_catalog(_overlook(item, wanted.find(item.id), history) for item in current.objects)


def _overlook(item: CatalogObject, wanted: CatalogObject | None, history: History) -> CatalogObject:
    view, declared = item.definition, wanted.definition if wanted else None
    if not isinstance(view, View) or not isinstance(declared, View):
        return item
    ours, defaults = dict(declared.options), dict(declared.column_defaults)
    kept = replace(
        view,
        options=tuple(pair for pair in view.options if pair[0] in ours or history.has_set(item.id, pair[0])),
        column_defaults=tuple(
            pair
            for pair in view.column_defaults
            if pair[0] in defaults or history.has_set(item.id, f"default of {pair[0]}")
        ),
    )
    return item if kept == view else replace(item, definition=kept)
