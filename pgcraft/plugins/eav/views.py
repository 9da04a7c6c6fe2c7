"""The two views of an entity-attribute-value resource: its entities as rows, and the history of every attribute."""

from sqlalchemy import Column, MetaData, Table, Text

from pgcraft.declare.context import FactoryContext
from pgcraft.identifiers import quote_name
from pgcraft.models.definitions import ViewDefinition
from pgcraft.models.register import register_view
from pgcraft.plugin import Plugin, produces, requires
from pgcraft.plugins.eav.attributes import Attribute, name_value_column
from pgcraft.plugins.eav.tables import ATTRIBUTE, ATTRIBUTE_TABLE, ATTRIBUTES, ENTITY_TABLE
from pgcraft.plugins.entity import (
    CREATED_AT,
    ENTITY_ID,
    UPDATED_AT,
    VALID_FROM,
    VALID_TO,
    claim_name,
    copy_columns,
    get_single_key,
    qualify,
    time_columns,
    write_select,
)
from pgcraft.plugins.view_defaults import find_view_defaults


@requires(ENTITY_TABLE, ATTRIBUTES)
@produces("table", "server_columns")
class EAVViewPlugin(Plugin):
    """Declares the view with the resource's name: one row an entity, one column an attribute."""

    is_internal = True

    def run(self, ctx: FactoryContext) -> None:
        """Set ``table`` to the view, and ``server_columns`` to the names of what no client writes."""
        entity: Table = ctx[ENTITY_TABLE]
        attributes: tuple[Attribute, ...] = ctx[ATTRIBUTES]
        key = get_single_key(ctx)
        columns = [attribute.column for attribute in attributes]
        table = Table(
            ctx.tablename,
            MetaData(),
            *copy_columns([key]),
            *time_columns(CREATED_AT, UPDATED_AT),
            *copy_columns(columns),
            schema=ctx.schemaname,
        )
        definition = ViewDefinition(
            schema=ctx.schemaname,
            name=ctx.tablename,
            query=_write_query(entity, key, attributes),
            column_defaults=find_view_defaults(columns),
            depends_on=((ctx.schemaname, entity.name),),
            columns=tuple(table.columns),
            role="what is current, and what clients write",
        )
        register_view(ctx.metadata, definition)
        ctx["table"] = table
        ctx["server_columns"] = frozenset((CREATED_AT, UPDATED_AT))


@requires(ATTRIBUTE_TABLE, ATTRIBUTES)
class EAVHistoryPlugin(Plugin):
    """Declares the view ``T_history``: every value that an attribute had, as text, with the time it held."""

    is_internal = True

    def run(self, ctx: FactoryContext) -> None:
        """Register the view."""
        log: Table = ctx[ATTRIBUTE_TABLE]
        key = get_single_key(ctx)
        attributes: tuple[Attribute, ...] = ctx[ATTRIBUTES]
        kept = dict.fromkeys(name_value_column(attribute) for attribute in attributes if not attribute.is_computed)
        texts = ", ".join(f"a.{quote_name(name)}::text" for name in kept)
        selected = (
            f"a.{ENTITY_ID} AS {quote_name(key.name)}",
            f"a.{ATTRIBUTE}",
            f"a.{CREATED_AT} AS {VALID_FROM}",
            f"a.{VALID_TO}",
            f"{f'coalesce({texts})' if kept else 'NULL::text'} AS value",
        )
        register_view(
            ctx.metadata,
            ViewDefinition(
                schema=ctx.schemaname,
                name=claim_name(ctx, "eav_history"),
                query=f"{write_select(selected)}\nFROM {qualify(log)} AS a",
                depends_on=((ctx.schemaname, log.name),),
                columns=(
                    Column(key.name, key.type),
                    Column(ATTRIBUTE, Text),
                    *time_columns(VALID_FROM, VALID_TO),
                    Column("value", Text),
                ),
                role=f"history of {ctx.fullname}",
            ),
        )


def _write_query(entity: Table, key: Column[object], attributes: tuple[Attribute, ...]) -> str:
    """Write the pivot; computed attributes are computed over a subquery in which the others have their names."""
    plain = [
        f"e.{quote_name(key.name)}",
        f"e.{CREATED_AT}",
        f"e.{UPDATED_AT}",
        *(f"{attribute.read('e')} AS {attribute.name}" for attribute in attributes if not attribute.is_computed),
    ]
    if not any(attribute.is_computed for attribute in attributes):
        return f"{write_select(plain)}\nFROM {qualify(entity)} AS e"
    outer = [
        *(f"v.{name}" for name in (quote_name(key.name), CREATED_AT, UPDATED_AT)),
        *(
            f"({attribute.expression})::{attribute.sql_type} AS {attribute.name}"
            if attribute.is_computed
            else f"v.{attribute.name}"
            for attribute in attributes
        ),
    ]
    inner = f"{write_select(plain, margin='    ')}\n    FROM {qualify(entity)} AS e"
    return f"{write_select(outer)}\nFROM (\n    {inner}\n) AS v"
