"""Indexes that are built while others write to the table: PostgreSQL does that outside of a transaction only.

A build that fails leaves an index behind that nobody uses; the next run drops it first.
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, TypeVar

from alembic.autogenerate import renderers
from alembic.autogenerate.render import render_op
from alembic.operations import ops

from pgcraft.alembic.operations.catalog_operations import CatalogOp
from pgcraft.scripts.source import render_alone

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext

_Operation = TypeVar("_Operation", bound=ops.MigrateOperation)

_OPTION = "postgresql_concurrently"


class ConcurrentIndexOp(ops.CreateIndexOp):
    """Builds an index beside the writers."""

    def reverse(self) -> "ConcurrentDropIndexOp":
        """Return the drop beside the writers."""
        return _copy(super().reverse(), ConcurrentDropIndexOp)


class ConcurrentDropIndexOp(ops.DropIndexOp):
    """Drops an index beside the writers, if it is there."""

    def reverse(self) -> ConcurrentIndexOp:
        """Return the build beside the writers."""
        return _copy(super().reverse(), ConcurrentIndexOp)


def settle_concurrency(operation: ops.MigrateOperation, *, is_new: bool) -> ops.MigrateOperation:
    """Return an operation that builds an index beside the writers where there can be any.

    Args:
        is_new: the same revision makes the table: nobody writes to it yet.
    """
    if not isinstance(operation, ops.CreateIndexOp) or not operation.kw.get(_OPTION):
        return operation
    if is_new:
        operation.kw = {name: value for name, value in operation.kw.items() if name != _OPTION}
        return operation
    return _copy(operation, ConcurrentIndexOp)


def list_transactions(operations: Iterable[ops.MigrateOperation]) -> Iterator[tuple[bool, ops.MigrateOperation]]:
    """Return operations, each with whether it is the first of a transaction that is not its own."""
    is_inside = False
    for operation in operations:
        is_apart = _runs_apart(operation)
        yield not is_apart and not is_inside, operation
        is_inside = not is_apart


def _runs_apart(operation: ops.MigrateOperation) -> bool:
    """Whether an operation stands in a block without a transaction."""
    if isinstance(operation, CatalogOp):
        return operation.action.is_alone
    return isinstance(operation, ConcurrentIndexOp | ConcurrentDropIndexOp)


@renderers.dispatch_for(ConcurrentIndexOp)
def render_build(context: "AutogenContext", operation: ConcurrentIndexOp) -> list[str]:
    """Return the block, with the drop of what a build that failed has left."""
    build = _copy(operation, ops.CreateIndexOp)
    return [render_alone([*_render_drop(context, operation.reverse()), *render_op(context, build)])]


@renderers.dispatch_for(ConcurrentDropIndexOp)
def render_drop(context: "AutogenContext", operation: ConcurrentDropIndexOp) -> list[str]:
    """Return the block."""
    return [render_alone(_render_drop(context, operation))]


def _render_drop(context: "AutogenContext", operation: ConcurrentDropIndexOp) -> list[str]:
    drop = _copy(operation, ops.DropIndexOp)
    drop.if_exists = True
    drop.kw = {_OPTION: True}
    return render_op(context, drop)


def _copy(operation: object, class_: type[_Operation]) -> _Operation:
    made = object.__new__(class_)
    vars(made).update(vars(operation))
    return made
