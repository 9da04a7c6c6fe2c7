from pgcraft_audit import AuditExtension
from sqlalchemy import Column, MetaData, String

from pgcraft.collect import collect
from pgcraft.config import PGCraftConfig
from pgcraft.factory import PGCraftAppendOnly, PGCraftSimple


def collect_with_audit(factory):
    metadata = MetaData()
    config = PGCraftConfig(auto_discover=False).use(AuditExtension())
    factory("notes", "app", metadata, [Column("body", String)], config=config)
    return collect(metadata)


def test_what_the_extension_makes_is_known_as_its():
    catalog = collect_with_audit(PGCraftSimple)
    owned = {str(item.id) for item in catalog.objects if any(origin.name == "audit" for origin in item.origins)}
    assert {"table app.notes_audit", "function app.notes_audit()", "trigger notes_audit on app.notes"} <= owned


def test_an_append_only_resource_is_audited_at_its_log():
    catalog = collect_with_audit(PGCraftAppendOnly)
    assert "trigger notes_audit on app.notes_attributes" in {str(item.id) for item in catalog.objects}
