"""Alterations of columns that run SQL, since Alembic's words do not say them, and that show what Alembic would."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from alembic.autogenerate import renderers
from alembic.autogenerate.render import render_op
from alembic.operations import ops

from pgcraft.alembic.operations.catalog_operations import CatalogOp
from pgcraft.diff.actions import Action

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext

_NOTHING: dict[str, bool | None] = {
    "modify_nullable": None,
    "modify_comment": False,
    "modify_server_default": False,
    "modify_name": None,
    "modify_type": None,
}
"""What stands where nothing is to change."""


class ExactAlterColumnOp(CatalogOp, ops.AlterColumnOp):
    """Runs the SQL of an action; to ``Rewriter`` and ``compare_metadata()`` it is an alteration like any.

    Args:
        shown: what they see. Where a Rewriter wants something else of it, that is done behind the SQL; where it takes
            something out, Alembic's words stand in the place of the SQL.
    """

    def __init__(self, action: Action, shown: ops.AlterColumnOp) -> None:
        CatalogOp.__init__(self, action)
        vars(self).update(vars(shown), kw=dict(shown.kw))
        self._shown = shown

    def reverse(self) -> Any:
        """Return the operation that undoes this one."""
        return ExactAlterColumnOp(CatalogOp.reverse(self).action, self._shown.reverse())

    def to_diff_tuple(self) -> Any:
        """Return what ``alembic check`` prints of such an alteration."""
        return self._shown.to_diff_tuple()

    def list_parts(self) -> Iterator[ops.MigrateOperation]:
        """Return what is done: the SQL, and what somebody made of the alteration since."""
        edited = {name for name in _NOTHING if getattr(self, name) is not getattr(self._shown, name)}
        is_less = any(getattr(self, name) is _NOTHING[name] for name in edited)
        if not is_less:
            yield CatalogOp(self.action)
        if edited or self.kw != self._shown.kw:
            said = ops.AlterColumnOp(self.table_name, self.column_name)
            vars(said).update((name, value) for name, value in vars(self).items() if name in vars(self._shown))
            for name in () if is_less else _NOTHING.keys() - edited:
                setattr(said, name, _NOTHING[name])
            yield said


@renderers.dispatch_for(ExactAlterColumnOp)
def render_exact_alteration(context: "AutogenContext", operation: ExactAlterColumnOp) -> list[str]:
    """Return the text of each part."""
    return [line for part in operation.list_parts() for line in render_op(context, part)]
