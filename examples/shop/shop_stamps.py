"""An extension of the shop's own: every table knows when a row came and when it last changed."""

from dataclasses import dataclass

from sqlalchemy import Column, DateTime, MetaData, func

from pgcraft.extension import PGCraftExtension
from pgcraft.factory import FactoryContext
from pgcraft.models import (
    GeneratedFunction,
    SchemaDefinition,
    TriggerDefinition,
    register_function,
    register_schema,
    register_trigger,
)
from pgcraft.plugin import Plugin
from pgcraft.plugins.created_at import CreatedAtPlugin

TOUCH = ("shop", "touch_updated_at")


class UpdatedAtPlugin(Plugin):
    """Adds `updated_at`, and a trigger that sets it on every update."""

    def run(self, ctx: FactoryContext) -> None:
        ctx.injected_columns.append(
            Column("updated_at", DateTime(timezone=True), nullable=False, server_default=func.now())
        )
        register_trigger(
            ctx.metadata,
            TriggerDefinition(
                schema=ctx.schemaname,
                relation=ctx.tablename,
                name="touch_updated_at",
                timing="before",
                events=("update",),
                function=TOUCH,
            ),
        )


@dataclass
class StampsExtension(PGCraftExtension):
    """`created_at` and `updated_at` on every table that is made with it."""

    name: str = "stamps"

    def plugins(self) -> list[Plugin]:
        return [CreatedAtPlugin(), UpdatedAtPlugin()]

    def configure_metadata(self, metadata: MetaData) -> None:
        schema, name = TOUCH
        register_schema(metadata, SchemaDefinition(name=schema))
        register_function(
            metadata,
            GeneratedFunction(
                schema=schema,
                name=name,
                body="\nBEGIN\n    NEW.updated_at := now();\n    RETURN NEW;\nEND;\n",
            ),
        )
