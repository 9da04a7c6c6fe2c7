"""The two views of an append-only resource: what is, and what was."""

from sqlalchemy import Column, MetaData, Table

from pgcraft.declare.context import FactoryContext
from pgcraft.identifiers import quote_name
from pgcraft.models.definitions import ViewDefinition
from pgcraft.models.register import register_view
from pgcraft.plugin import Plugin, produces, requires
from pgcraft.plugins.append_only.names import ATTRIBUTES_ID, LOG_TABLE, ROOT_TABLE
from pgcraft.plugins.entity import (
    CREATED_AT,
    ENTITY_ID,
    LOG_ID,
    UPDATED_AT,
    VALID_FROM,
    VALID_TO,
    claim_name,
    copy_columns,
    get_single_key,
    get_value_columns,
    qualify,
    time_columns,
    write_select,
)
from pgcraft.plugins.view_defaults import find_view_defaults


@requires(LOG_TABLE, ROOT_TABLE)
@produces("table", "server_columns")
class AppendOnlyViewPlugin(Plugin):
    """Declares the view with the resource's name: the current version of every entity."""

    is_internal = True

    def run(self, ctx: FactoryContext) -> None:
        """Set ``table`` to the view, and ``server_columns`` to the names of what no client writes."""
        root, log = ctx[ROOT_TABLE], ctx[LOG_TABLE]
        key, values = get_single_key(ctx), get_value_columns(ctx)
        selected = (
            f"r.{quote_name(key.name)}",
            f"r.{CREATED_AT}",
            f"a.{CREATED_AT} AS {UPDATED_AT}",
            *(f"a.{quote_name(column.name)}" for column in values),
        )
        query = (
            write_select(selected)
            + f"\nFROM {qualify(root)} AS r"
            + f"\nJOIN {qualify(log)} AS a ON a.{LOG_ID} = r.{ATTRIBUTES_ID}"
        )
        table = Table(
            ctx.tablename,
            MetaData(),
            *copy_columns((key,)),
            *time_columns(CREATED_AT, UPDATED_AT),
            *copy_columns(values),
            schema=ctx.schemaname,
        )
        register_view(
            ctx.metadata,
            ViewDefinition(
                schema=ctx.schemaname,
                name=ctx.tablename,
                query=query,
                column_defaults=find_view_defaults(values),
                depends_on=((ctx.schemaname, root.name), (ctx.schemaname, log.name)),
                columns=tuple(table.columns),
                role="what is current, and what clients write",
            ),
        )
        ctx["table"] = table
        ctx["server_columns"] = frozenset((CREATED_AT, UPDATED_AT))


@requires(LOG_TABLE)
class HistoryViewPlugin(Plugin):
    """Declares the view ``T_history``: every version of every entity, gone ones too, with the time it held.

    Its columns are the entity's key, ``valid_from``, ``valid_to`` (NULL for the current version) and the values. A
    version's ``valid_to`` is the next one's ``valid_from``.
    """

    is_internal = True

    def run(self, ctx: FactoryContext) -> None:
        """Register the view."""
        log: Table = ctx[LOG_TABLE]
        key, values = get_single_key(ctx), get_value_columns(ctx)
        name = claim_name(ctx, "append_only_history")
        selected = (
            f"a.{ENTITY_ID} AS {quote_name(key.name)}",
            f"a.{CREATED_AT} AS {VALID_FROM}",
            f"a.{VALID_TO}",
            *(f"a.{quote_name(column.name)}" for column in values),
        )
        definition = ViewDefinition(
            schema=ctx.schemaname,
            name=name,
            query=f"{write_select(selected)}\nFROM {qualify(log)} AS a",
            depends_on=((ctx.schemaname, log.name),),
            columns=(Column(key.name, key.type), *time_columns(VALID_FROM, VALID_TO), *copy_columns(values)),
            role=f"history of {ctx.fullname}",
        )
        register_view(ctx.metadata, definition)
