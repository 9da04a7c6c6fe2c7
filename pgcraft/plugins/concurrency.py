"""What writes through a view do about other writers: two small functions beside the tables, and the calls of them.

The rows of a view are not locked by an UPDATE (https://www.postgresql.org/docs/current/sql-createtrigger.html), so what
a client has changed may have been changed by another transaction since it was read.
"""

from sqlalchemy import MetaData

from pgcraft.identifiers import quote_literal, quote_qualified
from pgcraft.models.generated import GeneratedFunction
from pgcraft.models.register import register_function
from pgcraft.plpgsql import write_block, write_if
from pgcraft.plugins.equality import write_same

MERGE = "pgcraft_merge"
IS_OWN = "pgcraft_is_own"
_CHANGED = "a row was changed by another transaction while it was updated"
_XMIN = "row_xmin::pg_catalog.text::bigint"
_CURRENT = "pg_catalog.pg_current_xact_id()::pg_catalog.text::bigint"


def declare_merging(metadata: MetaData, schema: str) -> None:
    """Register the two functions in a schema; once is enough."""
    functions = (
        (MERGE, "given anyelement, as_read anyelement, latest anyelement", "anyelement", _write_merge()),
        (IS_OWN, "row_xmin xid", "boolean", _write_is_own()),
    )
    for name, arguments, returns, body in functions:
        definition = GeneratedFunction(schema=schema, name=name, arguments=arguments, returns=returns, body=body)
        register_function(metadata, definition)


def call_merge(schema: str, given: str, as_read: str, latest: str) -> str:
    """Write what becomes of a value: what was given where that differs from what was read, else what is there now.

    Where another transaction has changed it as well, it is a serialization failure.
    """
    return f"{quote_qualified(schema, MERGE)}({given}, {as_read}, {latest})"


def call_is_own(schema: str, record: str) -> str:
    """Write the condition that the running transaction, or a savepoint of it, has written a row that can be seen."""
    return f"{quote_qualified(schema, IS_OWN)}({record}.xmin)"


def _write_merge() -> str:
    hint = quote_literal("run the transaction again")
    return write_block(
        [
            *write_if([write_same("given", "as_read", is_exact=False)], ["RETURN latest;"]),
            *write_if([write_same("latest", "as_read", is_exact=False)], ["RETURN given;"]),
            f"RAISE serialization_failure USING MESSAGE = {quote_literal(_CHANGED)}, HINT = {hint};",
        ]
    )


def _write_is_own() -> str:
    """A row of a transaction in progress is seen by that transaction alone.

    ``xmin`` lacks the upper half of the transaction's number, which is that of the nearest one.
    """
    return write_block(
        [
            f"row_xid := current_xid + ({_XMIN} - current_xid)::bit(32)::integer;",
            "RETURN pg_catalog.pg_xact_status(row_xid::pg_catalog.text::pg_catalog.xid8) = 'in progress';",
        ],
        variables=(f"current_xid bigint := {_CURRENT}", "row_xid bigint"),
    )
