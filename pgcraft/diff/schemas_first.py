"""Schemas that objects are put into before anything else is done: these are made first."""

from collections.abc import Iterable

from pgcraft.catalog.objects import Catalog, Kind, ObjectId
from pgcraft.diff.actions import Action, Verb
from pgcraft.diff.renames import Rename


def find_schemas(actions: Iterable[Action], wanted: Catalog, renames: Iterable[Rename]) -> tuple[Action, ...]:
    """Return the actions that make the schemas in which renames end, behind those that make their owners."""
    schemas = {ObjectId(Kind.SCHEMA, None, str(each.id.schema)) for each in renames if each.moves}
    if not schemas:
        return ()
    needed = {need for each in schemas if (item := wanted.find(each)) for need in item.depends_on}
    made = [action for action in actions if action.verb is Verb.CREATE]
    return tuple(action for ids in (needed, schemas) for action in made if action.id in ids)
