"""From a difference to all that is done about it: tables, what they consist of, and everything else."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from pgcraft.catalog.kinds import TYPES
from pgcraft.catalog.objects import Catalog, Kind, ObjectId
from pgcraft.diff.actions import Action
from pgcraft.diff.beside import leave_beside, plan_beside
from pgcraft.diff.casts import Cast, cast_by_base
from pgcraft.diff.columns import find_new_columns, is_retyped
from pgcraft.diff.compare import Diff
from pgcraft.diff.defaults import find_resting, leave_resting, plan_resting
from pgcraft.diff.domain_rests import find_resting_domains, leave_domains, plan_domains
from pgcraft.diff.inheritance import find_following, find_heirs
from pgcraft.diff.kind_changes import settle_kinds
from pgcraft.diff.names import settle_names
from pgcraft.diff.order import order_steps
from pgcraft.diff.owners import await_rights, give_schemas_back_first
from pgcraft.diff.plan import find_going, make_step, plan_changes
from pgcraft.diff.stars import reopen_stars
from pgcraft.diff.tables import find_leaving, plan_tables
from pgcraft.diff.types import find_remade, group_remade, leave_moved


@dataclass(frozen=True, slots=True)
class WholePlan:
    """All that is done, in no particular order.

    Attributes:
        inside: to tables and what they consist of, and to what rests while these change.
        beside: to everything else.
        new_columns: that are dropped and added.
    """

    inside: tuple[Action, ...]
    beside: tuple[Action, ...]
    new_columns: frozenset[ObjectId]


def plan_whole(
    current: Catalog,
    wanted: Catalog,
    diff: Diff,
    *,
    is_ours: Callable[[ObjectId], bool],
    cast: Cast,
    more: Iterable[Action] = (),
) -> WholePlan:
    """Plan the whole way from one catalog to the other.

    Args:
        diff: of the two, with SQL text in one form on both sides; the text of ``wanted`` is what gets executed.
        is_ours: whether an object that only the current catalog has may be dropped.
        cast: finds how old values become values of another type.
        more: what else is done to tables.
    """
    diff = replace(diff, removed=tuple(item for item in diff.removed if not _is_of_others(item.id, wanted, is_ours)))
    beside = tuple(plan_beside(diff, wanted))
    current, diff = settle_kinds(current, wanted, reopen_stars(leave_beside(diff), current, wanted))
    moved, leaving = find_remade(diff, current, wanted), find_leaving(diff, current, wanted, is_ours)
    retyped = frozenset(change.id for change in diff.changed if is_retyped(change))
    heirs = find_heirs(current, moved | leaving | retyped)
    going = find_going(current, wanted, diff, is_ours=is_ours, disturbed=moved | leaving | retyped | heirs)
    new_columns = find_new_columns(diff, current, wanted, retyped=retyped, going=going)
    resting = find_resting(current, wanted, going, leaving)
    remade = frozenset().union(*group_remade(diff, current, wanted).values())
    domains = find_resting_domains(current, wanted, going, remade)
    diff = leave_domains(leave_resting(leave_moved(diff, moved, wanted), resting | moved), domains)
    cast = cast_by_base(cast, diff, current, wanted)
    tables = plan_tables(
        current,
        wanted,
        diff,
        moved=moved,
        new_columns=new_columns,
        resting=resting,
        is_ours=is_ours,
        cast=cast,
    )
    around = (*plan_resting(current, wanted, resting, going), *more, *plan_domains(current, wanted, domains, going))
    inside = (*tables, *around, *beside)
    disturbed = moved.union(find_following(diff), *(action.removes for action in inside))
    disturbed = disturbed.union(heirs, find_heirs(current, new_columns))
    others = plan_changes(current, wanted, diff, is_ours=is_ours, disturbed=disturbed, cast=cast)
    waiting = await_rights(settle_names((*inside, *others), current, wanted), current, wanted)
    named = tuple(give_schemas_back_first(waiting, current))
    return WholePlan(named[: len(inside)], named[len(inside) :], new_columns)


def _is_of_others(object_id: ObjectId, wanted: Catalog, is_ours: Callable[[ObjectId], bool]) -> bool:
    """Whether a type, or a table with its columns, is somebody else's: it stays, and follows a type of ours."""
    if object_id.kind is Kind.COLUMN:
        return wanted.find(object_id.table) is None and not is_ours(object_id.table)
    return object_id.kind in (Kind.TABLE, *TYPES) and not is_ours(object_id)


def plan_everything(current: Catalog, wanted: Catalog, diff: Diff, *, cast: Cast) -> tuple[Action, ...]:
    """Plan the whole way in run order; whatever only the current catalog has goes."""
    found = plan_whole(current, wanted, diff, is_ours=lambda _: True, cast=cast)
    return order_steps([make_step(action, action) for action in (*found.inside, *found.beside)])
