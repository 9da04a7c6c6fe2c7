"""The ``SET`` clauses of functions, in one form whether they were declared or read from a server."""

from collections.abc import Iterable
from functools import lru_cache

from pgcraft.catalog.tokens import read_string, split_top_level, tokenize
from pgcraft.identifiers import quote_literal, quote_name, quote_names

_LISTS = frozenset(
    {
        "search_path",
        "temp_tablespaces",
        "local_preload_libraries",
        "session_preload_libraries",
        "shared_preload_libraries",
        "unix_socket_directories",
    }
)
"""Settings whose value is a list of names, each quoted by itself."""


def canonical_settings(settings: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Return settings sorted; a list of names is written as ``app, pg_temp``, the empty list as an empty text."""
    return tuple(sorted((name.lower(), _canonical_value(name.lower(), value)) for name, value in settings))


def render_setting(name: str, value: str) -> str:
    """Return one clause: ``SET search_path = ''``."""
    if name in _LISTS and value:
        return f"SET {name} = {value}"
    shown = ".".join(quote_name(part) for part in name.split("."))
    return f"SET {shown} = {quote_literal(value)}"


@lru_cache(maxsize=256)
def _canonical_value(name: str, value: str) -> str:
    if name not in _LISTS:
        return value
    names = tuple(_unquote(part) for part in split_top_level(value))
    return quote_names(tuple(part for part in names if part))


def _unquote(part: str) -> str:
    if part.startswith("'"):
        return read_string(part)
    tokens = list(tokenize(part))
    name = tokens[0].name if len(tokens) == 1 else None
    return part if name is None else name
