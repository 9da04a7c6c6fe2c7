"""What looks odd about a schema, though PostgreSQL takes it; standard library only."""

from collections.abc import Callable, Iterator
from itertools import chain

from pgcraft.service.lint.access import find_bypasses, find_open_filters, find_unreachable
from pgcraft.service.lint.functions import find_idle_functions, find_unpinned_definers
from pgcraft.service.lint.tables import find_missing_keys, find_nullable_unique, find_unindexed_keys
from pgcraft.service.types import Finding, LoadedModels

__all__ = ["RULES", "Rule", "lint"]

Rule = Callable[[LoadedModels], Iterator[Finding]]

RULES: tuple[Rule, ...] = (
    find_missing_keys,
    find_unindexed_keys,
    find_nullable_unique,
    find_idle_functions,
    find_unreachable,
    find_unpinned_definers,
    find_bypasses,
    find_open_filters,
)
"""To add one: a function that gives a note for each object, a line here, a case in tests/service/test_lint.py."""


def lint(loaded: LoadedModels) -> tuple[Finding, ...]:
    """Return a note for everything that looks odd, by rule, then by object."""
    return tuple(chain.from_iterable(rule(loaded) for rule in RULES))
