"""The foreign keys of a resource."""

from sqlalchemy import Table

from pgcraft.declare.arguments import check_name
from pgcraft.declare.context import FactoryContext
from pgcraft.errors import PGCraftValidationError
from pgcraft.fk import PGCraftFK
from pgcraft.models.foreign_keys import Reference, parse_target
from pgcraft.models.references import add_reference
from pgcraft.plugin import Dynamic, Plugin, requires


@requires("pk_columns", Dynamic("table_key"))
class FKPlugin(Plugin):
    """Puts every ``PGCraftFK`` on a table.

    Args:
        table_key: the context key of the table.
    """

    is_internal = True

    def __init__(self, table_key: str = "table") -> None:
        self.table_key = table_key

    def run(self, ctx: FactoryContext) -> None:
        """Add the constraints, or leave them waiting for their dimension."""
        for fk in ctx.fks:
            add_reference(ctx.metadata, self._read(fk, ctx, ctx[self.table_key]))

    def _read(self, fk: PGCraftFK, ctx: FactoryContext, table: Table) -> Reference:
        markers = ctx.markers_of(fk)
        if fk.name is not None:
            check_name(fk.name, "name of the foreign key", markers.place)
        columns = tuple(markers.get_name(local) for local, _ in fk.pairs)
        targets = tuple(parse_target(target) for _, target in fk.pairs)
        if any(len(target) not in (2, 3) for target in targets):
            raise _wrong(fk, ctx, 'write "dimension.column" or "schema.dimension.column"')
        if len({target[:-1] for target in targets}) > 1:
            raise _wrong(fk, ctx, "all columns of one foreign key point to one table: make two of it")
        return Reference(
            str(fk),
            table,
            columns,
            targets,
            markers.place,
            name=fk.name,
            ondelete=fk.ondelete,
            onupdate=fk.onupdate,
            renamed_from=fk.renamed_from,
            is_raw=fk.raw_references is not None,
        )


def _wrong(fk: PGCraftFK, ctx: FactoryContext, remedy: str) -> PGCraftValidationError:
    listed = ", ".join(f'"{target}"' for _, target in fk.pairs)
    return PGCraftValidationError("PGC108", f"{fk} points to {listed}", place=ctx.place_of("PGCraftFK"), remedy=remedy)
