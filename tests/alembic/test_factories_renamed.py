"""Resources of every factory under other names, with their API views, grants, plugins and an extension of others."""

from pathlib import Path

from tests.alembic.conftest import Walk

AUDIT = Path(__file__).parents[2] / "examples" / "extensions" / "audit"
MODELS = (
    f"""
import sys

sys.path.insert(0, {str(AUDIT)!r})
from pgcraft_audit import AuditExtension

config.use(AuditExtension())
"""
    + """
from pgcraft.factory import PGCraftAppendOnly, PGCraftEAV, PGCraftLedger
from pgcraft.plugins.soft_delete import SoftDeletePlugin
from pgcraft.plugins.updated_at import UpdatedAtPlugin

def name_of(kind, name):
    return kind.__name__.lower() + "_" + name

for kind in (PGCraftSimple, PGCraftAppendOnly, PGCraftEAV, PGCraftLedger):
    items = [Column("label", String, nullable=False), Column("n", Integer, server_default="1"),
             PGCraftCheck("{n} >= 0", "positive"), PGCraftIndex(None, "{label}")]
    plugins = [UpdatedAtPlugin(), SoftDeletePlugin()] if kind is PGCraftSimple else []
    made = kind(name_of(kind, name), "shop", metadata, items, config=config, extra_plugins=plugins,
                **({"renamed_from": name_of(kind, old)} if old else {}))
    PostgRESTView(made, grants=["select", *made.writes])
"""
)


def test_resources_are_renamed_with_their_api(walk: Walk) -> None:
    """All that PostgREST serves follows in one revision, and the next declaration does nothing more."""
    walk.step("name, old = 'things', ''\n" + MODELS)
    revision = walk.step("name, old = 'stuff', 'things'\n" + MODELS)
    assert "drop_table" not in revision
    assert "create_table" not in revision
    assert walk.trip.pending() == ""
    walk.finish()
