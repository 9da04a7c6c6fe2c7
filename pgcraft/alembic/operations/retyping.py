"""``op.alter_column`` with ``postgresql_using``, which Alembic does not write by itself, both ways.

Alembic also tells who looks at the stream whether the column counts; only MySQL can be told, so it is not written.
"""

from typing import TYPE_CHECKING

from alembic.autogenerate import renderers
from alembic.autogenerate.render import render_op
from alembic.operations import Operations, ops

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext

_OPTION = "postgresql_using"
COUNTS = "autoincrement"


class RetypeColumnOp(ops.AlterColumnOp):
    """Alters a column, and turns its values into ones of a new type.

    Attributes:
        using: the expression that does; empty where PostgreSQL knows by itself.
        using_back: the one of the way back.
    """

    using: str
    using_back: str

    def reverse(self) -> "RetypeColumnOp":
        """Return the way back."""
        return retype(super().reverse(), self.using_back, self.using)


def retype(operation: ops.AlterColumnOp, using: str = "", using_back: str = "") -> RetypeColumnOp:
    """Return an alteration again, with how values come along."""
    made = RetypeColumnOp(operation.table_name, operation.column_name)
    vars(made).update(vars(operation))
    made.using, made.using_back = using, using_back
    made.kw = {name: value for name, value in operation.kw.items() if name != _OPTION}
    if using:
        made.kw[_OPTION] = using
    return made


@renderers.dispatch_for(RetypeColumnOp)
def render_retype(context: "AutogenContext", operation: RetypeColumnOp) -> list[str]:
    """Return Alembic's text with ``postgresql_using``."""
    lines = render_op(context, _strip(operation))
    if operation.using:
        lines[-1] = f"{lines[-1].removesuffix(')')},\n{' ' * 11}{_OPTION}={operation.using!r})"
    return lines


@Operations.implementation_for(RetypeColumnOp)
def run_retype(operations: Operations, operation: RetypeColumnOp) -> None:
    """Run what is written."""
    operations.invoke(_strip(operation))


def _strip(operation: RetypeColumnOp) -> ops.AlterColumnOp:
    plain = ops.AlterColumnOp(operation.table_name, operation.column_name)
    vars(plain).update(vars(operation))
    plain.kw = {name: value for name, value in operation.kw.items() if name != COUNTS}
    return plain
