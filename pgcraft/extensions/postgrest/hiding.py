"""What the errors of a write tell where an API view does not show every column.

The server tells values of a row to who may read them, and in these functions that is the owner
(https://www.postgresql.org/docs/current/sql-createfunction.html#SQL-CREATEFUNCTION-SECURITY).
"""

import re
from collections.abc import Sequence

from pgcraft.identifiers import quote_literal
from pgcraft.sqltext.plpgsql import indent, write_if

HIDING_VARIABLES = ("told pg_catalog.text", "told_constraint pg_catalog.text", "told_column pg_catalog.text")
"""The variables of a function that has lines of :func:`hide_rows`."""
_ANY_NAME = '"[^"]*"'
_INSTEAD = quote_literal("(not shown)")


def hide_rows(hidden: Sequence[str]) -> list[str]:
    """Write the handler that raises an error anew without detail and context, which may hold any column's value.

    A data exception quotes the value, another error may quote a hidden column, alone or in the name of a constraint.
    What the client has to try again, and what was raised for PostgREST to read, stays as it is.

    Args:
        hidden: names of the columns that the view does not show.
    """
    read = "GET STACKED DIAGNOSTICS told_constraint = CONSTRAINT_NAME, told_column = COLUMN_NAME;"
    raised = "RAISE EXCEPTION USING ERRCODE = SQLSTATE, MESSAGE = told"
    lines = [
        read,
        f"told := pg_catalog.regexp_replace(SQLERRM, {_write_pattern(hidden)}, {_INSTEAD}, 'g');",
        *write_if(["told <> SQLERRM"], [f"{raised};"]),
        f"{raised}, CONSTRAINT = told_constraint, COLUMN = told_column;",
    ]
    return [
        "EXCEPTION",
        "    WHEN transaction_rollback OR SQLSTATE 'PGRST' THEN",
        "        RAISE;",
        "    WHEN OTHERS THEN",
        *indent(indent(lines)),
    ]


def _write_pattern(hidden: Sequence[str]) -> str:
    """Write the expression for what is quoted in a message and must not be told."""
    if not hidden:
        return f"CASE WHEN SQLSTATE LIKE '22%' THEN {quote_literal(_ANY_NAME)} ELSE '^$' END"
    names = "|".join(re.sub(r"(\W)", r"\\\1", name) for name in hidden)
    quoted = f'"([^"]*[^[:alnum:]"])?({names})([^[:alnum:]"][^"]*)?"'
    return f"CASE WHEN SQLSTATE LIKE '22%' THEN {quote_literal(_ANY_NAME)} ELSE {quote_literal(quoted)} END"
