"""Options of tables, indexes and views, as they stand in parentheses behind WITH."""

import re
from collections.abc import Iterator

from pgcraft.identifiers import quote_literal, quote_name

_BARE_VALUE = re.compile(r"[a-zA-Z0-9_.]+\Z")


def render_options(options: tuple[tuple[str, str], ...]) -> str:
    """Return ``fillfactor = 70, security_barrier = true``."""
    return ", ".join(f"{_option_name(name)} = {_value(value)}" for name, value in options)


def set_options(before: tuple[tuple[str, str], ...], after: tuple[tuple[str, str], ...]) -> Iterator[str]:
    """Return what stands behind ALTER TABLE to get from some options to others."""
    left = [name for name, _ in before if name not in dict(after)]
    changed = tuple(option for option in after if option not in before)
    if left:
        yield f"RESET ({', '.join(map(_option_name, left))})"
    if changed:
        yield f"SET ({render_options(changed)})"


def _option_name(name: str) -> str:
    return ".".join(quote_name(part) for part in name.split("."))


def _value(value: str) -> str:
    return value if _BARE_VALUE.match(value) else quote_literal(value)
