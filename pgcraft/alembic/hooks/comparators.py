"""pgcraft as a plugin of Alembic's autogenerate."""

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from alembic.util import DispatchPriority, PriorityDispatchResult
from sqlalchemy import MetaData
from sqlalchemy.dialects import postgresql

from pgcraft import garbage
from pgcraft.alembic.comparing.autogenerate import compare_everything
from pgcraft.alembic.hooks.directives import COMPARED
from pgcraft.introspect import reading_ahead

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext
    from alembic.operations.ops import UpgradeOps
    from alembic.runtime.plugins import Plugin

_WIDENED = "pgcraft_widened"
_PASSED_OVER = "pgcraft_passed_over"


def setup(plugin: "Plugin") -> None:
    """Put our comparison into a plugin, in the place of Alembic's own of tables, for PostgreSQL alone."""
    first, last = DispatchPriority.FIRST, DispatchPriority.LAST
    add = partial(plugin.add_autogenerate_comparator, qualifier=postgresql.dialect.name)
    add(include_schemas, "autogenerate", "pgcraft", priority=first)
    add(stand_in, "schema", "tables", priority=first)
    add(compare, "schema", "pgcraft", priority=last)


def include_schemas(context: "AutogenContext", operations: "UpgradeOps") -> PriorityDispatchResult:  # noqa: ARG001
    """Make Alembic look into the schemas that the models use where ``env.py`` forgot ``include_schemas=True``."""
    context.opts[_PASSED_OVER] = garbage.pass_over()  # the models live on
    context.opts[COMPARED] = True
    context.table_key_to_table  # noqa: B018  asking for it is what refuses tables that two MetaData objects have
    if not context.opts.get("include_schemas") and _used_schemas(context) - {None}:
        context.opts["include_schemas"] = context.opts[_WIDENED] = True
    return PriorityDispatchResult.CONTINUE


def stand_in(
    context: "AutogenContext",  # noqa: ARG001
    operations: "UpgradeOps",  # noqa: ARG001
    schemas: set[str | None],  # noqa: ARG001
) -> PriorityDispatchResult:
    """Keep Alembic's comparison of tables from running: ours sees them, too."""
    return PriorityDispatchResult.STOP


def compare(
    context: "AutogenContext",
    operations: "UpgradeOps",
    schemas: set[str | None],
) -> PriorityDispatchResult:
    """Add what leads from the database to the models, in one order."""
    if context.connection is None:
        raise TypeError("autogenerate needs a connection")
    asked = schemas & {None} if context.opts.get(_WIDENED) else schemas
    with garbage.paused(), reading_ahead(context.connection) as read:
        operations.ops[:0] = compare_everything(context, context.connection, list_metadata(context), read, asked)
        if context.opts.pop(_PASSED_OVER):
            garbage.look_again()
    return PriorityDispatchResult.CONTINUE


def _used_schemas(context: "AutogenContext") -> set[str | None]:
    """Return the schemas of the models' tables, None for the database's default one."""
    default = context.dialect.default_schema_name
    named = {table.schema for metadata in list_metadata(context) for table in metadata.tables.values()}
    return {None if schema == default else schema for schema in named}


def list_metadata(context: "AutogenContext") -> Iterable[MetaData]:
    """Return the MetaData objects of ``target_metadata``."""
    found = context.metadata
    return [found] if isinstance(found, MetaData) else list(found or ())
