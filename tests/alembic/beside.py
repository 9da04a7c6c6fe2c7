"""Cases that walk side by side: a step costs what its two comparisons cost, however many changes are in it."""

import re
from collections.abc import Iterator, Mapping

import pytest

GROUP = 10
_OWN = re.compile(r"\b(app|inventory|products|worker)\b")
_ALONE = "MetaData()"
"""Models that make a MetaData of their own."""


def walk_beside(cases: Mapping[str, tuple[str, ...]], *, common: str = "") -> list[object]:
    """Return the parameters of a test that takes the steps of some cases, all of a group at once.

    Each case gets schemas, a factory and a role of its own: ``app``, ``inventory``, ``products`` and ``worker`` with its
    number behind. What fails is known by that number; the parameter's id has the numbers and names.

    Args:
        cases: the models of each step, by the name of the case; all of one length.
        common: models that stand before all of them.
    """
    return [_join(group, common) for group in _group(cases)]


def _group(cases: Mapping[str, tuple[str, ...]]) -> Iterator[dict[str, tuple[str, ...]]]:
    together = {name: steps for name, steps in cases.items() if _ALONE not in "".join(steps)}
    names = list(together)
    for start in range(0, len(names), GROUP):
        yield {name: together[name] for name in names[start : start + GROUP]}
    yield from ({name: steps} for name, steps in cases.items() if name not in together)


def _join(group: Mapping[str, tuple[str, ...]], common: str) -> object:
    steps = [[separate(common + models, number) for models in steps] for number, steps in enumerate(group.values())]
    joined = ["\n".join(at_once) for at_once in zip(*steps, strict=True)]
    return pytest.param(*joined, id="+".join(f"{number}_{name}" for number, name in enumerate(group)))


def separate(models: str, number: int) -> str:
    """Return SQL or models with names of their own."""
    return _OWN.sub(rf"\g<1>_{number}", models)
