"""The password of a role, set from an environment variable."""

from typing import TYPE_CHECKING

from alembic.autogenerate import renderers
from alembic.operations.ops import MigrateOperation

from pgcraft.catalog.objects import ObjectId
from pgcraft.scripts.passwords import IMPORTS, render_password

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext


class RolePasswordOp(MigrateOperation):
    """Sets a role's password from an environment variable; a role that others made keeps its own.

    Args:
        role_id: the role.
        variable: name of the environment variable; nothing happens where it is not set, and offline.
    """

    def __init__(self, role_id: ObjectId, variable: str, *, is_downgrade: bool = False) -> None:
        self.role_id = role_id
        self.variable = variable
        self.is_downgrade = is_downgrade

    def reverse(self) -> "RolePasswordOp":
        """Return what undoes it: nothing, for the role goes with what made it."""
        return RolePasswordOp(self.role_id, self.variable, is_downgrade=not self.is_downgrade)

    def to_diff_tuple(self) -> tuple[str, str]:
        """Return what ``alembic check`` prints."""
        return ("pgcraft password", str(self.role_id))


@renderers.dispatch_for(RolePasswordOp)
def render_password_operation(context: "AutogenContext", operation: RolePasswordOp) -> list[str]:
    """Return the lines that set the password; none for the downgrade."""
    if operation.is_downgrade:
        return []
    context.imports.update(IMPORTS)
    return [render_password(operation.role_id, operation.variable)]
