"""A view of its own, made of any query."""

from functools import cached_property
from typing import ClassVar

from sqlalchemy import Column, MetaData, Table

from pgcraft.errors import PGCraftValidationError
from pgcraft.factory.arguments import check_arguments, check_free
from pgcraft.models.definitions import Query, ViewDefinition
from pgcraft.models.register import register_view
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

    Raises:
        PGCraftValidationError: a name is wrong or taken, or the query is none.
    """

    is_materialized: ClassVar[bool] = False

    def __init__(
        self, name: str, schema: str, metadata: MetaData, query: Query, *, bypass_row_security: bool = False
    ) -> None:
        place = self.locate(name)
        check_arguments(name, schema, metadata, place)
        self.name = name
        self.schema = schema
        self.metadata = metadata
        self.bypass_row_security = bypass_row_security
        named = name_outputs(query, place)
        self.query = named.query
        self._outputs = named.outputs
        self.declare_on(metadata)

    def declare(self, metadata: MetaData) -> None:
        """Register the view."""
        check_free(metadata, self.schema, self.name, self.place)
        definition = ViewDefinition(
            schema=self.schema,
            name=self.name,
            query=self.query,
            is_materialized=self.is_materialized,
            bypass_row_security=self.bypass_row_security,
        )
        register_view(metadata, definition)

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
        return Table(self.name, MetaData(), *columns, schema=self.schema)
