"""Which roles a role has the privileges of, and which it may become; each with the way there."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from pgcraft.catalog.definitions import Role
from pgcraft.catalog.objects import Catalog, Kind


@dataclass(frozen=True, slots=True)
class Membership:
    """One role in another.

    Attributes:
        inherits: whether the member has the group's privileges without becoming it.
        may_switch: whether it may become the group; PostgreSQL 16 can say no.
        is_admin: whether it may make others members.
    """

    member: str
    group: str
    inherits: bool = True
    may_switch: bool = True
    is_admin: bool = False


def list_memberships(catalog: Catalog) -> tuple[Membership, ...]:
    """Return those that a catalog's roles say."""
    roles = ((item.id.name, item.defined_as(Role)) for item in catalog.of_kind(Kind.ROLE))
    return tuple(Membership(name, group, role.inherit) for name, role in roles for group in role.member_of)


class Memberships:
    """The memberships of a cluster.

    Args:
        memberships: each one; a role may have several groups and several members.
    """

    def __init__(self, memberships: Iterable[Membership]) -> None:
        self._groups: dict[str, list[Membership]] = {}
        for each in sorted(memberships, key=lambda each: (each.member, each.group)):
            self._groups.setdefault(each.member, []).append(each)

    def inherited(self, role: str) -> dict[str, tuple[str, ...]]:
        """Return the roles whose privileges a role has, itself too, each with the groups on the shortest way there."""
        return {role: (), **self._walk(role, lambda each: each.inherits)}

    def reachable(self, role: str) -> dict[str, tuple[str, ...]]:
        """Return the roles that a role may become, each with the groups on the shortest way there."""
        return self._walk(role, lambda each: each.may_switch)

    def _walk(self, role: str, test: Callable[[Membership], bool]) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        waiting: list[tuple[str, tuple[str, ...]]] = [(role, ())]
        for name, way in waiting:  # grows while it is walked
            for each in self._groups.get(name, ()):
                if test(each) and each.group not in found and each.group != role:
                    found[each.group] = (*way, each.group)
                    waiting.append((each.group, found[each.group]))
        return found
