"""What stands behind DEFAULT, where PostgreSQL takes less than elsewhere."""

import re

from pgcraft.catalog.tokens import depth_change, tokenize

_ENCLOSED = frozenset(
    "ALL AND ANY AT BETWEEN COLLATE ILIKE IN IS ISNULL LIKE NOT NOTNULL OR OVERLAPS SIMILAR SOME".split()
)
_MAY_BE = re.compile(rf"\b(?:{'|'.join(sorted(_ENCLOSED))})\b", re.IGNORECASE)


def enclose_default(sql: str) -> str:
    """Return an expression as it may stand behind DEFAULT: in parentheses where one of its operators is a word.

    Without them CREATE TABLE takes such a word for the next thing that is said of the column.
    """
    if not _MAY_BE.search(sql):
        return sql
    depth = 0
    for token in tokenize(sql):
        depth += depth_change(token)
        if depth == 0 and token.keyword in _ENCLOSED:
            return f"({sql})"
    return sql
