"""The grants of an API view, checked."""

from collections.abc import Iterable

from pgcraft.errors import PGCraftValidationError, Place, find_nearest

GRANTS = ("select", "insert", "update", "delete")
"""What a view may grant, in the order in which it is written."""


def check_grants(grants: object, place: Place) -> tuple[str, ...]:
    """Return grants in lower case and in a fixed order.

    Raises:
        PGCraftValidationError: PGC111, they are none, empty, unknown, or one stands twice.
    """
    if isinstance(grants, str) or not isinstance(grants, Iterable):
        raise _wrong(f"grants is {grants!r}, not a list", 'write grants=["select"]', place)
    given = [grant.lower() if isinstance(grant, str) else grant for grant in grants]
    if not given:
        raise _wrong("grants is empty: nobody could use the view", f"name at least one of {', '.join(GRANTS)}", place)
    for grant in given:
        if grant not in GRANTS:
            near = find_nearest(str(grant), GRANTS)
            advice = f'did you mean "{near}"? ' if near else ""
            raise _wrong(f"a view cannot grant {grant!r}", f"{advice}it can grant {', '.join(GRANTS)}", place)
        if given.count(grant) > 1:
            raise _wrong(f'grants names "{grant}" twice', "take one of the two out", place)
    return tuple(grant for grant in GRANTS if grant in given)


def _wrong(what: str, remedy: str, place: Place) -> PGCraftValidationError:
    return PGCraftValidationError("PGC111", what, place=place, remedy=remedy)
