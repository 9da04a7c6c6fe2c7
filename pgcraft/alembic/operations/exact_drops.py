"""Drops whose way back is SQL, since SQLAlchemy has no words for what was there."""

from typing import Any, TypeVar

from alembic.operations import ops

from pgcraft.alembic.operations.catalog_operations import CatalogOp
from pgcraft.diff.actions import Action


class _Exact:
    """A drop that knows what it undoes."""

    action: Action

    def reverse(self) -> Any:
        """Return the operation that makes the object as it was."""
        return CatalogOp(self.action).reverse()


class ExactDropTableOp(_Exact, ops.DropTableOp):
    """Drops a table."""


class ExactDropColumnOp(_Exact, ops.DropColumnOp):
    """Drops a column."""


class ExactDropIndexOp(_Exact, ops.DropIndexOp):
    """Drops an index."""


class ExactDropConstraintOp(_Exact, ops.DropConstraintOp):
    """Drops a constraint."""


_Drop = TypeVar("_Drop", ExactDropTableOp, ExactDropColumnOp, ExactDropIndexOp, ExactDropConstraintOp)


def know_way_back(drop: _Drop, action: Action) -> _Drop:
    """Return a drop that is undone by the SQL of its action."""
    drop.action = action
    return drop
