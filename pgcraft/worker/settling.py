"""Two catalogs that were read from servers, compared with their SQL text in one form."""

from sqlalchemy import Connection

from pgcraft.catalog.objects import Catalog
from pgcraft.diff.compare import Change, Diff, compare_again, compare_catalogs
from pgcraft.diff.mending import Comparison
from pgcraft.diff.renamed import find_renamed, take_names
from pgcraft.reconcile.canonical import canonicalize
from pgcraft.reconcile.unnamed_constraints import adopt_names


def settle(connection: Connection, current: Catalog, wanted: Catalog) -> Comparison:
    """Compare two catalogs; what differs by its text alone is made from both texts on one server, and read back.

    Another version of PostgreSQL writes the same text otherwise, and so does the same version when its own text is
    given back to it, as a dump does.

    Args:
        connection: to a development database that has what the wanted catalog has; nothing is changed there.
    """
    wanted = adopt_names(wanted, current)
    renamed = find_renamed(current, wanted)
    wanted = take_names(wanted, renamed)
    diff = compare_catalogs(current, wanted)
    diff = compare_again(diff, canonicalize(connection, wanted, diff))
    back = _turn(diff)
    back = compare_again(back, canonicalize(connection, current, back))
    return Comparison(current, wanted, _turn(back), renamed)


def _turn(diff: Diff) -> Diff:
    """Return the difference seen from the other side."""
    changed = tuple(Change(change.wanted, change.current, change.facts) for change in diff.changed)
    return Diff(added=diff.removed, removed=diff.added, changed=changed)
