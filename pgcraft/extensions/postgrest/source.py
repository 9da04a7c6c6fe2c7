"""What an API view may stand on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, MetaData, Table

from pgcraft.config import PGCraftConfig, get_configs
from pgcraft.errors import PGCraftValidationError, Place
from pgcraft.extensions.postgrest.extension import DEFAULT_SCHEMA, NAME, PostgRESTExtension
from pgcraft.factory.base import ResourceFactory
from pgcraft.identifiers import quote_qualified
from pgcraft.models.declarations import get_declarations
from pgcraft.plugins.concurrency import Merging
from pgcraft.plugins.view_writes import VIEW_WRITES, ViewWrites
from pgcraft.views.view import PGCraftView


@dataclass(frozen=True)
class Source:
    """The relation below an API view.

    Attributes:
        kind: of factory, as the naming convention has it.
        resource: what the API view is called.
        table: what is read and, where there is a key, written.
        key: names of the key's columns; empty when the relation has none.
        server_owned: names of columns that the server fills and no client writes.
        writes: what can be done to its rows.
        view_writes: what writes the tables behind it, when it is a factory's view.
    """

    metadata: MetaData
    config: PGCraftConfig | None
    kind: str
    resource: str
    table: Table
    key: tuple[str, ...] = ()
    server_owned: frozenset[str] = frozenset()
    writes: tuple[str, ...] = ("insert", "update", "delete")
    view_writes: ViewWrites | None = None

    def find_entities(self) -> str | None:
        """Return the quoted table that has the keys of its rows, to which foreign keys point; None for a plain view."""
        table = self.find_entity_table()
        return None if table is None else quote_qualified(table.schema or "public", table.name)

    def find_entity_table(self) -> Table | None:
        """Return the table that has the keys of its rows; None for a plain view."""
        known = get_declarations(self.metadata).dimensions.find((self.resource, self.schema))
        return None if known is None else known.definition.table

    @property
    def merging(self) -> Merging:
        """The resource's functions for many writers."""
        return Merging.of(self.metadata, self.kind, self.schema, self.resource)

    @property
    def schema(self) -> str:
        """The relation's schema."""
        return self.table.schema or "public"

    @property
    def name(self) -> str:
        """The relation's name."""
        return self.table.name

    @property
    def columns(self) -> Mapping[str, Column[Any]]:
        """The columns by what the user may call them: names, and keys where these differ."""
        found = {column.key: column for column in self.table.columns}
        for column in self.table.columns:
            found.setdefault(column.name, column)
        return found

    def default_schema(self) -> str:
        """Return the API schema that the PostgREST extension in use has."""
        configs = [self.config] if self.config is not None else get_configs(self.metadata)
        for config in configs:
            extension = config.find_extension(NAME)
            if isinstance(extension, PostgRESTExtension):
                return extension.schema
        return DEFAULT_SCHEMA


def name_source(source: object) -> str:
    """Return what a source is called, for messages; anything may be asked."""
    if isinstance(source, ResourceFactory):
        return source.ctx.tablename
    return str(getattr(source, "__tablename__", None) or getattr(source, "name", None) or "?")


def read_source(source: object, place: Place) -> Source:
    """Return the relation that a factory, a registered class or a view stands for.

    Raises:
        PGCraftValidationError: PGC115, it is none of these.
    """
    made_by = source if isinstance(source, ResourceFactory) else getattr(source, "__pgcraft_factory__", None)
    if isinstance(made_by, ResourceFactory):
        ctx = made_by.ctx
        return Source(
            metadata=ctx.metadata,
            config=made_by.config,
            kind=made_by.kind,
            resource=ctx.tablename,
            table=made_by.exposed_table,
            key=ctx["pk_columns"].names,
            server_owned=made_by.server_columns,
            writes=made_by.writes,
            view_writes=_find_view_writes(made_by),
        )
    if isinstance(source, PGCraftView):
        return Source(metadata=source.metadata, config=None, kind="simple", resource=source.name, table=source.table)
    raise PGCraftValidationError(
        "PGC115",
        f"source is {source!r}, which no API view can stand on",
        place=place,
        remedy="pass a factory, a class decorated with register, or a PGCraftView",
    )


def _find_view_writes(factory: ResourceFactory) -> ViewWrites | None:
    """Return what writes the tables behind a factory's view, unless that writes more than clients of an API may.

    Who owns the view may write a column that a plugin fills by a default, and clients of an API may not.
    """
    own: frozenset[str] = factory.ctx.find("server_columns") or frozenset()
    writes: ViewWrites | None = factory.ctx.find(VIEW_WRITES)
    return writes if factory.server_columns <= own else None
