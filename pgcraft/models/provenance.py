"""Who is declaring: a stack of origins that every record is stamped with, and the line of the user's file."""

import os
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from pgcraft.catalog.origins import Layer, Origin, Origins

if TYPE_CHECKING:
    from types import FrameType

INFO_KEY = "pgcraft_origins"
"""Where a table's or column's origins stand in its ``info``."""

ROLE_KEY = "pgcraft_role"
"""Where a table's role stands in its ``info``."""

_OWN_CODE = f"{Path(__file__).resolve().parents[1]}{os.sep}"
_LIBRARIES = tuple({f"{Path(sysconfig.get_path(name)).resolve()}{os.sep}" for name in ("stdlib", "purelib", "platlib")})
_NOBODYS = (_OWN_CODE, "<", f"{Path(sysconfig.get_path('stdlib')).resolve()}{os.sep}")
_NOT_THE_USERS = (_OWN_CODE, "<", *_LIBRARIES)
_stack: ContextVar[Origins] = ContextVar("pgcraft_origins", default=())


class HasInfo(Protocol):
    """A SQLAlchemy schema item that can be stamped."""

    @property
    def info(self) -> dict[object, object]:
        """The item's own notes."""


def find_caller() -> tuple[str, int]:
    """Return file and line of the innermost frame of the user's own code; ``("", 0)`` when there is none.

    Frames of pgcraft, of the standard library and of installed packages are passed over; where there are no others, as
    for models that are installed themselves, those of packages count. The file is relative to the current folder when
    inside it.
    """
    installed: FrameType | None = None
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001  the documented inspect.stack() reads every source file
    while frame is not None:
        name = frame.f_code.co_filename
        if not name.startswith(_NOT_THE_USERS):
            return show_path(name), frame.f_lineno
        if installed is None and not name.startswith(_NOBODYS):
            installed = frame
        frame = frame.f_back
    return ("", 0) if installed is None else (installed.f_code.co_filename, installed.f_lineno)


def show_path(name: str) -> str:
    """Return a path as the user knows it: relative to the current folder when inside it."""
    return _show_path(name, os.getcwd())  # noqa: PTH109  Path.cwd() costs ten times as much, and this runs per declaration


@lru_cache(maxsize=1024)
def _show_path(name: str, folder: str) -> str:
    path = Path(name)
    try:
        return path.resolve().relative_to(Path(folder).resolve()).as_posix()
    except ValueError:
        return str(path)


@contextmanager
def origin_scope(layer: Layer, name: str, *, place: tuple[str, int] | None = None) -> Iterator[Origin]:
    """Stamp everything declared inside with one more origin.

    Args:
        layer: factory, plugin or extension.
        name: what the layer is called, as ``PGCraftSimple("products")``.
        place: file and line; the user's calling line when left out.
    """
    file, line = find_caller() if place is None else place
    origin = Origin(layer, name, file, line)
    token = _stack.set((*_stack.get(), origin))
    try:
        yield origin
    finally:
        _stack.reset(token)


@contextmanager
def origins_resumed(origins: Origins) -> Iterator[None]:
    """Stamp everything declared inside as if it had been declared when these origins were in force."""
    token = _stack.set(origins)
    try:
        yield
    finally:
        _stack.reset(token)


def current_place() -> tuple[str, int]:
    """Return the place of the outermost origin that has one; outside of every origin the user's calling line."""
    found = find_place(_stack.get())
    return found if found[0] else find_caller()


def find_place(origins: Origins) -> tuple[str, int]:
    """Return the place of the outermost of some origins that has one; ``("", 0)`` when none has."""
    for origin in origins:
        if origin.file:
            return origin.file, origin.line
    return "", 0


def current_origins() -> Origins:
    """Return the origins in force, outermost first; empty outside of every factory and extension."""
    return _stack.get()


def stamp(item: HasInfo, origins: Origins | None = None) -> None:
    """Write the origins in force on a table or column, unless it already has its own."""
    item.info.setdefault(INFO_KEY, current_origins() if origins is None else origins)


def give_role(table: HasInfo, role: str) -> None:
    """Say what a table is to the resource that it belongs to, in a few words: ``log of sales.prices``."""
    table.info[ROLE_KEY] = role


def read_role(table: HasInfo) -> str:
    """Return what :func:`give_role` said of a table; empty when nobody did."""
    return str(table.info.get(ROLE_KEY, ""))


def read_origins(item: HasInfo) -> Origins:
    """Return the origins that a table or column was stamped with; a column without its own has its table's."""
    found = item.info.get(INFO_KEY)
    if isinstance(found, tuple):
        return found
    table = getattr(item, "table", None)
    return () if table is None or table is item else read_origins(table)
