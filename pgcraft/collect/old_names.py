"""Old names that are declared apart from what bears the new ones."""

from dataclasses import replace

from pgcraft.catalog.kinds import OF_SCHEMA
from pgcraft.catalog.linking import Draft
from pgcraft.catalog.objects import Kind, ObjectId
from pgcraft.errors import PGCraftValidationError
from pgcraft.models.declarations import Declarations, Declared
from pgcraft.models.renames import RenameDefinition


def take_old_names(drafts: list[Draft], declarations: Declarations) -> list[Draft]:
    """Return drafts with the old names that are registered for them, or follow from that of their resource.

    Raises:
        PGCraftValidationError: PGC158, nothing is declared that would bear the new name.
    """
    names = {key: found.definition for key, found in declarations.old_names.items()}
    if names:
        drafts = [_follow(draft, names.get((draft.object.id.schema, draft.object.id.name))) for draft in drafts]
    for said in declarations.renames.all():
        found = [place for place, draft in enumerate(drafts) if _is_meant(draft.object.id, said.definition)]
        if not found:
            raise _nothing(said)
        for place in found:
            drafts[place] = _rename(drafts[place], said.definition)
    return drafts


def _follow(draft: Draft, old_name: str | None) -> Draft:
    item = draft.object
    is_named_after = item.id.kind in OF_SCHEMA or item.id.kind is Kind.TRIGGER
    if old_name is None or not is_named_after or item.renamed_from:
        return draft
    return draft._replace(object=replace(item, renamed_from=old_name))


def _is_meant(object_id: ObjectId, said: RenameDefinition) -> bool:
    named = (Kind(said.kind), said.schema, said.name, said.relation)
    return (object_id.kind, object_id.schema, object_id.name, object_id.parent) == named


def _rename(draft: Draft, said: RenameDefinition) -> Draft:
    old_name = said.renamed_from or draft.object.renamed_from
    return draft._replace(object=replace(draft.object, renamed_from=old_name, renamed_inside=said.inside))


def _nothing(said: Declared[RenameDefinition]) -> PGCraftValidationError:
    given = said.definition
    on = f" on {given.relation}" if given.relation else ""
    return PGCraftValidationError(
        "PGC158",
        f"{given.kind} {given.schema}.{given.name}{on} is declared as renamed, and nothing else declares it",
        place=said.place,
        remedy="give the kind, schema and name that it has now",
    )
