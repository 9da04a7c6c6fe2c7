"""The two views of an append-only resource: what is, and what was."""

from typing import Any

from sqlalchemy import Column, DateTime, MetaData, Table

from pgcraft.factory.arguments import check_free
from pgcraft.factory.context import FactoryContext
from pgcraft.identifiers import quote_name, quote_qualified
from pgcraft.models.definitions import ViewDefinition
from pgcraft.models.register import register_view
from pgcraft.naming import build_name
from pgcraft.plugin import Plugin, produces, requires
from pgcraft.plugins.append_only.names import (
    ATTRIBUTES_ID,
    CREATED_AT,
    ENTITY_ID,
    LOG_ID,
    LOG_TABLE,
    ROOT_TABLE,
    UPDATED_AT,
    VALID_FROM,
    VALID_TO,
)
from pgcraft.plugins.append_only.tables import get_single_key, get_value_columns
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
            _select(selected)
            + f"\nFROM {_qualify(root)} AS r"
            + f"\nJOIN {_qualify(log)} AS a ON a.{LOG_ID} = r.{ATTRIBUTES_ID}"
        )
        table = Table(ctx.tablename, MetaData(), *_copy((key,)), *_times(), *_copy(values), schema=ctx.schemaname)
        register_view(
            ctx.metadata,
            ViewDefinition(
                schema=ctx.schemaname,
                name=ctx.tablename,
                query=query,
                column_defaults=find_view_defaults(values),
                depends_on=((ctx.schemaname, root.name), (ctx.schemaname, log.name)),
                columns=tuple(table.columns),
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
        name = build_name(ctx.metadata, "append_only_history", schema=ctx.schemaname, table_name=ctx.tablename)
        check_free(ctx.metadata, ctx.schemaname, name, ctx.place)
        selected = (
            f"a.{ENTITY_ID} AS {quote_name(key.name)}",
            f"a.{CREATED_AT} AS {VALID_FROM}",
            f"a.{VALID_TO}",
            *(f"a.{quote_name(column.name)}" for column in values),
        )
        held = (Column(part, DateTime(timezone=True)) for part in (VALID_FROM, VALID_TO))
        definition = ViewDefinition(
            schema=ctx.schemaname,
            name=name,
            query=f"{_select(selected)}\nFROM {_qualify(log)} AS a",
            depends_on=((ctx.schemaname, log.name),),
            columns=(Column(key.name, key.type), *held, *_copy(values)),
        )
        register_view(ctx.metadata, definition)


def _select(columns: tuple[str, ...]) -> str:
    return "SELECT\n    " + ",\n    ".join(columns)


def _qualify(table: Table) -> str:
    return quote_qualified(table.schema, table.name)


def _times() -> tuple[Column[Any], ...]:
    return tuple(Column(name, DateTime(timezone=True)) for name in (CREATED_AT, UPDATED_AT))


def _copy(columns: tuple[Column[Any], ...] | list[Column[Any]]) -> list[Column[Any]]:
    """Copy columns for the view: with keys, defaults and computed expressions, without constraints."""
    copies = [column._copy() for column in columns]  # noqa: SLF001  what Table.to_metadata() uses
    for copy in copies:
        copy.foreign_keys.clear()
        copy.unique = copy.index = None
    return copies
