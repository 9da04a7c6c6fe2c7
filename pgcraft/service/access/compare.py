"""What a role can reach before and after."""

from pgcraft.service.access.types import AccessAnswer, AccessDiff, ReachChange


def compare_reach(before: AccessAnswer, after: AccessAnswer) -> AccessDiff:
    """Return what a role gained and lost, and what it reaches otherwise."""
    old = {each.id: each for each in before.reached}
    new = {each.id: each for each in after.reached}
    return AccessDiff(
        before=before,
        after=after,
        gained=tuple(each for each in after.reached if each.id not in old),
        lost=tuple(each for each in before.reached if each.id not in new),
        changed=tuple(
            ReachChange(old[each.id], each) for each in after.reached if each.id in old and old[each.id] != each
        ),
    )
