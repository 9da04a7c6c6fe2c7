"""The API view over a resource."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar

from sqlalchemy import Column, MetaData, Table

from pgcraft.declare.arguments import check_free, check_name
from pgcraft.errors import PGCraftValidationError
from pgcraft.extensions.postgrest.extension import NAME
from pgcraft.extensions.postgrest.filters import check_option_fits, list_options
from pgcraft.extensions.postgrest.functions import WriteTarget, write_body
from pgcraft.extensions.postgrest.grants import check_grants
from pgcraft.extensions.postgrest.selection import QueryMaker, ShownColumn, make_selection, select_columns, write_select
from pgcraft.extensions.postgrest.source import name_source, read_source
from pgcraft.extensions.postgrest.writes import (
    check_writes,
    describe_columns,
    find_defaults,
    find_needs,
    find_view_writes,
    make_target,
)
from pgcraft.models.declarations import get_declarations
from pgcraft.models.definitions import TriggerDefinition, ViewDefinition
from pgcraft.models.generated import GeneratedFunction
from pgcraft.models.naming import build_name, declare_old_name, find_old_name
from pgcraft.models.register import promise_function, promise_trigger, promise_view
from pgcraft.resource import APIColumn, APIResource, register_api_resource
from pgcraft.views.declaration import Declaration


class PostgRESTView(Declaration):
    """Exposes a resource through PostgREST.

    Declares the view under the resource's name in the API schema, an ``APIResource``, and for each granted write a
    function with an INSTEAD OF trigger. Clients write the base's columns that the view shows; joined and computed
    columns are read-only, hidden ones keep their values.

    Args:
        source: a factory, a class decorated with ``register``, or a ``PGCraftView``.
        schema: the API schema; that of the PostgREST extension in use when left out, else ``api``.
        grants: what the anonymous role may do: of ``select``, ``insert``, ``update``, ``delete``.
        query: gets the base ``select()`` and the source's table, and gives the select of the view.
        columns: names of the columns to show, in order.
        exclude_columns: names of the columns to hide.
        bypass_row_security: show and write the rows of everyone, whatever policies the source has.
        security_barrier: let the query's filter run before any function that a reader calls in a condition, so that
            none is given what the filter hides.
        check_option: refuse to insert or update a row that the view then does not show.

    Raises:
        PGCraftValidationError: an argument is wrong; an unknown column is a ``ValueError`` too. PGC134, no config uses
            the extension.
    """

    extension_name: ClassVar[str | None] = NAME
    extension_remedy: ClassVar[str] = (
        "call config.use(PostgRESTExtension()) before it, and give that config to the factory: config=config"
    )

    def __init__(
        self,
        source: object,
        schema: str | None = None,
        grants: Sequence[str] = ("select",),
        query: QueryMaker | None = None,
        *,
        columns: Sequence[str] | None = None,
        exclude_columns: Sequence[str] | None = None,
        bypass_row_security: bool = False,
        security_barrier: bool = False,
        check_option: bool = False,
    ) -> None:
        place = self.locate(name_source(source))
        self.source = read_source(source, place)
        self.name = self.source.resource
        self.schema = self.source.default_schema() if schema is None else check_name(schema, "schema", place)
        self.grants = check_grants(grants, place)
        self.bypass_row_security = bypass_row_security
        self.options = list_options(security_barrier=security_barrier)
        self.check_option = check_option
        chosen = select_columns(self.source, columns, exclude_columns, place)
        selection = make_selection(self.source, chosen, query, place)
        is_written = not {"insert", "update"}.isdisjoint(self.grants)
        self.selection = selection.show_types(self.schema) if is_written else selection
        check_writes(self.source, self.selection, self.grants, place)
        if check_option:
            check_option_fits(self.source, self.selection, place)
        self.declare_on(self.source.metadata, self.source.config)

    @cached_property
    def table(self) -> Table:
        """The API view as a table to select from; it stands on no MetaData of the models."""
        columns = (Column(shown.name, shown.shown_type or shown.type) for shown in self.selection.shown)
        return Table(self.name, MetaData(), *columns, schema=self.schema)

    def declare(self, metadata: MetaData) -> None:
        """Register view, resource, functions and triggers; what they hold is built when somebody asks for it."""
        self._check_free(metadata)
        old = find_old_name(metadata, self.source.schema, self.name)
        if old is not None:
            declare_old_name(metadata, self.schema, self.name, (self.schema, old[1]))
        promise_view(metadata, self.schema, self.name, self._define_view)
        register_api_resource(metadata, APIResource(self.name, self.schema, self.grants, self._describe_columns))
        for op in self.grants:
            if op != "select":
                self._declare_write(metadata, op)
        if "update" in self.grants:
            self.source.merging.declare(metadata)

    def _describe_columns(self) -> tuple[APIColumn, ...]:
        return describe_columns(self.source, self.selection, self.grants)

    def _define_view(self) -> ViewDefinition:
        source, selection = self.source, self.selection
        is_plain = selection.query is None
        return ViewDefinition(
            schema=self.schema,
            name=self.name,
            query=write_select(source, selection) if selection.query is None else selection.query,
            column_defaults=find_defaults(source, selection) if "insert" in self.grants else (),
            depends_on=((source.schema, source.name),) if is_plain else (),
            columns=tuple(map(_show, selection.shown)) if is_plain else (),
            options=self.options,
            bypass_row_security=self.bypass_row_security,
        )

    def _declare_write(self, metadata: MetaData, op: str) -> None:
        kind, schema = self.source.kind, self.schema
        function = build_name(metadata, f"{kind}_function", schema=schema, table_name=self.name, op=op)
        trigger = build_name(metadata, f"{kind}_trigger", schema=schema, table_name=self.name, op=op)
        promise_function(metadata, schema, function, PostgRESTView._define_function, self, op, function)
        promise_trigger(
            metadata, schema, self.name, trigger, PostgRESTView._define_trigger, self, op, trigger, function
        )

    def _define_trigger(self, op: str, name: str, function: str) -> TriggerDefinition:
        return TriggerDefinition(
            schema=self.schema,
            relation=self.name,
            name=name,
            timing="instead of",
            events=(op,),
            function=(self.schema, function),
        )

    def _define_function(self, op: str, name: str) -> GeneratedFunction:
        writes = find_view_writes(self.source, self.selection)
        return GeneratedFunction(
            schema=self.schema,
            name=name,
            body=write_body(op, self._target) if writes is None else writes.bodies[op],
            security_definer=True,
            settings=() if writes is None else writes.settings,
            depends_on=((self.source.schema, self.source.name),) if writes is None else writes.depends_on,
            needs=find_needs(self.source, self.selection, op) if writes is None else writes.needs[op],
            bypass_row_security=self.bypass_row_security,
        )

    @cached_property
    def _target(self) -> WriteTarget:
        view = (self.schema, self.name)
        return make_target(self.source, self.selection, view, self.grants, is_checked=self.check_option)

    def _check_free(self, metadata: MetaData) -> None:
        known = get_declarations(metadata).resources.find((self.schema, self.name))
        if known is not None:
            raise PGCraftValidationError(
                "PGC112",
                f"{self.schema}.{self.name} is exposed twice",
                place=self.place,
                remedy=f"the first stands at {known.place}; take one of them out, or give one another schema",
            )
        check_free(metadata, self.schema, self.name, self.place)


def _show(shown: ShownColumn) -> Column[Any]:
    """Return a column of a plain view as the view has it."""
    if shown.column is None or shown.shown_type is not None:
        return Column(shown.name, shown.shown_type or shown.type)
    return shown.column
