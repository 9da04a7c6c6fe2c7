"""What goes along when something is left out of a revision, and what must be said for it."""

from collections.abc import Iterable, Sequence

from pgcraft.catalog.objects import Kind, ObjectId
from pgcraft.service.operations import Intention, Operation


def find_needing(operations: Iterable[Operation], keys: Iterable[str]) -> frozenset[str]:
    """Return these keys with those of all operations that cannot do without them."""
    listed, found = tuple(operations), set(keys)
    while more := {each.key for each in listed if not found.isdisjoint(each.needs)} - found:
        found |= more
    return frozenset(found)


def list_names(target: ObjectId) -> tuple[str, ...]:
    """Return the names by which a user may mean an object, the plainest first: ``sales.customers.phone``, ``phone``."""
    return target.dotted, target.name, str(target)


def format_rename(old: ObjectId, new: ObjectId) -> str:
    """Return a rename as ``--rename`` takes it."""
    return f"{list_names(old)[0]}={new.name if old.schema == new.schema else list_names(new)[0]}"


def leave_out_named(
    operations: Sequence[Operation], intentions: Iterable[Intention], names: Iterable[str]
) -> frozenset[str]:
    """Return the keys of what is left out when a user names operations by key, title or object.

    A change goes whole when all that it is about is named, and with it goes what cannot do without it.
    """
    wanted = frozenset(names)
    keys = {item.key for item in operations if not wanted.isdisjoint((item.key, item.title, *list_names(item.target)))}
    by_key = {item.key: item for item in operations}
    for intention in intentions:
        about = {key for key in intention.steps if by_key[key].target in intention.objects}
        if about <= keys:
            keys.update(intention.steps)
    return find_needing(operations, keys)


def name_left_out(
    operations: Sequence[Operation], intentions: Sequence[Intention], keys: frozenset[str]
) -> tuple[str, ...]:
    """Return the fewest names for what is left out that :func:`leave_out_named` understands so, in run order."""
    names: list[str] = []
    done: frozenset[str] = frozenset()
    for each in intentions:
        if keys.issuperset(each.steps) and not done.issuperset(each.steps):
            more = [*names, *map(_name, each.objects)]
            found = leave_out_named(operations, intentions, more)
            if found <= keys:
                names, done = more, found
    for item in operations:
        if item.key in keys and item.key not in done:
            names.append(item.key)
            done = leave_out_named(operations, intentions, names)
    return tuple(names)


def _name(target: ObjectId) -> str:
    """Return the shortest name that means one object, or hardly more than that."""
    return str(target) if target.kind is Kind.GRANT else list_names(target)[0]
