"""Files for others."""

from sqlalchemy import Column, ForeignKey, Integer, MetaData, Numeric, Table, select

from pgcraft.catalog.codec import load_catalog
from pgcraft.catalog.objects import Catalog
from pgcraft.collect import collect
from pgcraft.export import export_json, export_sql
from pgcraft.export.erd.draw import TABLES, draw
from pgcraft.export.erd.mermaid import export_mermaid
from pgcraft.models import ViewDefinition, register_view


def make_catalog() -> Catalog:
    metadata = MetaData()
    Table("customers", metadata, Column("id", Integer, primary_key=True), schema="sales")
    orders = Table(
        "orders",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("customer id", ForeignKey("sales.customers.id"), nullable=False),
        Column("total", Numeric(10, 2), unique=True),
        schema="sales",
    )
    view = ViewDefinition(schema="api", name='odd"name', query=select(orders.alias("o").c.total))
    register_view(metadata, view)
    return collect(metadata)


def test_the_diagram_shows_tables_views_and_what_they_point_to() -> None:
    assert (
        export_mermaid(draw(make_catalog()))
        == """\
erDiagram
    "sales.customers" {
        integer id PK
    }
    "sales.orders" {
        integer id PK
        integer customer_id FK "not null"
        numeric(10-2) total UK
    }
    "api.odd_name" {
        numeric(10-2) total
    }
    "sales.orders" }o--|| "sales.customers" : "customer id"
    "api.odd_name" ||..|| "sales.orders" : "reads"
"""
    )


def test_the_diagram_can_do_without_views() -> None:
    assert "api" not in export_mermaid(draw(make_catalog(), TABLES))


def test_the_json_is_read_back_exactly() -> None:
    assert make_catalog() == load_catalog(export_json(make_catalog()))


def test_the_script_is_one_transaction_and_its_title_cannot_leave_its_line() -> None:
    script = export_sql(Catalog(), title="of shop\nDROP TABLE x; --")
    assert "-- of shop\\u00000aDROP TABLE x; --\nBEGIN;" in script
    assert script.endswith("COMMIT;\n")
