"""Owners of tables, sequences and types, and comments of enumerated types: said beside whatever else changes."""

from collections.abc import Iterator
from dataclasses import replace

from pgcraft.catalog.definitions import Enum
from pgcraft.catalog.kinds import KINDS, TYPES, Scope, Stage, select
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId
from pgcraft.diff.access import hazards_of_access
from pgcraft.diff.actions import Action, Verb
from pgcraft.diff.compare import Change, Diff
from pgcraft.identifiers import quote_qualified
from pgcraft.render.comments import comment_on
from pgcraft.render.owners import change_owner

_OWNED = select(lambda row: "owner" in row.spoken and row.stage is not Stage.LATE and row.scope is Scope.SCHEMA)
_ENUMS = select(lambda row: row.definition is Enum)


def leave_beside(diff: Diff) -> Diff:
    """Return a difference without what is said beside.

    The comment of a type that changes otherwise stays a part of it: where the type is made again, the old one is not
    put back.
    """
    changed = (_leave(change) for change in diff.changed)
    return replace(diff, changed=tuple(change for change in changed if change.facts))


def _leave(change: Change) -> Change:
    beside = _find(change)
    left = tuple(fact for fact in change.facts if fact not in beside)
    if left and "comment" in beside:
        left = tuple(fact for fact in change.facts if fact != "owner")
    return replace(change, facts=left) if beside else change


def plan_beside(diff: Diff, wanted: Catalog) -> Iterator[Action]:
    """Plan what is said beside; tables that come get their owners here, too."""
    for change in diff.changed:
        for fact in _find(change):
            yield _say(fact, change.current, wanted.by_id[change.id])
    for item in diff.added:
        declared = wanted.by_id[item.id]
        if item.id.kind is Kind.TABLE and getattr(declared.definition, "owner", None):
            yield _own(None, declared)


def _find(change: Change) -> frozenset[str]:
    found = {"owner"} if change.id.kind in _OWNED else set()
    return frozenset(found | ({"comment"} if change.id.kind in _ENUMS else set())).intersection(change.facts)


def _say(fact: str, old: CatalogObject, new: CatalogObject) -> Action:
    if fact == "owner":
        return _own(old, new)
    target = f"{KINDS[new.id.kind].words[0]} {quote_qualified(new.id.schema, new.id.name)}"
    up, down = (comment_on(target, getattr(item.definition, "comment", None)) for item in (new, old))
    return _act(new, up, down, requires=frozenset())


def _own(old: CatalogObject | None, new: CatalogObject) -> Action:
    before, after = (str(getattr(item.definition, "owner", None) or "") if item else "" for item in (old, new))
    action = _act(new, change_owner(new.id, after), change_owner(new.id, before), requires=frozenset(new.depends_on))
    down = action.down if old else ()
    return action._replace(down=down, hazards=hazards_of_access(old, new), facts=("owner",))


def _act(item: CatalogObject, up: str, down: str, *, requires: frozenset[ObjectId]) -> Action:
    needs = requires | {item.id} if item.id.kind not in TYPES else requires
    return Action(Verb.ALTER, item.id, (up,), (down,), origins=item.origins, requires=frozenset(needs))
