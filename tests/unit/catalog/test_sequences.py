"""What PostgreSQL gives a sequence by itself is not said of an identity, and everything else is."""

import pytest

from pgcraft.catalog.definitions import Identity, Sequence
from pgcraft.catalog.sequences import canonical_identity, default_sequence

DEFAULTS = {
    ("smallint", None): Sequence("smallint", start=1, increment=1, minimum=1, maximum=32767),
    ("integer", 5): Sequence("integer", start=1, increment=5, minimum=1, maximum=2**31 - 1),
    ("bigint", 1): Sequence("bigint", start=1, increment=1, minimum=1, maximum=2**63 - 1),
    ("smallint", -1): Sequence("smallint", start=-1, increment=-1, minimum=-32768, maximum=-1),
    ("numeric", -2): Sequence("numeric", start=-1, increment=-2, minimum=-(2**63), maximum=-1),
}


@pytest.mark.parametrize(("type_", "increment"), DEFAULTS)
def test_a_sequence_of_which_nothing_is_said_is_this(type_: str, increment: int | None) -> None:
    assert DEFAULTS[type_, increment] == default_sequence(type_, increment)


IDENTITIES = [
    (Identity(), Identity()),
    (Identity(start=1, increment=1, minimum=1, maximum=32767, cache=1), Identity()),
    (Identity(start=2, increment=2, minimum=0, maximum=9, cache=2), None),
    (Identity(start=5, minimum=5), Identity(minimum=5)),
    (Identity(start=1, minimum=5), None),
    (Identity(start=9, maximum=9), None),
    (Identity(start=-1, increment=-1, minimum=-32768, maximum=-1), Identity(increment=-1)),
    (Identity(start=7, increment=-1, maximum=7), Identity(increment=-1, maximum=7)),
    (Identity(start=-1, increment=-1, maximum=7), None),
    (Identity(start=-5, increment=-1, minimum=-5), None),
    (Identity(always=True, cycle=True), None),
]


@pytest.mark.parametrize(("given", "kept"), IDENTITIES)
def test_an_identity_says_only_what_the_server_would_not_choose(given: Identity, kept: Identity | None) -> None:
    assert (kept or given) == canonical_identity("smallint", given)
