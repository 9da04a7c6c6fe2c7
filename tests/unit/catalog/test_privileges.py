"""How privileges add up, and what is left of them."""

import pytest

from pgcraft.catalog.definitions import Grant
from pgcraft.catalog.privileges import Rights, drop_covered, intersect, subtract, unite

ONE = Grant(("insert", "select"), ("select",), (("update", "a"), ("update", "b")), (("update", "a"),))
OTHER = Grant(("delete", "select"), ("delete",), (("update", "b"), ("update", "c")), (("update", "c"),))


def test_two_grants_are_united_part_by_part() -> None:
    assert unite(ONE, OTHER) == Grant(
        ("delete", "insert", "select"),
        ("delete", "select"),
        (("update", "a"), ("update", "b"), ("update", "c")),
        (("update", "a"), ("update", "c")),
    )


def test_what_one_gives_and_the_other_does_not() -> None:
    assert Grant(("insert",), ("select",), (("update", "a"),), (("update", "a"),)) == subtract(ONE, OTHER)
    assert Grant() == subtract(ONE, ONE)


def test_what_both_give() -> None:
    assert Grant(("select",), (), (("update", "b"),), ()) == intersect(ONE, OTHER)
    assert ONE == intersect(ONE, ONE)


REVOKED: dict[str, tuple[Grant, Grant]] = {
    "a privilege goes with its option and on every column": (
        Grant(("select", "update")),
        Grant(("insert",), (), (), ()),
    ),
    "an option goes alone, and that of columns": (
        Grant((), ("select", "update")),
        Grant(("insert", "select"), (), (("update", "a"), ("update", "b")), ()),
    ),
    "a column goes with its option": (
        Grant(columns=(("update", "a"),)),
        Grant(("insert", "select"), ("select",), (("update", "b"),), ()),
    ),
    "the option of a column goes alone": (
        Grant(grantable_columns=(("update", "a"),)),
        Grant(("insert", "select"), ("select",), (("update", "a"), ("update", "b")), ()),
    ),
    "what is not there": (Grant(("delete",), ("trigger",), (("select", "a"),), (("select", "b"),)), ONE),
}


@pytest.mark.parametrize("name", REVOKED)
def test_what_is_left_when_something_is_revoked(name: str) -> None:
    revoked, left = REVOKED[name]
    rights = Rights()
    rights.grant(ONE)
    rights.revoke(revoked)
    assert left == rights.total()


def test_a_column_that_is_renamed_keeps_its_rights() -> None:
    rights = Rights()
    rights.grant(ONE)
    rights.rename_column("a", "z")
    assert Grant(("insert", "select"), ("select",), (("update", "b"), ("update", "z")), (("update", "z"),)) == (
        rights.total()
    )


COVERED: dict[str, tuple[Grant, Grant]] = {
    "by the privilege": (
        Grant(("select",), (), (("select", "a"), ("update", "a")), ()),
        Grant(("select",), (), (("update", "a"),), ()),
    ),
    "by the option": (
        Grant(("select",), ("select",), (("select", "a"),), (("select", "a"),)),
        Grant(("select",), ("select",)),
    ),
    "but not where a column has the option alone": (
        Grant(("select",), (), (("select", "a"), ("select", "b")), (("select", "a"),)),
        Grant(("select",), (), (("select", "a"),), (("select", "a"),)),
    ),
}


@pytest.mark.parametrize("name", COVERED)
def test_what_holds_of_the_whole_is_not_said_of_columns(name: str) -> None:
    given, kept = COVERED[name]
    assert kept == drop_covered(given)
