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
    rewritten = {found for impact in own for found in impact.rewritten}
    scanned = {found for impact in own for found in impact.scanned} - rewritten
    return (
        *_describe_locks(locks),
        *([f"writes every row of {_list(rewritten)} anew"] if rewritten else []),
        *([f"reads every row of {_list(scanned)}"] if scanned else []),
    )


def _describe_locks(locks: tuple[Lock, ...]) -> Iterator[str]:
    """Return a line a mode: ``ACCESS EXCLUSIVE lock on table app.t``; what is not measured is documented."""
    heavy = [lock for lock in locks if lock.mode is not LockMode.ACCESS_SHARE]
    for (mode, is_measured), found in groupby(heavy, key=lambda lock: (lock.mode, lock.is_measured)):
        source = "" if is_measured else " (not measured)"
        yield f"{mode} lock on {_list(lock.relation for lock in found)}{source}"


def _list(ids: Iterable[ObjectId]) -> str:
    return ", ".join(map(str, sorted(ids)))
