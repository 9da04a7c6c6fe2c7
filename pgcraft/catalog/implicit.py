"""The names that PostgreSQL gives to constraints and indexes that come without one.

Made as in src/backend/commands/indexcmds.c (ChooseRelationName, makeObjectName) and catalog/pg_constraint.c.
"""

from collections.abc import Collection, Sequence

from pgcraft.identifiers import MAX_BYTES

_LABELS = {"primary key": "pkey", "unique": "key", "check": "check", "foreign key": "fkey", "exclude": "excl"}


def choose_constraint_name(type_: str, table_name: str, columns: Sequence[str], *taken: Collection[str]) -> str:
    """Return the name that PostgreSQL chooses.

    Args:
        type_: type of the constraint, as in a catalog's ``Constraint``.
        columns: the constrained ones; for a check those that it names.
        taken: names in use: of the table's constraints and, for what has an index, of the schema's relations.
    """
    middle = "_".join(columns)
    if type_ == "primary key" or (type_ == "check" and len(columns) != 1):
        middle = ""
    label = _LABELS[type_]
    number = 0
    while True:
        name = make_object_name(table_name, middle, f"{label}{number or ''}")
        if not any(name in names for names in taken):
            return name
        number += 1


def choose_index_name(table_name: str, columns: Sequence[str | None]) -> str:
    """Return the name that PostgreSQL chooses where no other relation has it.

    Args:
        columns: those that are indexed, None for an expression, and those that are included.
    """
    found: list[str] = []
    for column in columns:
        name, number = column or "expr", 0
        while (unique := f"{name}{number or ''}") in found:
            number += 1
        found.append(unique)
    return make_object_name(table_name, "_".join(found), "idx")


def make_object_name(first: str, second: str, label: str) -> str:
    """Join name parts by underscores in at most 63 bytes, cutting the longer of the first two."""
    available = MAX_BYTES - len(label.encode()) - 1 - bool(second)
    left, right = first.encode(), second.encode()
    left_size, right_size = len(left), len(right)
    while left_size + right_size > available:
        if left_size > right_size:
            left_size -= 1
        else:
            right_size -= 1
    parts = [_clip(left, left_size), _clip(right, right_size), label]
    return "_".join(part for part in parts if part)


def _clip(text: bytes, size: int) -> str:
    """Cut bytes without cutting a character."""
    return text[:size].decode(errors="ignore")
