"""The last touch on a revision, after Alembic and everybody's comparisons are through."""

from typing import TYPE_CHECKING, Any

from alembic.operations.ops import MigrationScript
from sqlalchemy.dialects import postgresql

from pgcraft import garbage
from pgcraft.alembic.operations.frame import frame
from pgcraft.alembic.operations.inspect_ops import mark_losses
from pgcraft.errors import PGCraftConfigError

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationContext

COMPARED = "pgcraft_compared"
"""Set among the options of a migration context when our comparison ran in it."""

DIRECTED = "pgcraft_directed"
"""Set there when our directives were called for it."""


@garbage.paused()
def pgcraft_process_revision_directives(
    context: "MigrationContext",
    revision: Any,  # noqa: ARG001  Alembic passes three arguments by position
    directives: list[MigrationScript],
) -> None:
    """Put the notification of PostgREST at the end, both ways, the server that is needed at the head, and say losses.

    Pass it to both calls of ``context.configure``. It leaves the revisions of other kinds of databases alone.

    Raises:
        PGCraftConfigError: PGC030, Alembic compared tables without us: the hook was not called.
    """
    context.opts[DIRECTED] = True
    if context.dialect.name != postgresql.dialect.name:
        return
    for script in directives:
        if not context.opts.get(COMPARED) and any(part.ops for part in script.upgrade_ops_list):
            raise PGCraftConfigError(
                "PGC030",
                "autogenerate ran without pgcraft's comparison",
                remedy="call pgcraft_alembic_hook() in env.py before the models are imported; if env.py passes "
                'autogenerate_plugins, it must match "alembic.autogenerate.pgcraft"',
            )
        frame(context, script)
        mark_losses(context, script)
