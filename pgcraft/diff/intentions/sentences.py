"""One line on a change: what it is, and what follows from it."""

from collections.abc import Iterator, Sequence

from pgcraft.catalog.definitions import Grant
from pgcraft.catalog.kinds import PARTS, RELATIONS
from pgcraft.catalog.objects import Kind, ObjectId, escape_name, escape_text
from pgcraft.diff.compare import Change
from pgcraft.diff.intentions.deeds import Deed
from pgcraft.diff.intentions.grouping import Group
from pgcraft.diff.intentions.names import (
    count_apart,
    count_with,
    join_names,
    join_words,
    say_object,
    say_part,
    say_relation,
)

_DONE = {
    Deed.AGAIN: "made again",
    Deed.RENAMED: "renamed",
    Deed.REPLACED: "replaced",
    Deed.ALTERED: "altered",
    Deed.ASIDE: "set aside and put back",
    Deed.NEW: "new",
    Deed.GONE: "dropped",
    Deed.OTHER: "touched",
}
"""What became of an object, in the order in which that is told."""

_VERBS = {Deed.NEW: "gains", Deed.GONE: "loses"}
_MADE = (Deed.AGAIN, Deed.NEW)
_FACTS = {"text": "definition", "elements": "columns", "where": "condition", "generated": "expression"}
"""Facts that are not called as the definition's field is."""


def say_change(group: Group) -> str:
    """Return ``sales.customers gains phone; api.customers is made again with 3 triggers and its grant``."""
    about, following = say_clauses(group)
    return "; ".join((about, *following))


def say_clauses(group: Group) -> tuple[str, tuple[str, ...]]:
    """Return what a change is about, and what follows from it."""
    about, following = _say_both(group)
    return "; ".join(about), tuple(following)


def _say_both(group: Group) -> tuple[list[str], list[str]]:
    heads = {deed: [each for each in group.heads if group.deeds[each] is deed] for deed in _DONE}
    others = {deed: [each for each in group.others if group.deeds[each] is deed] for deed in _DONE}
    remade = {each.qualified for each in others[Deed.AGAIN] if each.kind in RELATIONS}
    clauses = []
    for deed in (each for each in _VERBS if heads[each]):
        along = [each for each in others[deed] if _find_owner(each) not in remade]
        others[deed] = [each for each in others[deed] if each not in along]
        clauses.append(_say_whole(group, heads[deed], deed) + count_with(along))
    changed = (each for deed, found in heads.items() if deed not in _VERBS for each in found)
    clauses += [_say_changed(group, each) + count_with(_take_parts(each, others)) for each in changed]
    return clauses, list(_say_others(others))


def _say_whole(group: Group, ids: Sequence[ObjectId], deed: Deed) -> str:
    """Say what comes, or what goes: parts by their relation, privileges by who has them, all else by itself."""
    parts: dict[str, list[str]] = {}
    plain, said = [], []
    for each in ids:
        if each.kind in PARTS:
            parts.setdefault(say_relation(each), []).append(say_part(each))
        elif each.kind is Kind.GRANT:
            said.append(f"{escape_name(each.grantee)} {_VERBS[deed]} {_say_privileges(group, each)}")
        else:
            plain.append(say_object(each))
    said += [f"{relation} {_VERBS[deed]} {join_names(names)}" for relation, names in parts.items()]
    if plain:
        said.append(f"{join_names(plain)} {_are(plain)} {_DONE[deed]}")
    return join_words(said)


def _say_privileges(group: Group, grant: ObjectId) -> str:
    item = group.items.get(grant)
    names = _list_privileges(item.definition) if item and isinstance(item.definition, Grant) else []
    return f"{join_words(names) or 'privileges'} on {say_object(grant.granted_on)}"


def _list_privileges(grant: Grant) -> list[str]:
    """Return ``SELECT`` and ``UPDATE of price``."""
    by_name: dict[str, list[str]] = {}
    for privilege, column in grant.columns:
        by_name.setdefault(privilege.upper(), []).append(escape_name(column))
    columns = (f"{privilege} of {join_names(names)}" for privilege, names in by_name.items())
    return [*map(str.upper, grant.privileges), *columns]


