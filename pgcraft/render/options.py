"""Options of tables, indexes and views, as they stand in parentheses behind WITH."""

import re

from pgcraft.identifiers import quote_literal, quote_name

_BARE_VALUE = re.compile(r"[a-zA-Z0-9_.]+\Z")


def render_options(options: tuple[tuple[str, str], ...]) -> str:
    """Return ``fillfactor = 70, security_barrier = true``."""
    return ", ".join(f"{_option_name(name)} = {_value(value)}" for name, value in options)


def _option_name(name: str) -> str:
    return ".".join(quote_name(part) for part in name.split("."))


def _value(value: str) -> str:
    return value if _BARE_VALUE.match(value) else quote_literal(value)
