"""Two catalogs that were read from servers, compared with their SQL text in one form."""

from sqlalchemy import Connection

from pgcraft.catalog.objects import Catalog, ObjectId
from pgcraft.diff.compare import Change, Diff, compare_again, compare_catalogs
from pgcraft.diff.following import find_following
from pgcraft.diff.mending import Comparison
from pgcraft.diff.renamed import find_renamed, take_names
from pgcraft.diff.renames import Rename
from pgcraft.errors import PGCraftPlanError
from pgcraft.reconcile.canonical import canonicalize
from pgcraft.reconcile.renaming import Renaming
from pgcraft.reconcile.unnamed_constraints import adopt_names


def settle(connection: Connection, current: Catalog, wanted: Catalog, renames: tuple[Rename, ...] = ()) -> Comparison:
    """Compare two catalogs; what differs by its text alone is made from both texts on one server, and read back.

    Another version of PostgreSQL writes the same text otherwise, and so does the same version when its own text is
    given back to it, as a dump does.

    Args:
        connection: to a development database that has what the wanted catalog has; nothing is changed there.
        renames: what of the current catalog the wanted one calls otherwise, in run order.
    """
    current, renames = _take_for_done(connection, current, wanted, renames)
    wanted = adopt_names(wanted, current)
    renamed = find_renamed(current, wanted)
    wanted = take_names(wanted, renamed)
    diff = compare_catalogs(current, wanted)
    diff = compare_again(diff, canonicalize(connection, wanted, diff))
    back = _turn(diff)
    back = compare_again(back, canonicalize(connection, current, back))
    return Comparison(current, wanted, _turn(back), renamed, renames)


def _take_for_done(
    connection: Connection, current: Catalog, wanted: Catalog, renames: tuple[Rename, ...]
) -> tuple[Catalog, tuple[Rename, ...]]:
    """Return a catalog as it is once objects have other names, with what follows these, where that can be told."""
    try:
        with Renaming(connection, current) as renaming:
            if not renaming.do(renames, _is_told):
                return current, ()
            wanted = adopt_names(wanted, renaming.read())
            known = {each.id for each in renames}
            following = find_following(renaming.read(), wanted, renaming.done, {})
            renaming.do((each for each in following if each.id not in known), _is_told)
            return renaming.read(), renaming.done
    except PGCraftPlanError:
        return current, ()


def _is_told(_: ObjectId) -> bool:
    return False


def _turn(diff: Diff) -> Diff:
    """Return the difference seen from the other side."""
    changed = tuple(Change(change.wanted, change.current, change.facts) for change in diff.changed)
    return Diff(added=diff.removed, removed=diff.added, changed=changed)
