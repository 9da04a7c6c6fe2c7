"""What migrations made in a database of the development server, to be held against what others made."""

from pgcraft.catalog.objects import Catalog, Kind, ObjectId
from pgcraft.devdb.deployer import DEPLOYER
from pgcraft.diff.compare import compare_catalogs
from pgcraft.diff.owners import leave_owners
from pgcraft.introspect import read_catalog
from pgcraft.worker.scratch import Connection


def read_made(looking: Connection) -> Catalog:
    """Read what is there; whoever deployed has a name of this one database."""
    return leave_owners(read_catalog(looking), only=lambda owner: owner.startswith(DEPLOYER))


def find_differing(one: Catalog, other: Catalog) -> tuple[ObjectId, ...]:
    """Return the objects that differ, sorted; roles belong to the server, and do not count."""
    diff = compare_catalogs(one, other)
    ids = (*(item.id for item in (*diff.added, *diff.removed)), *(change.id for change in diff.changed))
    return tuple(sorted(found for found in ids if found.kind is not Kind.ROLE))
