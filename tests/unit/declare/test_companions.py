"""Plugins that bring others: one name for the user, two steps in the order."""

from collections.abc import Sequence

import pytest
from sqlalchemy import Column, MetaData, Table, Text

from pgcraft.collect import collect
from pgcraft.config import PGCraftConfig
from pgcraft.errors import PGCraftPluginError
from pgcraft.factory import FactoryContext, PGCraftSimple
from pgcraft.models import SchemaDefinition, register_schema
from pgcraft.plugin import MinPGVersion, Plugin, produces, requires


@produces("mark_column")
class MarkPlugin(Plugin):
    """Adds a column, and its companion looks at the table that has it."""

    def companions(self) -> Sequence[Plugin]:
        return [CountPlugin()]

    def run(self, ctx: FactoryContext) -> None:
        ctx.injected_columns.append(Column("mark", Text))
        ctx["mark_column"] = "mark"


@requires("table", "mark_column", MinPGVersion(17))
@produces("counted")
class CountPlugin(Plugin):
    def run(self, ctx: FactoryContext) -> None:
        table: Table = ctx["table"]
        ctx["counted"] = len(table.columns)
        register_schema(ctx.metadata, SchemaDefinition(name="of_the_companion"))


def test_a_companion_runs_where_its_own_needs_put_it() -> None:
    made = PGCraftSimple("t", "app", MetaData(), [Column("a", Text)], extra_plugins=[MarkPlugin()])
    assert [column.name for column in made.table.columns] == ["id", "mark", "a"]
    assert made.ctx["counted"] == 3


def test_what_a_companion_makes_is_its_plugins() -> None:
    """The user named one plugin, and looks for its name."""
    metadata = MetaData()
    PGCraftSimple("t", "app", metadata, [], config=PGCraftConfig(auto_discover=False).register(MarkPlugin()))
    (schema,) = (item for item in collect(metadata).objects if item.id.name == "of_the_companion")
    assert [origin.name for origin in schema.origins] == ['PGCraftSimple("t")', "MarkPlugin"]


def test_what_is_no_plugin_is_no_companion() -> None:
    class Careless(Plugin):
        def companions(self) -> Sequence[Plugin]:
            return [CountPlugin]  # type: ignore[list-item]

        def run(self, ctx: FactoryContext) -> None:
            pass

    metadata = MetaData()
    with pytest.raises(PGCraftPluginError, match="PGC201: CountPlugin is a plugin class") as caught:
        PGCraftSimple("t", "app", metadata, [], extra_plugins=[Careless()])
    assert "test_companions.py" in str(caught.value.place)
    assert not metadata.tables