def _say_regranted(grant: ObjectId, change: Change | None) -> str:
    """Return ``anon gains DELETE and loses INSERT on api.orders``; of nothing but what may be passed on, that."""
    role, target = escape_name(grant.grantee), say_object(grant.granted_on)
    if change is not None:
        before, after = change.current.defined_as(Grant), change.wanted.defined_as(Grant)
        both = (("gains", after, before), ("loses", before, after))
        said = [f"{verb} {join_words(more)}" for verb, one, other in both if (more := _list_more(one, other))]
        if said:
            return f"{role} {join_words(said)} on {target}"
    return f"what {role} may do with {target} changes"


def _list_more(one: Grant, other: Grant) -> list[str]:
    """Return the privileges of one that the other has not."""
    privileges = tuple(each for each in one.privileges if each not in other.privileges)
    return _list_privileges(Grant(privileges, columns=tuple(each for each in one.columns if each not in other.columns)))


def _say_changed(group: Group, object_id: ObjectId) -> str:
    change, deed = group.changes.get(object_id), group.deeds[object_id]
    name = say_object(object_id)
    if object_id.kind is Kind.GRANT:
        return _say_regranted(object_id, change)
    facts = [f"is renamed from {group.old_names[object_id]}"] if object_id in group.old_names else []
    facts += _say_facts(change) if change is not None and deed is not Deed.OTHER else ()
    if deed is Deed.AGAIN or not facts:
        facts.append(f"is {_DONE[deed]}")
    return f"{name} {join_words(facts)}"


def _take_parts(owner: ObjectId, others: dict[Deed, list[ObjectId]]) -> list[ObjectId]:
    """Take from what follows a change what is made with a relation."""
    if owner.kind not in RELATIONS:
        return []
    found = [each for deed in _MADE for each in others.get(deed, ()) if _find_owner(each) == owner.qualified]
    for deed in _MADE:
        others[deed] = [each for each in others.get(deed, ()) if each not in found]
    return found


def _say_facts(change: Change) -> Iterator[str]:
    """Return ``becomes bigint``, ``loses its default``, ``changes its body and volatility``."""
    found: dict[str, list[str]] = {}
    for fact in change.facts:
        before, after = (getattr(item.definition, fact, None) for item in (change.current, change.wanted))
        name = _FACTS.get(fact, fact.removeprefix("is_").replace("_", " "))
        if change.id.kind is Kind.COLUMN and fact in ("type", "nullable"):
            word = escape_text(str(after)) if fact == "type" else "NULL" if after else "NOT NULL"
            found.setdefault("may be" if word == "NULL" else "becomes", []).append(word)
        elif isinstance(after, bool):
            found.setdefault("gets" if after else "loses", []).append(name)
        elif fact == "text" and str(after).startswith("CHECK"):
            found.setdefault("changes its", []).append("condition")
        else:
            verb = "gets a" if before is None else "loses its" if after is None else "changes its"
            found.setdefault(verb, []).append(name)
    yield from (f"{verb} {join_words(names)}" for verb, names in found.items())


def _say_others(others: dict[Deed, list[ObjectId]]) -> Iterator[str]:
    """Say what follows from a change, what is done alike together."""
    for deed, ids in list(others.items()):
        owners = [each for each in ids if each.kind in RELATIONS] if deed is Deed.AGAIN else []
        along = [part for owner in owners for part in _take_parts(owner, others)]
        apart = [each for each in others[deed] if each not in along]
        if apart:
            subjects = count_apart(apart)
            rest = count_with(along, of=len(apart))
            yield f"{join_words(subjects)} {'is' if len(apart) == 1 else 'are'} {_DONE[deed]}{rest}"


def _find_owner(part: ObjectId) -> tuple[str, str] | None:
    """Return the relation that a part stands on, or a grant is on."""
    if part.kind is Kind.GRANT:
        return part.granted_on.qualified
    return part.relation if part.kind in PARTS else None


def _are(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"
