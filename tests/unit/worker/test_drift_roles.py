"""What a role administers is told as a list of quoted names, and taken apart as one."""

from pgcraft.catalog.ids import parse_id
from pgcraft.catalog.memberships import Membership
from pgcraft.service.drift_types import FactChange
from pgcraft.service.role_facts import RoleFacts
from pgcraft.worker.drift_roles import alter_power, find_powers


def test_a_comma_in_a_name_is_no_end_of_it() -> None:
    statements = alter_power(parse_id("role r"), "administers", '"a, b", gone', '"a, b", "c, d"')
    assert [
        "REVOKE ADMIN OPTION FOR gone FROM r",
        'GRANT "c, d" TO r WITH ADMIN OPTION',
    ] == [statement.sql for statement in statements]


def test_an_admin_option_beside_a_membership_is_told_as_its_option_alone() -> None:
    """It was told twice, and mended twice; that of a role that is no member, from PostgreSQL 16 on, is no membership."""
    alone = Membership("r", "alone", inherits=False, may_switch=False, is_admin=True)
    here = RoleFacts(memberships=(alone, Membership("r", "inside", is_admin=True)))
    roles = [parse_id(f"role {name}") for name in ("r", "alone", "inside")]
    told = list(find_powers(here, RoleFacts(memberships=()), roles))
    assert [(roles[0], FactChange("administers", "alone", ""))] == told
