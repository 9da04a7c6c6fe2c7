"""The facts of publications, and of the tables that they name."""

from dataclasses import dataclass

CHANGES = ("delete", "insert", "truncate", "update")
"""What a publication can send, sorted."""


@dataclass(frozen=True, slots=True)
class Publication:
    """What is sent to whoever subscribes; the tables that it names are objects of their own, ``published``.

    Attributes:
        is_for_all: it is about all tables of the database.
        schemas: it is about all tables of these, sorted.
        publish: of ``delete``, ``insert``, ``truncate`` and ``update``, sorted.
        via_root: changes of partitions are sent as those of their table.
        sends_generated: values of stored generated columns are sent, too (PostgreSQL 18).
    """

    is_for_all: bool = False
    schemas: tuple[str, ...] = ()
    publish: tuple[str, ...] = CHANGES
    via_root: bool = False
    sends_generated: bool = False
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class Published:
    """A table that a publication names.

    Attributes:
        columns: the ones that are sent, sorted; none for all of them.
        where: SQL condition of the rows that are sent, or None.
    """

    columns: tuple[str, ...] = ()
    where: str | None = None
