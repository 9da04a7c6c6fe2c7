"""Renames as Alembic's own operations, of tables and columns; others have no word there."""

from typing import TYPE_CHECKING, Any

from alembic.autogenerate import renderers
from alembic.autogenerate.render import _alembic_autogenerate_prefix
from alembic.operations import ops

from pgcraft.alembic.operations.catalog_operations import CatalogOp
from pgcraft.catalog.objects import Kind, escape_name
from pgcraft.diff.actions import Verb
from pgcraft.diff.renames import Rename
from pgcraft.elements.words import is_misread

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext


class RenameTableOp(ops.RenameTableOp):
    """Renames a table, and knows the way back."""

    def reverse(self) -> "RenameTableOp":
        """Return the rename back."""
        return RenameTableOp(self.new_table_name, self.table_name, schema=self.schema)

    def to_diff_tuple(self) -> Any:
        """Return what ``alembic check`` prints."""
        return ("rename_table", self.schema, self.table_name, self.new_table_name)


class RenameColumnOp(ops.AlterColumnOp):
    """Renames a column, and knows the way back."""

    def reverse(self) -> "RenameColumnOp":
        """Return the rename back."""
        new_name = str(self.modify_name)
        return RenameColumnOp(self.table_name, new_name, schema=self.schema, modify_name=self.column_name)

    def to_diff_tuple(self) -> Any:
        """Return what ``alembic check`` prints."""
        return ("rename_column", self.schema, self.table_name, self.column_name, self.modify_name)


def say_rename(rename: Rename, default_schema: str) -> ops.MigrateOperation:
    """Return the operation that renames an object."""
    old = rename.item.id
    schema = None if old.schema == default_schema else old.schema
    is_cut = is_misread(rename.action, Kind.TABLE) or rename.moves  # for which Alembic has no words
    if old.kind is Kind.TABLE and not is_cut:
        return RenameTableOp(old.name, rename.name, schema=schema)
    if old.kind is Kind.COLUMN and not is_cut:
        return RenameColumnOp(str(old.parent), old.name, schema=schema, modify_name=rename.name)
    return CatalogOp(rename.action)


def find_old_name(operation: ops.MigrateOperation) -> str | None:
    """Return the old name of what an operation renames, as ids show it; None where it renames nothing."""
    if isinstance(operation, CatalogOp):
        return operation.action.comment if operation.action.verb is Verb.RENAME else None
    if isinstance(operation, ops.RenameTableOp):
        return escape_name(operation.table_name)
    if isinstance(operation, ops.AlterColumnOp) and operation.modify_name:
        return escape_name(operation.column_name)
    return None


@renderers.dispatch_for(RenameTableOp)
def render_rename(context: "AutogenContext", operation: RenameTableOp) -> str:
    """Return the call."""
    schema = f", schema={operation.schema!r}" if operation.schema else ""
    prefix = _alembic_autogenerate_prefix(context)
    return f"{prefix}rename_table({operation.table_name!r}, {operation.new_table_name!r}{schema})"
