"""Old names that are declared apart from what bears the new ones."""

from dataclasses import replace

from pgcraft.catalog.kinds import OF_SCHEMA
from pgcraft.catalog.linking import Draft
from pgcraft.catalog.objects import CatalogObject, Kind, ObjectId
from pgcraft.catalog.origins import place_of
from pgcraft.errors import PGCraftValidationError
from pgcraft.models.declarations import Declarations, Declared
from pgcraft.models.renames import RenameDefinition


def take_old_names(drafts: list[Draft], declarations: Declarations) -> list[Draft]:
    """Return drafts with the old names that are registered for them, or follow from that of their resource.

    Raises:
        PGCraftValidationError: PGC157, what stands in no schema of its own is said to have stood in another; PGC158,
            nothing is declared that would bear the new name.
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
    for draft in drafts:
        if isinstance(draft.object.renamed_from, tuple) and draft.object.id.kind not in OF_SCHEMA:
            raise _has_no_schema(draft.object)
    return drafts


def _follow(draft: Draft, old: tuple[str, str] | None) -> Draft:
    item = draft.object
    is_of_schema = item.id.kind in OF_SCHEMA
    if old is None or item.renamed_from or not (is_of_schema or item.id.kind is Kind.TRIGGER):
        return draft
    if is_of_schema and old[0] != item.id.schema:
        return draft._replace(object=replace(item, renamed_from=old))
    return draft._replace(object=replace(item, renamed_from=old[1])) if old[1] != item.id.name else draft


def _is_meant(object_id: ObjectId, said: RenameDefinition) -> bool:
    named = (Kind(said.kind), said.schema, said.name, said.relation)
    return (object_id.kind, object_id.schema, object_id.name, object_id.parent) == named


def _rename(draft: Draft, said: RenameDefinition) -> Draft:
    old_name = said.renamed_from or draft.object.renamed_from
    return draft._replace(object=replace(draft.object, renamed_from=old_name, renamed_inside=said.inside))


def _has_no_schema(item: CatalogObject) -> PGCraftValidationError:
    place = place_of(item.origins)
    return PGCraftValidationError(
        "PGC157",
        f"{item.id} is renamed from {item.renamed_from!r}, and has no schema of its own",
        place=place,
        remedy="give the old name alone: what stands on a table gets into another schema with it",
    )


def _nothing(said: Declared[RenameDefinition]) -> PGCraftValidationError:
    given = said.definition
    on = f" on {given.relation}" if given.relation else ""
    return PGCraftValidationError(
        "PGC158",
        f"{given.kind} {given.schema}.{given.name}{on} is declared as renamed, and nothing else declares it",
        place=said.place,
        remedy="give the kind, schema and name that it has now",
    )
