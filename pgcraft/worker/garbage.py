"""The collector of cyclic garbage, set for a process that builds much, throws away little and ends soon."""

import gc

YOUNG, YOUNGER, OLD = 100_000, 50, 50
"""New objects between two looks at the new ones alone; such looks before one at all. Python's own first is 700.

Not switched off: models that leave cycles behind in a loop must not fill the memory.
"""


def collect_seldom() -> None:
    """Look for garbage seldom from now on, and never again among what has been imported so far.

    Python looks through everything that was made whenever a quarter has been added, which a thousand factories make
    a third of the time that they take.
    """
    gc.freeze()
    gc.set_threshold(YOUNG, YOUNGER, OLD)
    gc.enable()
