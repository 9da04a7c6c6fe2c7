"""The options of aggregate functions in one form, whether they were declared or read from a server."""

from collections.abc import Mapping

from pgcraft.catalog.types import canonical_type
from pgcraft.identifiers import quote_literal

FUNCTIONS = ("sfunc", "finalfunc", "combinefunc", "serialfunc", "deserialfunc", "msfunc", "minvfunc", "mfinalfunc")
"""The options that name a function."""
LITERALS = ("initcond", "minitcond")
"""The options that are texts, and stand in quotes."""
OPTIONS = (
    *("sfunc", "stype", "sspace", "finalfunc", "finalfunc_extra", "finalfunc_modify"),
    *("combinefunc", "serialfunc", "deserialfunc", "initcond"),
    *("msfunc", "minvfunc", "mstype", "msspace", "mfinalfunc", "mfinalfunc_extra", "mfinalfunc_modify", "minitcond"),
    *("sortop", "hypothetical"),
)
"""The options of CREATE AGGREGATE in its order, but for PARALLEL."""
_TYPES = ("stype", "mstype")
_MODES = ("finalfunc_modify", "mfinalfunc_modify")


def canonical_options(options: Mapping[str, str], *, is_ordered: bool = False) -> tuple[tuple[str, str], ...]:
    """Return options in the order of CREATE AGGREGATE, without those that say the default.

    Args:
        is_ordered: of a function over an ordered set, whose final function may change its state unless it says else.
    """
    usual = "READ_WRITE" if is_ordered else "READ_ONLY"
    found = ((name, _canonical(name, options[name])) for name in OPTIONS if name in options)
    return tuple((name, value) for name, value in found if not (name in _MODES and value == usual))


def _canonical(name: str, value: str) -> str:
    if name in LITERALS:
        return quote_literal(value)
    if name in FUNCTIONS or name in _TYPES:
        return canonical_type(value).removeprefix("pg_catalog.")
    return value.strip().upper() if name in _MODES else value.strip()
