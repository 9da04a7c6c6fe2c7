"""`pgcraft verify` on the shop: all holds, and what is broken by hand is found and named."""

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


POLICY = """
from pgcraft.models.definitions import PolicyDefinition  # noqa: E402
from pgcraft.models.register import register_policy  # noqa: E402

register_policy(
    metadata,
    PolicyDefinition(
        schema="sales",
        table="customers",
        name="own",
        using="email = current_setting('request.jwt.claims', true)::json->>'email'",
    ),
)
"""
IDENTITIES = "".join(
    f'\n[[tool.pgcraft.verify]]\nrole = "anon"\nclaims = {{ email = "{name}@example.com" }}\n' for name in ("a", "b")
)
BROKEN = """
    op.execute("ALTER POLICY own ON sales.customers USING (true)")
    op.execute("GRANT TRUNCATE ON api.products TO anon")
    op.execute("REVOKE UPDATE ON api.orders FROM anon")
    op.execute("ALTER DEFAULT PRIVILEGES IN SCHEMA api GRANT INSERT ON TABLES TO anon")
    op.execute("CREATE FUNCTION sales.peek() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT 1::bigint'")


def downgrade"""


def test_what_is_broken_by_hand_fails_each_time_and_is_named(shop: Project) -> None:
    """A policy, a grant too many, one too few, a default privilege, a definer function without a path."""
    for name, more in (("models.py", POLICY), ("pyproject.toml", IDENTITIES)):
        path = shop.root / name
        path.write_text(path.read_text() + more)
    shop.pgcraft("revision", "-m", "customers keep to themselves", "--no-prove")
    assert shop.pgcraft("verify").status == 0
    newest = max(shop.revisions, key=lambda path: path.stat().st_mtime_ns)
    newest.write_text(newest.read_text().replace("\n\ndef downgrade", BROKEN, 1))
    done = shop.pgcraft("verify", "--failing", check=False)
    assert done.status == 1
    failed = "\n".join(line for line in done.stdout.splitlines() if line.startswith("FAIL"))
    assert "policy own on sales.customers differs from the declared one" in failed
    assert "anon holds TRUNCATE on view api.products" in failed
    assert "anon  update  view api.orders  expected allowed, seen refused" in failed
    assert "anon gets INSERT on tables that pgcraft_deployer makes in schema api" in failed
    assert "function sales.peek() is SECURITY DEFINER without a search_path that ends in pg_temp" in failed
    assert re.search(r"anon \{.*b@.*\}  see rows of anon \{.*a@.*\}  view api\.customers", failed)
