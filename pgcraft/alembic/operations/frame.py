"""What stands around the operations of a revision: the server it needs, what is kept and put back, the notification."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from alembic.operations.ops import DowngradeOps, MigrationScript, UpgradeOps

from pgcraft.alembic.operations.catalog_operations import FRAME, NotifyOp, ServerNeedOp
from pgcraft.alembic.operations.standing import enclose, enclose_replaced

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationContext


def frame(context: "MigrationContext", script: MigrationScript) -> None:
    """Put around the operations of a revision what belongs around them, instead of what stands there."""
    _frame(context, script.upgrade_ops_list)
    _frame(context, script.downgrade_ops_list)


def _frame(context: "MigrationContext", containers: Iterable[UpgradeOps | DowngradeOps]) -> None:
    for container in containers:
        others = [operation for operation in container.ops if not isinstance(operation, FRAME)]
        needs = [item for item in container.ops if isinstance(item, ServerNeedOp) and not item.is_downgrade]
        notifications = [operation for operation in container.ops if isinstance(operation, NotifyOp)]
        kept = enclose_replaced(enclose(others, context))
        container.ops[:] = [*needs[:1], *kept, *notifications[:1]] if others else []
