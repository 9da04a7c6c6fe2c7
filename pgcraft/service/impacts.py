"""What operations lock, write anew and read whole, in words."""

from collections.abc import Iterable, Iterator
from itertools import chain, groupby

from pgcraft.catalog.objects import ObjectId
from pgcraft.diff.locks import strongest
from pgcraft.render.statement import Lock, LockMode
from pgcraft.service.proof_types import Impact
from pgcraft.service.types import Operation


def describe_impacts(operations: Iterable[Operation], impacts: Iterable[Impact] = ()) -> tuple[str, ...]:
    """Return what operations do to what is there, a line each; readers that block nobody are left out.

    Args:
        impacts: of the proof; what is said of an operation goes before what the documentation says.
    """
    by_key = {operation.key: operation.locks for operation in operations}
    own = [impact for impact in impacts if impact.key in by_key]
    documented = chain.from_iterable(locks for key, locks in by_key.items() if key not in {each.key for each in own})
    locks = strongest((*chain.from_iterable(impact.locks for impact in own), *documented))
    rewritten, scanned = _find_modes(own, "rewritten"), _find_modes(own, "scanned")
    return (
        *_describe_locks(locks),
        *(f"writes every row of {relation} anew" for relation in sorted(rewritten)),
        *(
            f"reads every row of {relation}{mode}"
            for relation, mode in sorted(scanned.items())
            if relation not in rewritten
        ),
    )


def _find_modes(impacts: Iterable[Impact], what: str) -> dict[ObjectId, str]:
    """Return the relations of which statements read or write every row, each with the lock that this is under."""
    found: dict[ObjectId, list[Lock]] = {}
    for impact in impacts:
        for relation in getattr(impact, what):
            found.setdefault(relation, []).extend(lock for lock in impact.locks if lock.relation == relation)
    strong = {relation: max((lock.mode for lock in locks), key=_strength) for relation, locks in found.items()}
    return {relation: f" under {mode}" if mode in _HEAVY else "" for relation, mode in strong.items()}


def _strength(mode: LockMode) -> int:
    return mode.strength


_HEAVY = tuple(mode for mode in LockMode if mode not in (LockMode.ACCESS_SHARE, LockMode.ROW_SHARE))


def _describe_locks(locks: tuple[Lock, ...]) -> Iterator[str]:
    """Return a line a mode: ``ACCESS EXCLUSIVE lock on table app.t``; what is not measured is documented."""
    heavy = [lock for lock in locks if lock.mode is not LockMode.ACCESS_SHARE]
    for (mode, is_measured), found in groupby(heavy, key=lambda lock: (lock.mode, lock.is_measured)):
        source = "" if is_measured else " (not measured)"
        yield f"{mode} lock on {_list(lock.relation for lock in found)}{source}"


def _list(ids: Iterable[ObjectId]) -> str:
    return ", ".join(map(str, sorted(ids)))
