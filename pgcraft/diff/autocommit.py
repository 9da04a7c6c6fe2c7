"""Statements that cannot run in a transaction, or whose work cannot be used in it: they get none around them."""

from itertools import islice, pairwise

from pgcraft.catalog.tokens import Token, TokenType, tokenize
from pgcraft.catalog.words import list_words

_NEVER_INSIDE = frozenset({"VACUUM", "CLUSTER"})
_INDEX_WORK = frozenset({"CREATE", "DROP", "REINDEX"})
_TOLD = 8
"""How many words tell it: ``ALTER TYPE "a"."b" ADD VALUE`` has seven."""


def runs_alone(sql: str) -> bool:
    """Whether a statement is committed by itself: it must be, or nobody is to wait for other locks while it reads."""
    return _may_run_alone(sql) and (refuses_transaction(sql) or _validates(sql))


def _may_run_alone(sql: str) -> bool:
    """Whether a statement holds somewhere what one that runs alone does; most are told by that, without being read."""
    upper = sql.upper()
    if "ALTER" in upper and ("VALUE" in upper or "VALIDATE" in upper):
        return True
    return "CONCURRENTLY" in upper or "COMMIT" in upper or "VACUUM" in upper or "CLUSTER" in upper


def _validates(sql: str) -> bool:
    """Whether a statement tests the rows that are there against a constraint: ``VALIDATE CONSTRAINT``."""
    words = [word.keyword for word in list_words(sql)]
    return words[:2] == ["ALTER", "TABLE"] and ("VALIDATE", "CONSTRAINT") in pairwise(words)


def refuses_transaction(sql: str) -> bool:
    """Whether a statement cannot run in a transaction, or is of no use there.

    PostgreSQL refuses ``CONCURRENTLY`` inside of a transaction, as well as code that commits, and lets nobody use a
    value that was added to an enumerated type before that is committed.
    """
    if not _may_run_alone(sql):
        return False
    tokens = list(islice((token for token in tokenize(sql) if not token.is_blank), _TOLD))
    words = [token.keyword for token in tokens]
    if not words or words[0] in _NEVER_INSIDE:
        return bool(words)
    if words[0] == "DO":
        return commits(sql)
    if words[0] in _INDEX_WORK:
        return "CONCURRENTLY" in words[:6]
    return words[:2] == ["ALTER", "TYPE"] and words[_end_of_name(tokens, 2) :][:2] == ["ADD", "VALUE"]


def commits(sql: str) -> bool:
    """Whether a statement is code that commits."""
    tokens = list_words(sql)
    if not tokens or tokens[0].keyword != "DO":
        return False
    bodies = (token.value for token in tokens if token.value is not None)
    return any(token.keyword == "COMMIT" for body in bodies for token in tokenize(body))


def without_concurrently(sql: str) -> str:
    """Return the statement that does the same inside of a transaction, where there is one."""
    if not runs_alone(sql):
        return sql
    return "".join(token.text for token in tokenize(sql) if token.keyword != "CONCURRENTLY")


def _end_of_name(tokens: list[Token], start: int) -> int:
    """Return where a name with or without its schema ends."""
    dotted = tokens[start + 1 : start + 2]
    is_qualified = bool(dotted) and dotted[0].type is TokenType.MARK and dotted[0].text == "."
    return start + (3 if is_qualified else 1)
