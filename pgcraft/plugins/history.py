"""What makes a log a history: it is quick to read by entity, and no two versions of a key overlap.

A key that the client gives may have belonged to an entity that is gone, and whose end a transaction that began earlier
than that end does not expect: it waited for the one that deleted it. What begins with such a key begins when the last
version of it ends. This is read in a statement of its own after the insert, which is where the wait was: what an insert
reads itself is from before.
"""

from typing import Any

from sqlalchemy import Column, Index, Table

from pgcraft.identifiers import quote_name
from pgcraft.models.naming import limit_name
from pgcraft.plugins.entity import CREATED_AT, ENTITY_ID, UPDATED_AT, VALID_TO, qualify
from pgcraft.plugins.equality import write_equal_of
from pgcraft.plugins.view_defaults import is_numbered
from pgcraft.plugins.view_writes import is_made
from pgcraft.sqltext.plpgsql import write_if, write_list

_IS_GIVEN = "key_is_given"


def index_history(log: Table) -> None:
    """Give a log an index for what an entity was, in the order of time."""
    name = limit_name(f"ix__{log.name}__{ENTITY_ID}_{CREATED_AT}")
    Index(name, log.c[ENTITY_ID], log.c[CREATED_AT], _table=log)


def declare_given_key(key: Column[Any]) -> tuple[str, ...]:
    """Return the variable that tells :func:`write_start` whose key it is, where that can be either's."""
    if is_numbered(key) or not is_made(key):
        return ()
    return (f"{_IS_GIVEN} boolean := NEW.{quote_name(key.name)} IS NOT NULL",)


def write_start(
    key: Column[Any], entities: Table, log: Table, times: tuple[str, ...], *, is_log_kept: bool = False
) -> list[str]:
    """Write the lines after an insert that let an entity begin no earlier than the end of what had its key.

    They cost an entity whose key the server makes nothing. A snapshot that is as old as its transaction cannot show
    what has ended since; there the entity begins by the clock.

    Args:
        key: the entity's.
        entities: the table with one row an entity.
        log: of their versions; those just inserted have begun at ``NEW.created_at``.
        times: the columns of ``entities`` with the time of the beginning.
        is_log_kept: whether the log follows the entities by itself.
    """
    if is_numbered(key):
        return []
    name, is_entity = quote_name(key.name), write_equal_of(key.type, f"a.{ENTITY_ID}", f"NEW.{quote_name(key.name)}")
    is_old = "pg_catalog.current_setting('transaction_isolation') IN ('repeatable read', 'serializable')"
    begin = [
        f"NEW.{UPDATED_AT} := greatest(",
        f"    NEW.{CREATED_AT},",
        "    (",
        f"        SELECT a.{VALID_TO}",
        f"        FROM {qualify(log)} AS a",
        f"        WHERE {is_entity}",
        f"        AND a.{VALID_TO} IS NOT NULL",
        f"        ORDER BY a.{CREATED_AT} DESC",
        "        LIMIT 1",
        "    ),",
        f"    CASE WHEN {is_old} THEN pg_catalog.clock_timestamp() END",
        ");",
    ]
    moved = [
        "WITH moved AS (",
        f"    UPDATE {qualify(log)} AS a",
        f"    SET {CREATED_AT} = NEW.{CREATED_AT}",
        f"    WHERE {is_entity}",
        f"    AND a.{VALID_TO} IS NULL",
        ")",
    ]
    move = [
        f"NEW.{CREATED_AT} := NEW.{UPDATED_AT};",
        *(() if is_log_kept else moved),
        f"UPDATE {qualify(entities)} AS e",
        *write_list("SET ", [f"{time} = NEW.{CREATED_AT}" for time in times]),
        f"WHERE {write_equal_of(key.type, f'e.{name}', f'NEW.{name}')};",
    ]
    lines = [*begin, *write_if([f"NEW.{UPDATED_AT} > NEW.{CREATED_AT}"], move)]
    return write_if([_IS_GIVEN], lines) if is_made(key) else lines
