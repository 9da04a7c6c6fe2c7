from pgcraft_nanoid import NanoIDExtension
from sqlalchemy import Column, MetaData, String

from pgcraft.config import PGCraftConfig
from pgcraft.factory import PGCraftSimple


def test_a_key_is_text_with_a_default_that_the_server_makes():
    config = PGCraftConfig(auto_discover=False).use(NanoIDExtension())
    notes = PGCraftSimple("notes", "app", MetaData(), [Column("body", String)], config=config)
    key = notes.table.c.id
    assert key.primary_key
    assert str(key.server_default.arg) == "nanoid.make(21)"
