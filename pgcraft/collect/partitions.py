"""Partitions that are registered."""

from collections.abc import Iterator

from pgcraft.catalog.kinds import Kind
from pgcraft.catalog.linking import Draft
from pgcraft.catalog.objects import CatalogObject, ObjectId
from pgcraft.catalog.partitions import Partition, canonical_bounds, canonical_division
from pgcraft.models.declarations import Declarations


def collect_partitions(declarations: Declarations) -> Iterator[Draft]:
    """Return the partitions."""
    for item in declarations.kinds[Kind.PARTITION].all():
        given = item.definition
        definition = Partition(
            parent=given.of,
            bounds=canonical_bounds(given.values),
            partition_by=canonical_division(given.partition_by) if given.partition_by else None,
            is_unlogged=given.unlogged,
            options=tuple(sorted(given.options)),
            comment=given.comment,
        )
        needs = (ObjectId(Kind.TABLE, *given.of), ObjectId(Kind.PARTITION, *given.of))
        object_id = ObjectId(Kind.PARTITION, given.schema, given.name)
        yield Draft(CatalogObject(object_id, definition, origins=item.origins), needs=needs)
