import pytest
from pgcraft_tenancy import TenancyExtension
from sqlalchemy import Column, MetaData, String

from pgcraft.collect import collect
from pgcraft.config import PGCraftConfig
from pgcraft.configure import pgcraft_configure_metadata
from pgcraft.errors import PGCraftValidationError
from pgcraft.extensions.postgrest import PostgRESTExtension, PostgRESTView
from pgcraft.factory import PGCraftSimple


def test_every_table_has_a_policy_and_the_role_its_grants():
    metadata = MetaData()
    config = PGCraftConfig(auto_discover=False).use(PostgRESTExtension(), TenancyExtension())
    notes = PGCraftSimple("notes", "app", metadata, [Column("body", String)], config=config)
    PostgRESTView(notes, grants=["select", "insert"])
    pgcraft_configure_metadata(metadata, config)
    made = {str(item.id) for item in collect(metadata).objects}
    assert {"policy tenant on app.notes", "role tenant", "grant on view api.notes to tenant"} <= made


def test_without_postgrest_it_says_what_is_missing():
    with pytest.raises(PGCraftValidationError, match="postgrest"):
        _ = PGCraftConfig(auto_discover=False).use(TenancyExtension()).all_plugins
