"""What a role administers is told as a list of quoted names, and taken apart as one."""

from pgcraft.catalog.ids import parse_id
from pgcraft.worker.drift_roles import alter_power


def test_a_comma_in_a_name_is_no_end_of_it() -> None:
    statements = alter_power(parse_id("role r"), "administers", '"a, b", gone', '"a, b", "c, d"')
    assert [
        "REVOKE ADMIN OPTION FOR gone FROM r",
        'GRANT "c, d" TO r WITH ADMIN OPTION',
    ] == [statement.sql for statement in statements]
