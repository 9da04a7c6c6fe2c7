"""The columns of a primary key, as plugins hand them to each other."""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Column


class PrimaryKeyColumns:
    """What ``ctx["pk_columns"]`` holds: the key's columns in order, at least one.

    Args:
        columns: SQLAlchemy columns, each made with ``primary_key=True``.
    """

    def __init__(self, columns: Iterable[Column[Any]]) -> None:
        self.columns = tuple(columns)
        if not self.columns:
            raise ValueError("a primary key needs at least one column")

    @property
    def first(self) -> Column[Any]:
        """The first column of the key."""
        return self.columns[0]

    @property
    def first_key(self) -> str:
        """The name under which ``Table.c`` knows the first column."""
        return self.first.key

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names in the database."""
        return tuple(column.name for column in self.columns)

    def __iter__(self) -> Iterator[Column[Any]]:
        return iter(self.columns)

    def __len__(self) -> int:
        return len(self.columns)

    def __repr__(self) -> str:
        return f"PrimaryKeyColumns({', '.join(self.names)})"
