"""The cases by name, and what several of them begin with."""

from collections.abc import Callable

from sqlalchemy import (
    Column,
    Integer,
    MetaData,
    Numeric,
    String,
    Table,
)

from pgcraft.models import (
    FunctionDefinition,
    register_function,
)

Case = Callable[[MetaData], None]
CASES: dict[str, Case] = {}

TRIGGER_BODY = "\nBEGIN\n  RETURN NEW;\nEND\n"


def case(build: Case) -> Case:
    CASES[build.__name__] = build
    return build


def make_table(metadata: MetaData, name: str = "products", schema: str | None = "inventory") -> Table:
    return Table(
        name,
        metadata,
        Column("id", Integer, primary_key=True),
        Column("name", String, nullable=False),
        Column("price", Numeric(10, 2)),
        schema=schema,
    )


def add_trigger_function(metadata: MetaData, name: str = "touch", schema: str = "inventory") -> tuple[str, str]:
    register_function(metadata, FunctionDefinition(schema=schema, name=name, returns="trigger", body=TRIGGER_BODY))
    return (schema, name)
