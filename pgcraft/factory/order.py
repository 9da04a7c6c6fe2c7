"""The order in which a factory's plugins run."""

from collections.abc import Sequence
from functools import lru_cache

from pgcraft import graph
from pgcraft.config import OwnedPlugin
from pgcraft.errors import PGCraftPluginError
from pgcraft.plugin import Signature, find_producers, read_signature


def order_plugins(owned: Sequence[OwnedPlugin]) -> tuple[OwnedPlugin, ...]:
    """Put each plugin after those that write what it reads; else they keep the order they are given in.

    Raises:
        PGCraftPluginError: PGC202, plugins need each other in a ring; PGC203, nobody writes what one reads; PGC204,
            two of one singleton group.
    """
    return tuple(owned[index] for index in _order(tuple(read_signature(item.plugin) for item in owned)))


@lru_cache(maxsize=512)
def _order(signatures: tuple[Signature, ...]) -> tuple[int, ...]:
    _check_singletons(signatures)
    writers: dict[str, list[int]] = {}
    for index, signature in enumerate(signatures):
        for key in signature.produces:
            writers.setdefault(key, []).append(index)
    needs: dict[int, list[int]] = {}
    for index, signature in enumerate(signatures):
        for key in signature.requires:
            if key not in writers:
                raise _unmet(signature.name, key)
            needs.setdefault(index, []).extend(writer for writer in writers[key] if writer != index)
    try:
        return graph.order(range(len(signatures)), needs, key=int)
    except graph.RingError as error:
        raise _ring(signatures, tuple(int(str(index)) for index in error.ring)) from error


def _check_singletons(signatures: tuple[Signature, ...]) -> None:
    groups: dict[str, str] = {}
    for signature in signatures:
        if signature.group is None:
            continue
        if signature.group in groups:
            raise PGCraftPluginError(
                "PGC204",
                f"{groups[signature.group]} and {signature.name} both belong to the group {signature.group}, of which "
                "a factory takes one",
                remedy="take one of them out: plugins come from extensions, the config, plugins= and extra_plugins=",
            )
        groups[signature.group] = signature.name


def _unmet(name: str, key: str) -> PGCraftPluginError:
    producers = find_producers(key)
    remedy = f"add one of {', '.join(producers)}" if producers else "no known plugin writes it"
    return PGCraftPluginError("PGC203", f'plugin {name} requires "{key}", which no plugin here produces', remedy=remedy)


def _ring(signatures: tuple[Signature, ...], ring: tuple[int, ...]) -> PGCraftPluginError:
    steps = []
    for index, needed in zip(ring, (*ring[1:], ring[0]), strict=True):
        reader, writer = signatures[index], signatures[needed]
        keys = ", ".join(key for key in reader.requires if key in writer.produces)
        steps.append(f"{reader.name} requires {keys} of {writer.name}")
    return PGCraftPluginError(
        "PGC202", f"plugins need each other in a ring: {'; '.join(steps)}", remedy="break the ring at one of them"
    )
