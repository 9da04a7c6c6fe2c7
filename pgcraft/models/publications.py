"""What plugins and users declare of publications."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from pgcraft.catalog.publications import CHANGES
from pgcraft.models.given import Form, Given, GivenName, Unfit, flag, names, pair, some_words, text, text_or_none


@dataclass(frozen=True, kw_only=True)
class PublishedTable(Given):
    """A table of a publication.

    Attributes:
        columns: the ones that are sent; all of them when left out.
        where: SQL condition of the rows that are sent.
    """

    forms: ClassVar[Mapping[str, Form]] = {
        **dict.fromkeys(("schema", "name"), text),
        "columns": names,
        "where": text_or_none,
    }

    schema: str
    name: str
    columns: tuple[str, ...] = ()
    where: str | None = None


def _tables(value: object) -> tuple[PublishedTable, ...]:
    """Take tables, or pairs of schema and name."""
    if not isinstance(value, tuple | list):
        raise Unfit('tables: (("app", "orders"), PublishedTable(schema="app", name="lines", columns=("id",)), …)')
    return tuple(each if isinstance(each, PublishedTable) else _table(*pair(each)) for each in value)


def _table(schema: str, name: str) -> PublishedTable:
    return PublishedTable(schema=schema, name=name)


@dataclass(frozen=True, kw_only=True)
class PublicationDefinition(GivenName):
    """A publication: changes of tables that are sent to whoever subscribes.

    Attributes:
        tables: pairs of schema and name, or ``PublishedTable`` for some columns or rows.
        schemas: of which all tables are meant; only a superuser may say so, as of ``all_tables``.
        publish: of ``insert``, ``update``, ``delete`` and ``truncate``.
        via_root: changes of partitions are sent as those of their table.
        sends_generated: values of stored generated columns are sent, too; needs PostgreSQL 18.
    """

    forms: ClassVar[Mapping[str, Form]] = {
        "name": text,
        "tables": _tables,
        "schemas": names,
        **dict.fromkeys(("all_tables", "via_root", "sends_generated"), flag),
        "publish": some_words(*CHANGES),
        "comment": text_or_none,
    }

    name: str
    tables: tuple[PublishedTable, ...] = ()
    schemas: tuple[str, ...] = ()
    all_tables: bool = False
    publish: tuple[str, ...] = CHANGES
    via_root: bool = False
    sends_generated: bool = False
    comment: str | None = None

    def contradictions(self) -> Iterator[tuple[str, str]]:
        """Return what PostgreSQL would refuse."""
        if self.all_tables and (self.tables or self.schemas):
            yield "it is about all tables, and names some", "leave tables and schemas out, or all_tables"
        if self.schemas and any(table.columns for table in self.tables):
            yield "it names columns beside whole schemas", "name columns in a publication of their own"
