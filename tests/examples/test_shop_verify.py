"""`pgcraft verify` on the shop: all holds, and a grant broken by hand is found and named."""

import json
import re

from tests.support.projects import Project


def test_every_operation_holds(shop: Project) -> None:
    """Each role × view × operation, granted and refused ones, really tried."""
    answer = json.loads(shop.pgcraft("verify", "--json").stdout)
    checks = answer["checks"]
    assert len(checks) > 20
    assert {check["expected"] for check in checks} == {"allowed", "refused"}
    assert [check for check in checks if (check["expected"] == "allowed") != (check["seen"] == "allowed")] == []


def test_a_grant_broken_by_hand_is_named(shop: Project) -> None:
    """A migration that forgets one privilege looks right in every diff; only trying finds it."""
    grant = re.compile(r"GRANT (?=[A-Z, ]*\bUPDATE\b)([A-Z, ]+) ON (?:TABLE )?api\.orders TO anon")
    broken = 0
    for path in shop.revisions:
        text, count = grant.subn("GRANT SELECT, INSERT ON api.orders TO anon", path.read_text())
        path.write_text(text)
        broken += count
    assert broken
    done = shop.pgcraft("verify", check=False)
    assert done.status == 1
    assert re.search(r"anon.*api\.orders.*update|update.*api\.orders", done.output)
