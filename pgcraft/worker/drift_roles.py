"""What of roles is in no catalog, and differs between two clusters: powers, and what nobody but a DBA sets."""

from collections.abc import Iterable, Iterator

from pgcraft.catalog.objects import ObjectId
from pgcraft.catalog.tokens import split_top_level
from pgcraft.identifiers import quote_name
from pgcraft.render.statement import Statement
from pgcraft.service.drift_types import FactChange
from pgcraft.service.role_facts import RoleFacts

_ADMIN = "administers"


def find_powers(here: RoleFacts, there: RoleFacts, roles: Iterable[ObjectId]) -> Iterator[tuple[ObjectId, FactChange]]:
    """Return the powers of roles that both sides have, where one of them gives them and the other does not."""
    known = tuple(roles)
    names = {role.name for role in known}
    for role in known:
        ours, theirs = (_list_powers(facts, role.name, names) for facts in (here, there))
        for power, value in ours.items():
            if value != theirs[power]:
                yield role, FactChange(power, value, theirs[power])


def _list_powers(facts: RoleFacts, role: str, known: set[str]) -> dict[str, str]:
    mine = (each for each in facts.memberships or () if each.is_admin and each.member == role)
    groups = sorted(each.group for each in mine if not each.inherits and not each.may_switch)  # of others it is said
    return {
        "superuser": "yes" if role in facts.superusers else "no",
        "replication": "yes" if role in facts.replicating else "no",
        _ADMIN: ", ".join(quote_name(group) for group in groups if group in known),
    }


def alter_power(role: ObjectId, power: str, current: str, wanted: str) -> Iterator[Statement]:
    """Return what gives a role a power that the other side has, or takes it."""
    name = quote_name(role.name)
    if power == _ADMIN:
        ours, theirs = (set(split_top_level(each)) for each in (current, wanted))
        done = [f"REVOKE ADMIN OPTION FOR {group} FROM {name}" for group in sorted(ours - theirs)]
        done += [f"GRANT {group} TO {name} WITH ADMIN OPTION" for group in sorted(theirs - ours)]
    else:
        done = [f"ALTER ROLE {name} {'' if wanted == 'yes' else 'NO'}{power.upper()}"]
    yield from (Statement(sql, f"alter {role}", (), role) for sql in done)


def describe_set(here: RoleFacts, there: RoleFacts, roles: Iterable[ObjectId]) -> Iterator[str]:
    """Say what only one side has set of a role, and no model can say: it is told, and no difference."""
    for role in roles:
        ours, theirs = (dict(facts.said).get(role.name, ()) for facts in (here, there))
        for side, own, other in (("here", ours, theirs), ("there", theirs, ours)):
            if more := [each for each in own if each not in other]:
                yield f"{role} has {', '.join(more)} {side}, which pgcraft does not model"
