"""Our operations in Alembic's stream: what is done to one object, as SQL, both ways."""

from alembic.operations.ops import MigrateOperation

from pgcraft.diff.actions import Action


class CatalogOp(MigrateOperation):
    """One action on one object."""

    def __init__(self, action: Action) -> None:
        self.action = action

    def reverse(self) -> "CatalogOp":
        """Return the operation that undoes this one."""
        return CatalogOp(self.action.reverse())

    def to_diff_tuple(self) -> tuple[str, str]:
        """Return what ``alembic check`` prints: ``("pgcraft create", "view api.products")``."""
        return (f"pgcraft {self.action.verb}", str(self.action.id))
