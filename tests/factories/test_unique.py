"""What is unique is unique among what is there now, in whatever way it was declared."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from sqlalchemy import Column, Index, Integer, String, UniqueConstraint

from pgcraft import pgcraft_build_naming_conventions
from pgcraft.index import PGCraftIndex
from pgcraft.plugins.soft_delete import SoftDeletePlugin
from tests.factories.building import ENTITIES, Models
from tests.support.databases import Database

WAYS: dict[str, Callable[[], list[Any]]] = {
    "column": lambda: [Column("code", String, unique=True)],
    "constraint": lambda: [Column("code", String), UniqueConstraint("code")],
    "foreign index": lambda: [Column("code", String), Index("ux", "code", unique=True)],
    "index": lambda: [Column("code", String), PGCraftIndex("ux", "{code}", unique=True)],
    "index without a name": lambda: [Column("code", String), PGCraftIndex(None, "{code}", unique=True)],
    "partial index": lambda: [
        Column("code", String),
        PGCraftIndex("ux", "{code}", unique=True, postgresql_where="{n} >= 0"),
    ],
}


@pytest.mark.parametrize("kind", [*ENTITIES, "soft delete"])
def test_a_value_is_taken_as_long_as_its_row_has_it(kind: str, database18: Database, clean_roles18: None) -> None:
    """An update that leaves the value alone once failed on the version before it."""
    models = Models(pgcraft_build_naming_conventions())
    plugins = [SoftDeletePlugin()] if kind == "soft delete" else []
    ways = {way: items for way, items in WAYS.items() if kind != "EAV" or "foreign" not in way}
    for way, items in ways.items():
        declared = [*items(), Column("n", Integer, server_default="0")]
        schema = way.replace(" ", "_")
        factory = "Simple" if plugins else kind
        made = models.declare(factory, "item", declared, schema=schema, extra_plugins=plugins)
        models.expose(made, schema=f"api_{schema}")
    models.create(database18)
    for way in ways:
        schema = f"api_{way}".replace(" ", "_")
        database18.run(f"INSERT INTO {schema}.item (code) VALUES ('a'), ('b'), (NULL), (NULL)")
        database18.run(f"UPDATE {schema}.item SET n = 1 WHERE code = 'a'; UPDATE {schema}.item SET n = 2")
        with pytest.raises(psycopg.errors.UniqueViolation):
            database18.run(f"INSERT INTO {schema}.item (code) VALUES ('a')")
        database18.run(f"DELETE FROM {schema}.item WHERE code = 'a'; INSERT INTO {schema}.item (code) VALUES ('a')")
        database18.run(f"UPDATE {schema}.item SET code = 'c' WHERE code = 'b'")
        database18.run(f"INSERT INTO {schema}.item (code) VALUES ('b')")
