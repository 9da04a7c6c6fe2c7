"""From our operations to lines of a revision file; see ``source`` for how a statement is written."""

import re
from collections.abc import Callable, Sequence
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Literal

from alembic.autogenerate import renderers
from alembic.autogenerate.render import render_op
from alembic.operations import ops
from sqlalchemy.types import TypeDecorator

from pgcraft.alembic.operations.catalog_operations import CatalogOp
from pgcraft.alembic.operations.frame import is_framing
from pgcraft.diff.timeouts import limit_statements
from pgcraft.scripts.headers import render_marker
from pgcraft.scripts.source import DEDENT_IMPORT, DEDENTED_CALL, render_alone, render_execute

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext

_render_table = renderers.dispatch(ops.CreateTableOp)
_render_plainly: Callable[..., list[str]] = renderers.dispatch(ops.ModifyTableOps)


@renderers.dispatch_for(CatalogOp)
def render_catalog_operation(context: "AutogenContext", operation: CatalogOp) -> list[str]:
    """Return an operation's marker and calls as one text; nothing when another operation implies it."""
    action = operation.action
    if not action.up:
        return []
    is_alone = action.is_alone
    statements = limit_statements(action.up, action.id, context.opts) if is_alone else action.up
    calls = [render_execute(sql) for sql in statements]
    if any(call.startswith(DEDENTED_CALL) for call in calls):
        context.imports.add(DEDENT_IMPORT)
    lines = (render_marker(action.verb, action.id, action.origins), *calls)
    return ["\n" + (render_alone(lines) if is_alone else "\n".join(lines))]


@renderers.dispatch_for(ops.CreateTableOp, replace=True)
def render_table(context: "AutogenContext", operation: ops.CreateTableOp) -> str:
    """Return Alembic's text, without the comma that it writes for the columns of a table that has none."""
    return re.sub(r"\A([^\n]*),\n,\n", r"\1,\n", _render_table(context, operation))


@renderers.dispatch_for(ops.ModifyTableOps, replace=True)
def render_alterations(context: "AutogenContext", operation: ops.ModifyTableOps) -> list[str]:
    """Return Alembic's text; SQL stands beside its batches, for in one it would run before the rest of that."""
    if not context.opts.get("render_as_batch"):
        return _render_plainly(context, operation)
    lines = []
    for is_sql, found in groupby(_tell_sql(operation.ops), key=itemgetter(0)):
        run = [each for _, each in found]
        if is_sql:
            lines += [line for each in run for line in render_op(context, each)]
        else:
            lines += _render_plainly(context, ops.ModifyTableOps(operation.table_name, run, schema=operation.schema))
    return lines


def _tell_sql(operations: Sequence[ops.MigrateOperation]) -> list[tuple[bool, ops.MigrateOperation]]:
    """Return each operation with whether it is SQL; a comment is what stands beneath it."""
    found: list[tuple[bool, ops.MigrateOperation]] = []
    is_sql = True
    for each in reversed(operations):
        is_sql = is_sql if is_framing(each) else isinstance(each, CatalogOp)
        found.append((is_sql, each))
    return found[::-1]


def pgcraft_render_item(kind: str, item: Any, context: "AutogenContext") -> str | Literal[False]:
    """Alembic's ``render_item`` hook: write types that pgcraft made as the SQLAlchemy types behind them.

    Returns:
        Python source, or False for everything that Alembic is to write by itself.
    """
    if kind == "type" and isinstance(item, TypeDecorator) and type(item).__module__.startswith("pgcraft."):
        text = repr(item.impl_instance)
        if type(item.impl_instance).__module__.startswith("sqlalchemy.dialects.postgresql"):
            context.imports.add("from sqlalchemy.dialects import postgresql")
            return f"postgresql.{text}"
        return f"sa.{text}"
    return False
