"""The values that PostgreSQL gives a sequence whose declaration leaves them out."""

from dataclasses import replace

from pgcraft.catalog.definitions import Identity, Sequence

_TOP = {"smallint": 2**15 - 1, "integer": 2**31 - 1, "bigint": 2**63 - 1}


def default_sequence(type_: str, increment: int | None = None) -> Sequence:
    """Return the sequence of a type that nothing else is said of; one that counts down begins at -1."""
    step = increment or 1
    minimum, maximum = _bounds(type_, step)
    start = minimum if step > 0 else maximum
    return Sequence(type_, start=start, increment=step, minimum=minimum, maximum=maximum)


def reach(type_: str, identity: Identity) -> tuple[int, int]:
    """Return the first value of a sequence and the last that it can give.

    Args:
        type_: the column's type.
    """
    step = identity.increment or 1
    lowest, highest = _bounds(type_, step)
    lowest = lowest if identity.minimum is None else identity.minimum
    highest = highest if identity.maximum is None else identity.maximum
    first, last = (lowest, highest) if step > 0 else (highest, lowest)
    return first if identity.start is None else identity.start, last


def _bounds(type_: str, step: int) -> tuple[int, int]:
    top = _TOP.get(type_, _TOP["bigint"])
    return (1, top) if step > 0 else (-top - 1, -1)


def canonical_identity(type_: str, identity: Identity) -> Identity:
    """Leave out what the server would choose by itself.

    Args:
        type_: the column's type.
    """
    default = default_sequence(type_, identity.increment)
    start = default.minimum if default.increment > 0 else default.maximum
    if default.increment > 0 and identity.minimum is not None:
        start = identity.minimum
    if default.increment < 0 and identity.maximum is not None:
        start = identity.maximum
    return replace(
        identity,
        start=None if identity.start == start else identity.start,
        increment=None if identity.increment == 1 else identity.increment,
        minimum=None if identity.minimum == default.minimum else identity.minimum,
        maximum=None if identity.maximum == default.maximum else identity.maximum,
        cache=None if identity.cache == 1 else identity.cache,
    )
