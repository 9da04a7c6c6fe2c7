"""Alterations of columns that run SQL, since Alembic's words do not say them, and that show what Alembic would."""

from typing import Any

from alembic.operations import ops

from pgcraft.alembic.operations.catalog_operations import CatalogOp
from pgcraft.diff.actions import Action


class ExactAlterColumnOp(CatalogOp, ops.AlterColumnOp):
    """Runs the SQL of an action; to ``Rewriter`` and ``compare_metadata()`` it is an alteration like any.

    Args:
        shown: what they see.
    """

    def __init__(self, action: Action, shown: ops.AlterColumnOp) -> None:
        CatalogOp.__init__(self, action)
        vars(self).update(vars(shown))
        self._shown = shown

    def reverse(self) -> Any:
        """Return the operation that undoes this one."""
        return ExactAlterColumnOp(CatalogOp.reverse(self).action, self._shown.reverse())

    def to_diff_tuple(self) -> Any:
        """Return what ``alembic check`` prints of such an alteration."""
        return self._shown.to_diff_tuple()
