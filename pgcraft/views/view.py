"""A view of its own, made of any query."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import ClassVar

from sqlalchemy import Column, MetaData, Table

from pgcraft.catalog.objects import OldName
from pgcraft.declare.arguments import check_arguments, check_free
from pgcraft.declare.column_markers import ItemMarkers, name_columns
from pgcraft.errors import PGCraftValidationError, Place
from pgcraft.index import PGCraftIndex
from pgcraft.models.definitions import CHECK_OPTION, SECURITY_BARRIER, Query, ViewDefinition
from pgcraft.models.register import register_view
from pgcraft.plugins.indexes import add_index
from pgcraft.views.declaration import Declaration
from pgcraft.views.outputs import name_outputs


class PGCraftView(Declaration):
    """Declares a view.

    Args:
        name: the view's name.
        schema: its schema.
        metadata: where it is declared.
        query: a SQLAlchemy ``select()``, or SQL text that is kept as written.
        bypass_row_security: show the rows of everyone, whatever policies the tables have that the query reads.
        security_barrier: let the query's filter run before any function that a reader calls in a condition, so that
            none is given what the filter hides.
        check_option: refuse to write a row through the view that it then does not show; for a query that PostgreSQL
            writes through by itself.
        indexes: of a materialized view: ``PGCraftIndex("by_day", "{day}", unique=True)``. ``REFRESH MATERIALIZED VIEW
            CONCURRENTLY``, which lets others read meanwhile, needs a unique one of plain columns without a condition.
        renamed_from: the name that it had before, or schema and name.

    Raises:
        PGCraftValidationError: a name is wrong or taken, or the query is none; PGC163, a materialized view has an
            option of plain ones, or a plain one has indexes; PGC121, the query is text, and indexes need its columns.
    """

    is_materialized: ClassVar[bool] = False

    def __init__(
        self,
        name: str,
        schema: str,
        metadata: MetaData,
        query: Query,
        *,
        bypass_row_security: bool = False,
        security_barrier: bool = False,
        check_option: bool = False,
        indexes: Sequence[PGCraftIndex] = (),
        renamed_from: OldName | None = None,
    ) -> None:
        place = self.locate(name)
        check_arguments(name, schema, metadata, place)
        self.name = name
        self.schema = schema
        self.metadata = metadata
        self.bypass_row_security = bypass_row_security
        given = ((CHECK_OPTION, check_option), (SECURITY_BARRIER, security_barrier))
        self.options = tuple(option for option, is_given in given if is_given)
        self.indexes = tuple(indexes)
        self.renamed_from = renamed_from
        if self.is_materialized and self.options:
            raise _cannot_have("a materialized view", self.options[0][0], "make a PGCraftView", place)
        if self.indexes and not self.is_materialized:
            raise _cannot_have("a plain view", "indexes", "make a PGCraftMaterializedView", place)
        named = name_outputs(query, place)
        self.query = named.query
        self._outputs = named.outputs
        self.declare_on(metadata)

    def declare(self, metadata: MetaData) -> None:
        """Register the view."""
        check_free(metadata, self.schema, self.name, self.place)
        for index in self.indexes:
            self._add_index(index)
        definition = ViewDefinition(
            schema=self.schema,
            name=self.name,
            query=self.query,
            is_materialized=self.is_materialized,
            options=self.options,
            bypass_row_security=self.bypass_row_security,
            indexes=tuple(self.table.indexes) if self.indexes else (),
            renamed_from=self.renamed_from,
        )
        register_view(metadata, definition)

    def _add_index(self, index: PGCraftIndex) -> None:
        place = replace(self.place, subject=f"PGCraftIndex in {self.place.subject}")
        names = name_columns(self.table.columns)
        add_index(index, self.table, self.metadata, ItemMarkers(names, str(index), f"{self.schema}.{self.name}", place))

    @cached_property
    def table(self) -> Table:
        """The view as a table to select from and join with; it stands on no MetaData of the models.

        Raises:
            PGCraftValidationError: PGC121, the query is text, which does not tell its columns.
        """
        if not self._outputs:
            raise PGCraftValidationError(
                "PGC121",
                f"the columns of view {self.schema}.{self.name} are not known: its query is text",
                place=self.place,
                remedy="write the query as select(…), or as text(…).columns(column(…), …)",
            )
        columns = (Column(output.name, output.element.type) for output in self._outputs)
        conventions = MetaData(naming_convention=self.metadata.naming_convention)
        return Table(self.name, conventions, *columns, schema=self.schema)


def _cannot_have(noun: str, what: str, advice: str, place: Place) -> PGCraftValidationError:
    return PGCraftValidationError(
        "PGC163", f"{noun} cannot have {what}", place=place, remedy=f"take it out, or {advice}"
    )
