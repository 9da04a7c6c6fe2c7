"""Python's collector of cyclic garbage, held still where much is made and nothing of it thrown away.

It looks through everything that was made whenever a quarter has been added, which takes a third of the time that a
thousand factories take, and finds nothing: models, catalogs and what is imported live on.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_SELDOM = (100_000, 50, 50)
"""New objects between two looks at the new ones alone; such looks before one at all. Python's own first is 700."""


@contextmanager
def paused() -> Iterator[None]:
    """Collect nothing inside: all that is built here stays."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def pause() -> None:
    """Collect nothing until :func:`resume` or :func:`resume_seldom`: nothing that is imported is garbage."""
    gc.disable()


def pass_over() -> bool:
    """Do not look through what is there now; whether :func:`look_again` is to be called.

    Where somebody has left something out already, as an application's server does before it forks, that is let be; so
    it is in a process of our own, whose count is not taken: it goes through all that was left out.
    """
    if gc.get_threshold()[:2] == _SELDOM[:2] or gc.get_freeze_count():
        return False
    gc.freeze()
    return True


def look_again() -> None:
    """Look through everything again, also what :func:`pass_over` left out: all of it as what has been there for long.

    Else what was made meanwhile is looked through at once, as it all is new.
    """
    gc.freeze()
    gc.unfreeze()


def resume() -> None:
    """Collect from now on, and nothing of what is there now."""
    gc.freeze()
    gc.enable()


def resume_seldom() -> None:
    """Collect from now on, but seldom; for a process that builds much and ends soon.

    Not switched off: models that leave cycles behind in a loop must not fill the memory.
    """
    gc.set_threshold(*_SELDOM)
    resume()
