"""What a role may do and had no row to do it on, told in as few lines as it takes. Standard library only."""

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from pgcraft.catalog.objects import ObjectId
from pgcraft.devdb.trying.access import ROW_SECURITY, UNTOUCHED, AccessCheck, Identity, NotTried

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

NO_ROW = "it sees no row"
REFUSED = "a policy refuses a made-up row without claims"
_EXERCISED = {"change own": "update", "delete own": "delete", "insert column by column": "insert"}
"""What an identity did with its own rows, and the operation that it thereby tried."""


@dataclass
class Untried:
    """Operations that were let in, and not tried to the end: by operation, relation and role, each with its reason."""

    reasons: dict[tuple[str, ObjectId, str], str] = field(default_factory=dict)
    between: list[tuple[str, ObjectId, str]] = field(default_factory=list)
    """What could not be tried of an identity or between two: in words, on which relation, and why."""

    def take(self, found: Iterable[AccessCheck]) -> None:
        """Keep those of some checks for which there was no row, or none that the relation takes."""
        for check in found:
            if check.message == UNTOUCHED:
                self.reasons[check.operation, check.relation, check.role] = NO_ROW
            elif check.held and check.is_undecided:
                reason = REFUSED if check.sqlstate == ROW_SECURITY else check.message
                self.reasons[check.operation, check.relation, check.role] = reason

    def drop(self, found: Iterable[AccessCheck], identities: Iterable[Identity]) -> None:
        """Forget those that identities of the same role have tried since."""
        roles = {str(identity): identity.role for identity in identities}
        for check in found:
            if check.operation in _EXERCISED and check.seen == "allowed" and check.role in roles:
                self.reasons.pop((_EXERCISED[check.operation], check.relation, roles[check.role]), None)

    def tell(self) -> Iterator[NotTried]:
        """Return one line for all that has the same reason, as the same roles."""
        roles = _group(((operation, relation, why), role) for (operation, relation, role), why in self.reasons.items())
        operations = _group(((relation, why, who), operation) for (operation, relation, why), who in roles.items())
        relations = _group(((why, who, what), str(relation)) for (relation, why, who), what in operations.items())
        for (why, who, what), where in relations.items():
            yield NotTried(f"{', '.join(what)} to the end as {', '.join(who)} on {', '.join(where)}", why)
        trials = _group(((relation, why), what) for what, relation, why in dict.fromkeys(self.between))
        open_ = _group(((why, what), str(relation)) for (relation, why), what in trials.items())
        for (why, what), where in open_.items():
            yield NotTried(f"{', '.join(what)} on {', '.join(where)}", why)


def _group(pairs: Iterable[tuple[K, V]]) -> dict[K, tuple[V, ...]]:
    found: dict[K, list[V]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in found.items()}
