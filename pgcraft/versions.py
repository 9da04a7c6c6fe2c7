"""Versions of PostgreSQL: those that pgcraft works with, and what came with which."""

OLDEST = 15
"""The oldest major version that is read, planned for and tested."""
NEWEST = 18
"""The newest major version that is tested; newer ones are tried all the same."""

MEMBERSHIP_OPTIONS = 16
"""A membership may be without its privileges, and who makes a role may hand it out: ``WITH INHERIT, SET``."""
BUILTIN_LOCALES = 17
"""``initdb --locale-provider=builtin``."""


def read_major(version_num: int) -> int:
    """Return the major version behind ``server_version_num``: 18 for 180006."""
    return version_num // 10_000
