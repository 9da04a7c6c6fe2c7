"""The operations of a revision one by one, as the workbench shows them and leaves some out."""

import os
from typing import Any

from alembic import command
from alembic.config import Config

from pgcraft.alembic.operations.inspect_ops import leave_out, list_operations
from pgcraft.diff.operation import Operation
from tests.alembic.conftest import HEAD, Walk
from tests.support.roundtrip import lend_process

MODELS = """
products = PGCraftSimple("products", "inventory", metadata, config=config, schema_items=[{}])
PostgRESTView(source=products, grants={})
"""
BEFORE = MODELS.format('Column("name", String), Column("size", String)', '["select"]')
AFTER = MODELS.format('Column("name", String), Column("size", Integer, nullable=False)', '["select", "insert"]')


def look(walk: Walk, *, without: str = "") -> tuple[Operation, ...]:
    """List the operations of the next revision, and write it without some of them."""
    found: list[Operation] = []

    def hook(context: Any, revision: Any, directives: Any) -> None:
        (script,) = directives
        found.extend(list_operations(context, script))
        leave_out(context, script, {item.key for item in found if without and without in item.title})

    with lend_process(walk.trip.project):
        config = Config(str(walk.trip.project.root / "alembic.ini"), stdout=open(os.devnull, "w"))  # noqa: SIM115, PTH123
        command.revision(config, "looked at", autogenerate=True, process_revision_directives=hook)
        config.stdout.close()
    return tuple(found)


def test_each_operation_tells_its_sql_both_ways(walk: Walk) -> None:
    """Alembic's operations and ours are shown alike, in run order."""
    walk.step(BEFORE)
    walk.trip.project.write("models.py", HEAD + AFTER)
    found = look(walk)
    by_title = {item.title: item for item in found}
    retyped = by_title["alter column inventory.products.size"]
    assert any("USING size::text::integer" in sql for sql in retyped.up)
    assert any("VARCHAR" in sql for sql in retyped.down)
    assert {"data loss", "table rewrite", "may fail", "table scan"} == {str(hazard.type) for hazard in retyped.hazards}
    function = by_title["create function api.api_products_insert()"]
    trigger = by_title["create trigger api_products_insert on api.products"]
    assert function.key in trigger.needs
    assert ("DROP FUNCTION api.api_products_insert()",) == function.down
    assert len({item.key for item in found}) == len(found)


def test_a_password_is_said_as_what_it_is(walk: Walk) -> None:
    """ "execute role authenticator" tells nobody what it does; its key, which is written down, stays."""
    walk.trip.project.write("models.py", HEAD + BEFORE)
    (password,) = [item for item in look(walk) if item.verb == "execute"]
    assert "set password of role authenticator" == password.title
    assert password.key.startswith("execute role authenticator ")


def test_an_operation_left_out_comes_again(walk: Walk) -> None:
    """It is in neither direction of the file, and the next revision finds it."""
    walk.step(BEFORE)
    extra = 'PGCraftView("names", "inventory", metadata, query=select(products.table.c.name))'
    walk.trip.project.write("models.py", HEAD + BEFORE + extra + "\nproducts.table.append_column(Column('n', Integer))")
    found = look(walk, without="view inventory.names")
    assert any("inventory.names" in item.title for item in found)
    newest = max(walk.trip.project.revisions, key=lambda path: path.stat().st_mtime_ns)
    assert "inventory.names" not in newest.read_text()
    walk.trip.upgrade()
    assert "inventory.names" in walk.trip.pending()


def test_leaving_out_everything_leaves_nothing(walk: Walk) -> None:
    """Not even a notification that something changed."""
    walk.step(BEFORE)
    walk.trip.project.write("models.py", HEAD + AFTER)
    look(walk, without=" ")
    newest = max(walk.trip.project.revisions, key=lambda path: path.stat().st_mtime_ns)
    assert "op." not in newest.read_text().partition("def upgrade")[2]


def test_a_drop_names_what_others_made_on_it(walk: Walk) -> None:
    """The upgrade would fail on somebody's view; the one who decides must hear of it before."""
    walk.step(BEFORE)
    walk.database.run("CREATE VIEW public.sizes AS SELECT size FROM inventory.products")
    models = MODELS.format('Column("name", String)', '["select"]')
    walk.trip.project.write("models.py", HEAD + models)
    (dropped,) = [item for item in look(walk) if item.title == "drop column inventory.products.size"]
    messages = {str(hazard.type): hazard.message for hazard in dropped.hazards}
    assert "view public.sizes depends on it and is not pgcraft's" == messages["may fail"]
    assert "data loss" in messages
