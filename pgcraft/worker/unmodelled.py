"""What the migrations made beside what pgcraft models: it is named, and left alone."""

from contextlib import suppress

from alembic.runtime.migration import MigrationContext

from pgcraft.collect.metadata import collect_drafts
from pgcraft.errors import PGCraftError
from pgcraft.introspect import read_unmodelled
from pgcraft.worker.environment import list_targets
from pgcraft.worker.scratch import connect


def list_unmodelled(url: str, context: MigrationContext) -> tuple[str, ...]:
    """Return one line each on what stands in the schemas of the models and has no kind.

    Args:
        url: of a database that the migrations have been replayed on.
        context: of the comparison, with the models.
    """
    schemas: set[str] = set()
    with suppress(PGCraftError):
        for metadata in list_targets(context):
            objects = [draft.object for draft in collect_drafts(metadata)]
            schemas.update(item.id.schema for item in objects if item.id.schema)
    with connect(url) as connection:
        return read_unmodelled(connection, schemas=schemas)
