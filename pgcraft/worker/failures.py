"""Turns whatever the user's code raised into one of our errors: where it happened, the lines around it, all of it."""

import linecache
import traceback
from pathlib import Path
from types import TracebackType

from pgcraft.errors import PGCraftError, PGCraftLoadError, Place
from pgcraft.scrub import scrub
from pgcraft.worker.paths import is_pgcrafts, is_users, show_file

EXCERPT_LINES = 2
"""How many lines are shown before and after the one that failed."""


def map_failure(error: BaseException, root: Path, *, during: str = "importing the models") -> PGCraftError:
    """Return the error to show for something raised while the user's code ran.

    Errors of ours stay what they are; those that came through the user's code get a place when they have none, and the
    way there. Everything else is PGC301, at the deepest frame of the user's own code. Passwords are taken out.
    """
    place, excerpt = _find_place(error, root)
    if isinstance(error, PGCraftError):
        error.place = error.place or place
        error.what, error.remedy = scrub(error.what), scrub(error.remedy)
        error.detail = scrub(error.detail or (_join(excerpt, _format(error, root)) if place else ""))
        return error
    if _is_ours(error):
        return describe_bug(error)
    what, remedy = _describe(error, during)
    return PGCraftLoadError(
        "PGC301", scrub(what), place=place, remedy=scrub(remedy), detail=scrub(_join(excerpt, _format(error, root)))
    )


def first_line(error: BaseException) -> str:
    """Return the first line of an error's text; its class where it has none."""
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def describe_bug(error: BaseException) -> PGCraftLoadError:
    """Return the error to show for something that pgcraft itself got wrong."""
    return PGCraftLoadError(
        "PGC391",
        scrub(f"pgcraft failed: {type(error).__name__}: {error}"),
        remedy="this is not your models' fault; please report it with the traceback, which PGCRAFT_DETAIL=1 shows",
        detail=scrub("".join(traceback.format_exception(error)).rstrip()),
    )


def _is_ours(error: BaseException) -> bool:
    """Whether pgcraft itself raised it: its own innermost frame, and no user's below."""
    frames = [frame.f_code.co_filename for frame, _ in traceback.walk_tb(error.__traceback__)]
    return bool(frames) and is_pgcrafts(frames[-1]) and not isinstance(error, SyntaxError | SystemExit)


def _describe(error: BaseException, during: str) -> tuple[str, str]:
    """Return what is wrong, and how to mend it."""
    if isinstance(error, SyntaxError):
        return f"{type(error).__name__}: {error.msg}", "mend that line"
    if isinstance(error, SystemExit):
        return (
            f"sys.exit({error.code!r}) was called while {during}",
            'move it under: if __name__ == "__main__":',
        )
    if isinstance(error, ModuleNotFoundError):
        return (
            f"No module named {error.name!r} while {during}",
            f"install what brings {error.name}, or name the folder it is in: prepend_sys_path in alembic.ini",
        )
    text = str(error).strip()
    name = type(error).__name__
    return f"{name} while {during}" + (f": {text}" if text else ""), "mend that line, or what it calls"


def _find_place(error: BaseException, root: Path) -> tuple[Place | None, str]:
    """Return the deepest frame of the user's own code, and the source around it."""
    if isinstance(error, SyntaxError) and error.filename and is_users(error.filename, root.resolve()):
        line = error.lineno or 0
        return Place(show_file(error.filename, root), line), _excerpt(error.filename, line, error.offset)
    frames = [
        (frame.f_code.co_filename, line, frame.f_code.co_name)
        for frame, line in traceback.walk_tb(error.__traceback__)
        if is_users(frame.f_code.co_filename, root.resolve())
    ]
    if not frames:
        return None, ""
    name, line, function = frames[-1]
    subject = "" if function == "<module>" else f"in {function}"
    return Place(show_file(name, root), line, subject), _excerpt(name, line)


def _excerpt(name: str, line: int, offset: int | None = None) -> str:
    linecache.checkcache(name)
    shown = []
    for number in range(max(1, line - EXCERPT_LINES), line + EXCERPT_LINES + 1):
        text = linecache.getline(name, number).rstrip("\n")
        if not text and number > line:
            continue
        shown.append(f"{'>' if number == line else ' '} {number:>4} | {text}")
        if number == line and offset:
            shown.append(f"       | {' ' * (offset - 1)}^")
    return "\n".join(shown)


def _format(error: BaseException, root: Path) -> str:
    """Return the traceback from the user's first line on; never with the values of variables."""
    report = traceback.TracebackException.from_exception(error)
    _cut(report, error.__traceback__, root)
    return "".join(report.format()).rstrip()


def _cut(report: traceback.TracebackException, trace: TracebackType | None, root: Path) -> None:
    names = [frame.f_code.co_filename for frame, _ in traceback.walk_tb(trace)]
    first = next((index for index, name in enumerate(names) if is_users(name, root.resolve())), None)
    if first is None:
        return
    report.stack = traceback.StackSummary.from_list(list(report.stack)[first:])


def _join(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)
