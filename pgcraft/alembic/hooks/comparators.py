"""pgcraft as a plugin of Alembic's autogenerate."""

import warnings
from collections.abc import Iterable
from typing import TYPE_CHECKING

from alembic.util import DispatchPriority, PriorityDispatchResult
from sqlalchemy import Column, Computed, Identity, MetaData, Table
from sqlalchemy.exc import SAWarning

from pgcraft import garbage
from pgcraft.alembic.comparing.autogenerate import compare_everything
from pgcraft.alembic.hooks.directives import COMPARED
from pgcraft.alembic.hooks.reflection import add_stubs, fill_reflection_cache
from pgcraft.catalog.objects import Catalog
from pgcraft.introspect import read_catalog

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext
    from alembic.operations.ops import AlterColumnOp, UpgradeOps
    from alembic.runtime.plugins import Plugin

_WIDENED = "pgcraft_widened"
_STUBS = "pgcraft_stubs"
_CURRENT = "pgcraft_current"
_PASSED_OVER = "pgcraft_passed_over"


def setup(plugin: "Plugin") -> None:
    """Add our comparisons to a plugin: before Alembic's and after them."""
    first, last = DispatchPriority.FIRST, DispatchPriority.LAST
    plugin.add_autogenerate_comparator(include_schemas, "autogenerate", "pgcraft", priority=first)
    plugin.add_autogenerate_comparator(prepare, "schema", "pgcraft", priority=first)
    plugin.add_autogenerate_comparator(compare, "schema", "pgcraft", priority=last)
    plugin.add_autogenerate_comparator(pass_over_expressions, "column", "server_default", priority=first)


def include_schemas(context: "AutogenContext", operations: "UpgradeOps") -> PriorityDispatchResult:  # noqa: ARG001
    """Make Alembic look into the schemas that the models use where ``env.py`` forgot ``include_schemas=True``."""
    context.opts[_PASSED_OVER] = garbage.pass_over()  # the models live on
    context.opts[COMPARED] = True
    context.opts[_STUBS] = tuple(stub for metadata in list_metadata(context) for stub in add_stubs(metadata))
    _sort_tables_quietly(context)
    if not context.opts.get("include_schemas") and _used_schemas(context) - {None}:
        context.opts["include_schemas"] = context.opts[_WIDENED] = True
    return PriorityDispatchResult.CONTINUE


def _sort_tables_quietly(context: "AutogenContext") -> None:
    """Let Alembic sort and keep the tables now: SQLAlchemy warns of rings, which we take apart."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SAWarning)
        context.sorted_tables  # noqa: B018  asking for it is what sorts


def prepare(
    context: "AutogenContext",
    operations: "UpgradeOps",  # noqa: ARG001
    schemas: set[str | None],
) -> PriorityDispatchResult:
    """Read all tables at once; look only into the schemas of the models where we widened the search ourselves."""
    if context.opts.get(_WIDENED):
        schemas &= _used_schemas(context) | {None}
    current = context.opts[_CURRENT] = _read(context)
    fill_reflection_cache(context.inspector, schemas, current)
    return PriorityDispatchResult.CONTINUE


def _read(context: "AutogenContext") -> Catalog:
    if context.connection is None:
        raise TypeError("autogenerate needs a connection")
    with garbage.paused():
        return read_catalog(context.connection, is_linked=False)


def compare(
    context: "AutogenContext",
    operations: "UpgradeOps",
    schemas: set[str | None],  # noqa: ARG001
) -> PriorityDispatchResult:
    """Add what Alembic does not see, and bring everything into one order."""
    stubs: tuple[Table, ...] = context.opts.pop(_STUBS, ())
    for stub in stubs:
        stub.metadata.remove(stub)
    default = context.dialect.default_schema_name
    names = frozenset((None if stub.schema == default else stub.schema, str(stub.name)) for stub in stubs)
    current: Catalog = context.opts.pop(_CURRENT)
    operations.ops[:] = compare_everything(context, list_metadata(context), current, operations.ops, stubs=names)
    if context.opts.pop(_PASSED_OVER):
        garbage.look_again()
    return PriorityDispatchResult.CONTINUE


def pass_over_expressions(
    context: "AutogenContext",  # noqa: ARG001
    operation: "AlterColumnOp",  # noqa: ARG001
    schema: str | None,  # noqa: ARG001
    table_name: str,  # noqa: ARG001
    column_name: str,  # noqa: ARG001
    current: Column[object],
    wanted: Column[object],
) -> PriorityDispatchResult:
    """Keep Alembic from generated and identity columns: it cannot change the one and alters the other wrongly."""
    defaults = (current.server_default, wanted.server_default)
    if any(isinstance(default, Computed | Identity) for default in defaults):
        return PriorityDispatchResult.STOP
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
