"""What Alembic has words for, of tables and what they consist of."""

import re

from pgcraft.catalog import definitions
from pgcraft.catalog.objects import CatalogObject, Kind
from pgcraft.diff.actions import Action
from pgcraft.identifiers import quote_name

SAID = frozenset({"type", "nullable", "default", "comment"})
"""The facts of a column that ``op.alter_column`` can change."""

SHOWN = SAID | {"identity"}
"""Those, and what it has words for that do not run."""

_INCLUDE = " INCLUDE ("

_BARE = re.compile(r'"(lateral|system_user|collation|concurrently|tablesample)"')
"""Names that PostgreSQL takes in quotes alone, and SQLAlchemy writes without."""

CONSTRAINTS = {"unique": "unique", "foreign key": "foreignkey", "check": "check"}
"""The constraints that Alembic writes by themselves, with its names for them."""


def is_misread(action: Action, *more: Kind) -> bool:
    """Whether Alembic would find two names in a schema's, as it does where it is about columns, or bare keywords.

    Args:
        more: kinds of which it does so, too.
    """
    is_cut = action.id.kind in (Kind.COLUMN, *more) and "." in str(action.id.schema)
    return is_cut or any(_BARE.search(sql) for sql in (*action.up, *action.down))


def can_say(action: Action, old: definitions.Column, new: definitions.Column, facts: set[str]) -> bool:
    """Whether ``op.alter_column`` does what the action does; little, where PostgreSQL counts or generates."""
    if not facts <= SAID or any(sql.startswith("ALTER TABLE ONLY ") for sql in (*action.up, *action.down)):
        return False
    if old.is_counting or new.is_counting or new.generated is not None:
        return facts <= {"nullable", "comment"}
    if "type" not in facts:
        return True
    # Alembic hands a cast to the driver, which takes a percent sign for a parameter.
    is_handed_over = any("%" in find_using(sql) for sql in (action.up, action.down))
    return len(action.up) == len(action.down) == len(facts) and not is_handed_over


def find_using(statements: tuple[str, ...]) -> str:
    """Return the expression by which statements turn values into ones of another type; empty where there is none."""
    return next((using for _, _, using in (sql.partition(" USING ") for sql in statements) if using), "")


def has_words(item: CatalogObject) -> bool:
    """Whether Alembic writes a constraint by itself."""
    return item.defined_as(definitions.Constraint).type in CONSTRAINTS


def is_plain(item: CatalogObject) -> bool:
    """Whether Alembic writes all of a constraint that is added: it knows no included column."""
    constraint = item.defined_as(definitions.Constraint)
    return is_written_whole(constraint) and _INCLUDE not in constraint.text


def is_written_whole(constraint: definitions.Constraint) -> bool:
    """Whether Alembic says all of a constraint.

    It writes no comment, of a primary key nothing but its columns, and looks for a column behind the last dot.
    """
    _, target = constraint.references or ("", "")
    if constraint.type == "primary key" and (_INCLUDE in constraint.text or " DEFERRABLE" in constraint.text):
        return False
    return constraint.comment is None and not any("." in name for name in (target, *constraint.referenced_columns))


def is_quoted(table: definitions.Table) -> bool:
    """Whether SQLAlchemy's text of a table runs: it quotes no method or parent, and the driver takes percent signs."""
    method = table.access_method or "heap"
    return "%" not in (table.partition_by or "") and quote_name(method) == method and not table.inherits
