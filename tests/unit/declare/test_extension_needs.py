"""A view of an extension that no config uses would be shown by every command and be served to nobody."""

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, select

from pgcraft.config import PGCraftConfig
from pgcraft.configure import pgcraft_configure_metadata
from pgcraft.declarative import register
from pgcraft.errors import PGCraftValidationError
from pgcraft.extensions.postgrest import PostgRESTExtension, PostgRESTView
from pgcraft.factory import PGCraftAppendOnly, PGCraftEAV, PGCraftLedger, PGCraftSimple, ResourceFactory
from pgcraft.installed.disabled import override_disabled
from pgcraft.models.declarations import get_declarations
from pgcraft.views.view import PGCraftView

FACTORIES = (PGCraftSimple, PGCraftAppendOnly, PGCraftEAV, PGCraftLedger)


def plain() -> PGCraftConfig:
    return PGCraftConfig(auto_discover=False)


def make_view(metadata: MetaData) -> PGCraftView:
    table = Table("t", metadata, Column("id", Integer, primary_key=True), schema="app")
    return PGCraftView("v", "app", metadata, select(table.c.id))


@pytest.mark.parametrize("factory", FACTORIES)
def test_the_call_says_that_the_extension_is_missing(factory: type[ResourceFactory]) -> None:
    """`api` printed `anon: GET`, `verify` tried nothing, and no grant existed."""
    metadata = MetaData()
    made = factory("things", "app", metadata, [Column("n", Integer)], config=plain())
    with pytest.raises(PGCraftValidationError, match="belongs to the extension postgrest") as caught:
        PostgRESTView(made)
    assert "PGC134" == caught.value.code
    assert caught.value.place
    assert caught.value.place.file.endswith("test_extension_needs.py")
    assert "config.use(PostgRESTExtension())" in caught.value.remedy
    assert () == get_declarations(metadata).resources.all()


def test_a_registered_class_says_so_too() -> None:
    with pytest.raises(PGCraftValidationError, match="extension postgrest"):

        @register(metadata=MetaData(), schema="app", config=plain(), api={"grants": ["select"]})
        class Things:
            __tablename__ = "things"
            n = Column(Integer)


def test_a_view_asks_the_configs_that_are_known() -> None:
    """It has no config of its own."""
    metadata = MetaData()
    PGCraftSimple("things", "app", metadata, [Column("n", Integer)], config=plain())
    view = make_view(metadata)
    with pytest.raises(PGCraftValidationError, match="extension postgrest"):
        PostgRESTView(view)
    PGCraftSimple("others", "app", metadata, [Column("n", Integer)], config=plain().use(PostgRESTExtension()))
    PostgRESTView(view)


def test_a_config_that_comes_with_the_configuration_is_in_time() -> None:
    """No factory of the models needs to know it."""
    metadata = MetaData()
    PostgRESTView(make_view(metadata))
    PostgRESTView(PGCraftSimple("things", "app", metadata, [Column("n", Integer)]))
    pgcraft_configure_metadata(metadata, plain().use(PostgRESTExtension()))
    assert get_declarations(metadata).grants.all()


def test_a_configuration_without_it_names_the_call() -> None:
    metadata = MetaData()
    PostgRESTView(make_view(metadata))
    with pytest.raises(PGCraftValidationError, match="extension postgrest") as caught:
        pgcraft_configure_metadata(metadata, plain())
    assert caught.value.place
    assert caught.value.place.subject == 'PostgRESTView("v")'


@pytest.mark.parametrize("config", [plain(), plain().use(PostgRESTExtension())], ids=["unused", "used"])
def test_switched_off_the_view_is_not_there_and_nothing_fails(config: PGCraftConfig) -> None:
    metadata = MetaData()
    with override_disabled(["postgrest"]):
        PostgRESTView(PGCraftSimple("things", "app", metadata, [Column("n", Integer)], config=config))
        pgcraft_configure_metadata(metadata, config)
    assert () == get_declarations(metadata).resources.all()
