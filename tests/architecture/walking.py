"""Following a name through the product: which functions have it in hand, in the order in which they get it."""

import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, is_dataclass
from types import FrameType
from typing import Any

from tests.architecture.imports import ROOT

_DEEP_ENOUGH = 8
_DECLARING = ("pgcraft", "sqlalchemy.sql.schema", "alembic.operations")


@dataclass(frozen=True)
class Step:
    """A function that a walk passes: its file from the project's folder, and its qualified name."""

    file: str
    function: str

    @property
    def room(self) -> str:
        """The folder that it is in."""
        return self.file.rpartition("/")[0]


@contextmanager
def walking(name: str, steps: Iterable[Step]) -> Iterator[list[Step]]:
    """Note in which order functions get hold of a name, as an argument or as what they return.

    Args:
        name: long and odd enough to stand for itself.
        steps: the functions to look at.

    Yields:
        The functions that had it, in order, each once.
    """
    wanted = {(str(ROOT / step.file), step.function): step for step in steps}
    found: list[Step] = []

    def look(frame: FrameType, event: str, value: object) -> None:
        if event in ("call", "return"):
            step = wanted.get((frame.f_code.co_filename, frame.f_code.co_qualname))
            if step is not None and step not in found:
                held = list(frame.f_locals.values()) if event == "call" else [value]
                if _mentions(held, name):
                    found.append(step)

    threading.setprofile(look)
    sys.setprofile(look)
    try:
        yield found
    finally:
        sys.setprofile(None)
        threading.setprofile(None)


def _mentions(value: Any, name: str) -> bool:
    """Whether a name is somewhere in a value: in texts, collections, dataclasses, and what declares tables."""
    waiting, seen = [(value, 0)], set()
    while waiting:
        item, depth = waiting.pop()
        if isinstance(item, str | bytes):
            if (name if isinstance(item, str) else name.encode()) in item:
                return True
        elif id(item) not in seen and depth < _DEEP_ENOUGH:
            seen.add(id(item))
            waiting += [(part, depth + 1) for part in _parts_of(item)]
    return False


def _parts_of(item: Any) -> Iterable[Any]:
    if isinstance(item, dict):
        return (*item.keys(), *item.values())
    if isinstance(item, list | tuple | set | frozenset):
        return item
    if is_dataclass(item):
        return [getattr(item, field.name, None) for field in fields(item)]
    if type(item).__module__.startswith(_DECLARING):
        slots = getattr(type(item), "__slots__", ())
        return [*vars(item).values()] if hasattr(item, "__dict__") else [getattr(item, slot, None) for slot in slots]
    return ()
