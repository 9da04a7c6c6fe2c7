"""Owners and comments that are declared apart from what they are of."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from pgcraft.catalog.definitions import View
from pgcraft.catalog.kinds import RELATIONS, TYPES
from pgcraft.catalog.linking import Draft
from pgcraft.catalog.objects import Kind, ObjectId
from pgcraft.errors import PGCraftValidationError
from pgcraft.models.beside import CommentDefinition, OwnerDefinition
from pgcraft.models.declarations import Declarations, Declared

_KINDS: Mapping[str, tuple[Kind, ...]] = {"table": (Kind.TABLE,), "sequence": (Kind.SEQUENCE,), "type": TYPES}


def say_beside(drafts: list[Draft], declarations: Declarations) -> list[Draft]:
    """Return drafts with the owners and comments that are declared apart from them.

    Raises:
        PGCraftValidationError: PGC165, nothing in the models has the name.
    """
    owned, comments = declarations.owned.all(), declarations.comments.all()
    if not owned and not comments:
        return drafts
    found = {draft.object.id: draft for draft in drafts}
    for owner in owned:
        object_id = _choose(owner, _list_owned(owner.definition), found)
        role = ObjectId(Kind.ROLE, None, owner.definition.owner)
        draft = found[object_id]
        found[object_id] = _with(draft._replace(needs=(*draft.needs, role)), "owner", owner.definition.owner)
    for comment in comments:
        object_id = _choose(comment, _list_commented(comment.definition), found)
        found[object_id] = _comment(found[object_id], comment.definition)
    return list(found.values())


def _list_owned(given: OwnerDefinition) -> Iterator[ObjectId]:
    return (ObjectId(kind, given.schema, given.name) for kind in _KINDS[given.on])


def _list_commented(given: CommentDefinition) -> Iterator[ObjectId]:
    match given.on:
        case "index":
            yield ObjectId(Kind.TABLE, given.schema, given.relation or "").part(Kind.INDEX, given.name)
        case "column":
            yield from (
                ObjectId(kind, given.schema, given.relation or "") for kind in RELATIONS if kind is not Kind.TABLE
            )
        case on:
            yield from (ObjectId(kind, given.schema, given.name) for kind in _KINDS[on])


def _choose(item: Declared[Any], ids: Iterator[ObjectId], found: Mapping[ObjectId, Draft]) -> ObjectId:
    listed = list(ids)
    for object_id in listed:
        if object_id in found:
            return object_id
    given = item.definition
    what = "a view" if given.on == "column" else f"a {given.on}"
    raise PGCraftValidationError(
        "PGC165",
        f"{type(given).__name__} is about {given.on} {listed[0].schema}.{given.name}, which the models do not declare",
        place=item.place,
        remedy=f"name {what} of the models; of a table's column SQLAlchemy takes the comment: Column(…, comment=…)",
    )


def _comment(draft: Draft, given: CommentDefinition) -> Draft:
    definition = draft.object.definition
    if given.on == "column" and isinstance(definition, View):
        pairs = dict(definition.column_comments) | {given.name: given.comment}
        return _with(draft, "column_comments", tuple(sorted(pairs.items())))
    return _with(draft, "comment", given.comment)


def _with(draft: Draft, fact: str, value: object) -> Draft:
    definition: Any = draft.object.definition
    return draft._replace(object=replace(draft.object, definition=replace(definition, **{fact: value})))
