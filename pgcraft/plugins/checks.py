"""The checks of a resource."""

from sqlalchemy import CheckConstraint, Table

from pgcraft.declare.arguments import check_name
from pgcraft.declare.column_markers import as_text_clause
from pgcraft.declare.context import FactoryContext
from pgcraft.errors import PGCraftValidationError
from pgcraft.models.renames import info_of
from pgcraft.plugin import Dynamic, Plugin, requires


@requires("pk_columns", Dynamic("table_key"))
class CheckPlugin(Plugin):
    """Puts every ``PGCraftCheck`` on a table.

    Args:
        table_key: the context key of the table.
    """

    is_internal = True

    def __init__(self, table_key: str = "table") -> None:
        self.table_key = table_key

    def run(self, ctx: FactoryContext) -> None:
        """Add the constraints."""
        if not ctx.checks:
            return
        table: Table = ctx[self.table_key]
        seen: set[str] = set()
        for check in ctx.checks:
            sql = ctx.markers_of(check).expand(check.expression)
            if check.name in seen:
                raise PGCraftValidationError(
                    "PGC102",
                    f"{check} is declared twice on {ctx.fullname}",
                    place=ctx.place_of("PGCraftCheck"),
                    remedy="rename one of them",
                )
            if check.name is not None:
                seen.add(check_name(check.name, "name of the check", ctx.place_of("PGCraftCheck")))
            table.append_constraint(
                CheckConstraint(as_text_clause(sql), name=check.name, info=info_of(check.renamed_from))
            )
