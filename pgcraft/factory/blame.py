"""Who is to blame when a plugin fails: the errors name the plugin, the factory and the user's line."""

import traceback

from sqlalchemy import Column

from pgcraft.errors import PGCraftPluginError, Place
from pgcraft.plugin import Plugin


def name_failure(error: Exception, plugin: Plugin, place: Place) -> PGCraftPluginError:
    """Return the error to raise for what a plugin's ``run`` raised."""
    name = type(plugin).__name__
    said = str(error) or "no message"
    if plugin.is_internal:
        what, remedy = f"{place.subject} cannot be declared: {said}", "mend the items that it is called with"
    else:
        what = f"plugin {name} failed in {place.subject}: {type(error).__name__}: {said}"
        remedy = f"mend {type(plugin).__module__}.{type(plugin).__qualname__}.run, or take the plugin out"
    detail = "".join(traceback.format_exception(error))
    return PGCraftPluginError("PGC207", what, place=place, remedy=remedy, detail=detail)


def check_injected(column: object, plugin: Plugin, place: Place) -> "Column[object]":
    """Return a column back that a plugin put on ``ctx.injected_columns``.

    Raises:
        PGCraftPluginError: PGC207, it is something else.
    """
    if isinstance(column, Column):
        return column
    raise PGCraftPluginError(
        "PGC207",
        f"plugin {type(plugin).__name__} put {column!r} on ctx.injected_columns in {place.subject}",
        place=place,
        remedy="put SQLAlchemy columns there",
    )
