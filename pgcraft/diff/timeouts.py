"""How long a revision waits for a lock, and how long a statement of it may run, where somebody says so.

``SET LOCAL`` holds until the transaction ends, so it stands before the first operation of each. What is committed by
itself has no transaction: there a statement that locks strongly gets its limits, and the session its own back.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pgcraft.catalog.objects import ObjectId
from pgcraft.diff.locks import find_locks
from pgcraft.identifiers import quote_literal
from pgcraft.render.statement import LockMode

LIMITS = {"lock_timeout": "pgcraft_lock_timeout", "statement_timeout": "pgcraft_statement_timeout"}
"""PostgreSQL's settings, each with the option of ``context.configure`` that gives its value."""


def limit_transaction(options: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what limits the rest of a transaction."""
    return tuple(f"SET LOCAL {name} = {quote_literal(value)}" for name, value in _read(options))


def limit_statements(statements: Iterable[str], subject: ObjectId, options: Mapping[str, Any]) -> Iterator[str]:
    """Return statements that are committed by themselves, within their limits where others would wait for them."""
    limits = tuple(_read(options))
    is_limited = False
    for sql in statements:
        is_heavy = bool(limits) and _is_heavy(sql, subject)
        if is_heavy and not is_limited:
            yield from (f"SET {name} = {quote_literal(value)}" for name, value in limits)
        elif is_limited and not is_heavy:
            yield from (f"RESET {name}" for name, _ in limits)
        is_limited = is_heavy
        yield sql
    if is_limited:
        yield from (f"RESET {name}" for name, _ in limits)


def _is_heavy(sql: str, subject: ObjectId) -> bool:
    strongest = max((lock.mode.strength for lock in find_locks(sql, subject)), default=0)
    return strongest > LockMode.SHARE_UPDATE_EXCLUSIVE.strength


def _read(options: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, option in LIMITS.items():
        if value := options.get(option):
            yield name, str(value)
