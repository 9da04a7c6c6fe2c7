"""Our operations in Alembic's stream: what is done to one object, as SQL, both ways."""

from dataclasses import replace

from alembic.operations.ops import MigrateOperation

from pgcraft.diff.actions import Action

NOTIFICATION = "NOTIFY pgrst, 'reload schema'"
"""What makes a running PostgREST read the schema anew, once the transaction is committed."""


class CatalogOp(MigrateOperation):
    """One action on one object."""

    def __init__(self, action: Action) -> None:
        self.action = action

    def reverse(self) -> "CatalogOp":
        """Give the operation that undoes this one."""
        action = self.action
        return CatalogOp(replace(action, verb=action.verb.reverse, up=action.down, down=action.up, hazards=()))

    def to_diff_tuple(self) -> tuple[str, str]:
        """Give what ``alembic check`` prints: ``("pgcraft create", "view api.products")``."""
        return (f"pgcraft {self.action.verb}", str(self.action.id))


class NotifyOp(MigrateOperation):
    """Tells PostgREST that a schema it exposes changed."""

    def reverse(self) -> "NotifyOp":
        """Give the same again: going back is a change, too."""
        return NotifyOp()

    def to_diff_tuple(self) -> tuple[str, str]:
        """Give what ``alembic check`` prints."""
        return ("pgcraft notify", "pgrst")
