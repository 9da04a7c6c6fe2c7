"""Resources that are renamed: with the tables, views, functions and triggers that are named after them."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Column, Integer, Text

from pgcraft import pgcraft_build_naming_conventions
from pgcraft.check import PGCraftCheck
from pgcraft.fk import PGCraftFK
from pgcraft.identifiers import quote_qualified
from pgcraft.index import PGCraftIndex
from pgcraft.models import SchemaDefinition, register_schema
from pgcraft.plugins.soft_delete import SoftDeletePlugin
from pgcraft.plugins.updated_at import UpdatedAtPlugin
from tests.changes.cases import Case, Models, each_of
from tests.changes.conftest import Changes
from tests.changes.test_renames import declare_rich
from tests.factories.building import FACTORIES

CONVENTIONS = (pgcraft_build_naming_conventions(),) * 2


def _resource(kind: str, name: str, *, moved: bool = False, **said: Any) -> Callable[[Models], None]:
    def declare(m: Models) -> None:
        schema = f"{m.schema} b" if moved else m.schema
        was = {"renamed_from": (m.schema, name)} if moved else said
        if moved:
            register_schema(m.metadata, SchemaDefinition(name=schema))
        items = [
            Column("label", Text, nullable=False),
            Column("n", Integer, server_default="1"),
            PGCraftCheck("{n} >= 0", "positive"),
            PGCraftIndex(None, "{label}"),
        ]
        plugins = [UpdatedAtPlugin(), SoftDeletePlugin()] if kind == "Simple" else []
        FACTORIES[kind](name, schema, m.metadata, items, extra_plugins=plugins, **was)
        FACTORIES["Simple"](
            "pointing",
            m.schema,
            m.metadata,
            [Column("p", Integer), PGCraftFK({"{p}": f"{name}.id"})] if kind != "Ledger" else [],
        )
        m.view(f"SELECT n FROM {quote_qualified(schema, name)}", name="above")

    return declare


CASES = (
    *(
        Case(
            f"a resource of {kind} is renamed",
            _resource(kind, f"{kind} things"),
            _resource(kind, f"{kind} stuff", renamed_from=f"{kind} things"),
            conventions=CONVENTIONS,
        )
        for kind in FACTORIES
    ),
    *(
        Case(
            f"a resource of {kind} is moved",
            _resource(kind, f"{kind} goods"),
            _resource(kind, f"{kind} goods", moved=True),
            conventions=CONVENTIONS,
        )
        for kind in FACTORIES
    ),
    Case(
        "a table and a column with names by a convention are renamed",
        lambda m: declare_rich(m, "things", "a", is_renamed=False),
        lambda m: declare_rich(m, "stuff", "amount", is_renamed=True),
        conventions=CONVENTIONS,
    ),
)


@each_of(CASES)
def test_a_rename(case: Case, changes: Changes) -> None:
    changes.check(case)
