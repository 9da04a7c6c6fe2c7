"""From a difference to all that is done about it, tables and everything else in one order."""

from pgcraft.catalog.objects import Catalog, ObjectId
from pgcraft.diff.actions import Action
from pgcraft.diff.columns import Cast, find_new_columns, is_retyped
from pgcraft.diff.compare import Diff
from pgcraft.diff.defaults import find_resting, leave_resting, plan_resting
from pgcraft.diff.order import order_steps
from pgcraft.diff.plan import find_going, make_step, plan_changes
from pgcraft.diff.tables import find_leaving, plan_tables
from pgcraft.diff.types import find_remade


def plan_everything(current: Catalog, wanted: Catalog, diff: Diff, *, cast: Cast) -> tuple[Action, ...]:
    """Plan the whole way from one catalog to the other, in run order; whatever only the first has goes.

    Args:
        diff: of the two, with SQL text in one form on both sides; the text of ``wanted`` is what gets executed.
        cast: finds how old values become values of another type.
    """
    moved = find_remade(diff, current)
    leaving = find_leaving(diff, current, wanted, _is_ours)
    retyped = frozenset(change.id for change in diff.changed if is_retyped(change))
    going = find_going(current, wanted, diff, is_ours=_is_ours, disturbed=moved | leaving | retyped)
    new_columns = find_new_columns(diff, current, wanted, retyped=retyped, going=going)
    resting = find_resting(current, wanted, going, leaving)
    diff = leave_resting(diff, resting)
    inside = (
        *plan_tables(
            current,
            wanted,
            diff,
            moved=moved,
            new_columns=new_columns,
            resting=resting,
            is_ours=_is_ours,
            cast=cast,
        ),
        *plan_resting(current, wanted, resting),
    )
    steps = [make_step(action, action) for action in inside]
    disturbed = moved.union(*(step.removes for step in steps))
    plan = plan_changes(current, wanted, diff, is_ours=_is_ours, disturbed=disturbed)
    return order_steps([*steps, *(make_step(action, action) for action in plan.actions)])


def _is_ours(_: ObjectId) -> bool:
    return True
