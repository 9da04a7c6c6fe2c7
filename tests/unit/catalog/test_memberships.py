"""Whose privileges a role has, and which roles it may become."""

from pgcraft.catalog.definitions import Role
from pgcraft.catalog.memberships import Membership, Memberships, list_memberships
from pgcraft.catalog.objects import CatalogObject, Kind, ObjectId, make_catalog

KNOWN = Memberships(
    (
        Membership("web", "readers"),
        Membership("readers", "all", inherits=False),
        Membership("web", "writers", inherits=False),
        Membership("writers", "all"),
        Membership("web", "owner", may_switch=False),
        Membership("all", "web"),
    )
)


def test_privileges_come_where_each_membership_inherits_by_the_shortest_way() -> None:
    assert {"web": (), "readers": ("readers",), "owner": ("owner",)} == KNOWN.inherited("web")
    assert {"writers": (), "all": ("all",), "web": ("all", "web"), "readers": ("all", "web", "readers")}.items() <= (
        KNOWN.inherited("writers").items()
    )


def test_a_role_becomes_another_whether_it_inherits_or_not_and_never_itself() -> None:
    assert {"readers": ("readers",), "writers": ("writers",), "all": ("readers", "all")} == KNOWN.reachable("web")


def test_a_role_without_inherit_has_nothing_of_its_groups() -> None:
    roles = (("a", Role(member_of=("b", "c"))), ("b", Role(inherit=False, member_of=("c",))))
    catalog = make_catalog(CatalogObject(ObjectId(Kind.ROLE, None, name), role) for name, role in roles)
    expected = (Membership("a", "b"), Membership("a", "c"), Membership("b", "c", inherits=False))
    assert expected == list_memberships(catalog)
