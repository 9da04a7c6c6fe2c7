"""Statistics objects."""

from sqlalchemy import MetaData

from pgcraft.models import (
    StatisticsDefinition,
    ViewDefinition,
    register_statistics,
    register_view,
)
from tests.acceptance.cases.registry import case, make_table


@case
def statistics(metadata: MetaData) -> None:
    make_table(metadata, schema="known")
    register_view(
        metadata,
        ViewDefinition(schema="known", name="kept", query="SELECT id, name FROM known.products", is_materialized=True),
    )
    for name, facts in (
        ('a "b"', {"columns": ("price", "name", "id"), "kinds": ("mcv", "ndistinct"), "target": 7, "comment": "it's"}),
        ("all", {"columns": ("id", "name")}),
        ("one", {"expressions": ("lower(name)",)}),
        ("mixed", {"columns": ("id",), "expressions": ("(price + 1)", "name || 'x'"), "kinds": "dependencies"}),
    ):
        register_statistics(
            metadata,
            StatisticsDefinition(schema="known", table="products", name=name, **facts),  # type: ignore[arg-type]
        )
    register_statistics(
        metadata, StatisticsDefinition(schema="known", table="kept", name="of view", columns=["id", "name"])
    )
