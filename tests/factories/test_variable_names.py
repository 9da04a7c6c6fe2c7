"""Columns may bear the names of the variables that the resources' functions use."""

import pytest
from sqlalchemy import Column, Computed, ForeignKey, Integer, Table

from pgcraft.check import PGCraftCheck
from tests.factories.building import ENTITIES, Models
from tests.support.databases import Database

NAMES = (
    "latest",
    "changes",
    "version_id",
    "starts_at",
    "caller",
    "statement",
    "key_is_given",
    "t",
    "a",
    "r",
    "e",
    "v",
    "found",
    "logged",
    "row_count",
    "seen",
    "new",
    "old",
)


@pytest.mark.parametrize("kind", ENTITIES)
def test_a_column_may_be_named_as_a_variable(kind: str, database18: Database, clean_roles18: None) -> None:
    """PL/pgSQL would find the reference ambiguous, and only when the function runs."""
    models = Models()
    items = [Column(name, Integer) for name in NAMES]
    checks = [PGCraftCheck(f"{{{name}}} >= 0", f"check_{name}") for name in NAMES]
    total = Column("total", Integer, Computed(" + ".join(f'"{name}"' for name in NAMES), persisted=True))
    models.expose(models.declare(kind, "item", [*items, total, *checks]))
    models.create(database18)
    listed = ", ".join(f'"{name}"' for name in NAMES)
    twice = "(VALUES (3), (4)) AS x (y)"
    for schema in ("shop", "api"):
        ones = ", ".join("1" for _ in NAMES)
        database18.run(f"INSERT INTO {schema}.item ({listed}) VALUES ({ones})")
        database18.run(f"UPDATE {schema}.item SET " + ", ".join(f'"{name}" = 2' for name in NAMES))
        assert database18.rows(f"SELECT total FROM {schema}.item") == [(2 * len(NAMES),)]
        database18.run(f'UPDATE {schema}.item AS x_ SET "t" = x.y FROM {twice}')
        database18.run(f"DELETE FROM {schema}.item")


@pytest.mark.parametrize("kind", ENTITIES)
def test_a_foreign_key_may_be_named_as_a_variable(kind: str, database18: Database, clean_roles18: None) -> None:
    """The tables of an entity-attribute-value resource have such a column themselves."""
    models = Models()
    Table("target", models.metadata, Column("id", Integer, primary_key=True), schema="shop")
    items = [Column(name, Integer, ForeignKey("shop.target.id", ondelete="SET NULL")) for name in NAMES]
    models.expose(models.declare(kind, "item", [*items, Column("note", Integer)]))
    models.create(database18)
    database18.run("INSERT INTO shop.target VALUES (1), (2)")
    listed = ", ".join(f'"{name}"' for name in NAMES)
    for schema in ("shop", "api"):
        database18.run(f"INSERT INTO {schema}.item ({listed}) VALUES ({', '.join('1' for _ in NAMES)})")
        changes = ", ".join(f'"{name}" = x.y' for name in NAMES)
        database18.run(f"UPDATE {schema}.item SET {changes}, note = x.y FROM (VALUES (2), (1)) AS x (y)")
        database18.run(f"UPDATE {schema}.item SET note = 5")
        assert database18.rows(f"SELECT changes, seen, note FROM {schema}.item") == [(2, 2, 5)]
        database18.run(f"DELETE FROM {schema}.item")
