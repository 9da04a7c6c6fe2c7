"""The base of every factory: it gathers the plugins, puts them in order and runs them, all or nothing."""

from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar

from sqlalchemy import MetaData, PrimaryKeyConstraint, Table

from pgcraft.catalog.objects import OldName
from pgcraft.catalog.origins import Layer, Origins
from pgcraft.config import (
    OwnedPlugin,
    PGCraftConfig,
    check_config,
    default_config,
    own_plugin,
    record_config,
)
from pgcraft.declare.arguments import check_arguments, check_free, check_old_name
from pgcraft.declare.context import FactoryContext, Item
from pgcraft.errors import PGCraftError, PGCraftValidationError, Place, placed
from pgcraft.factory.blame import check_injected, name_failure
from pgcraft.factory.order import order_plugins
from pgcraft.models.declarations import ServerNeed, get_declarations
from pgcraft.models.journal import all_or_nothing, mark_now, tables_since
from pgcraft.models.named_after import declare_old_names
from pgcraft.models.naming import declare_old_name
from pgcraft.models.provenance import current_origins, find_caller, origin_scope, origins_resumed, stamp
from pgcraft.models.references import attach_waiting
from pgcraft.plugin import Plugin, find_producers, read_signature, verify_plugin
from pgcraft.plugins.pk import DeclaredKeyPlugin, SerialPKPlugin

KEY = "pk_columns"


class ResourceFactory:
    """Declares one resource on a MetaData.

    Plugins run in this order: those of extensions, of the config, the factory's own (``plugins``, or its defaults),
    ``extra_plugins``, and the internal ones that make the tables; what they require and produce comes first. When none
    of them makes a key and no column is one, the factory has a serial ``id``.

    Args:
        tablename: name of the resource.
        schemaname: its schema.
        metadata: where it is declared.
        schema_items: columns, constraints, indexes, checks and foreign keys.
        config: extensions and plugins that factories share; ``PGCraftConfig()`` when left out.
        plugins: replace the factory's default plugins.
        extra_plugins: run beside them.
        renamed_from: the name that the resource had before, or schema and name; what is named after it comes along.

    Attributes:
        table: what to query and join: the table, or the view that stands for it.
        ctx: what the plugins left behind.
        config: the config in force.

    Raises:
        PGCraftError: something in the declaration is wrong; nothing of it is left on the metadata.
    """

    kind: ClassVar[str] = "simple"
    """The kind in the keys of the naming convention: ``simple_function``."""
    default_plugins: ClassVar[tuple[Plugin, ...]] = ()
    fallback_plugins: ClassVar[tuple[Plugin, ...]] = ()
    """Run where no other plugin produces what they do."""
    internal_plugins: ClassVar[tuple[Plugin, ...]] = ()
    writes: ClassVar[tuple[str, ...]] = ("insert", "update", "delete")
    """What can be done to the resource's rows."""
    default_key: ClassVar[Plugin] = SerialPKPlugin()

    def __init__(
        self,
        tablename: str,
        schemaname: str,
        metadata: MetaData,
        schema_items: Iterable[Item] = (),
        *,
        config: PGCraftConfig | None = None,
        plugins: Sequence[Plugin] | None = None,
        extra_plugins: Sequence[Plugin] | None = None,
        renamed_from: OldName | None = None,
    ) -> None:
        name = f'{type(self).__name__}("{tablename}")'
        place = Place(*find_caller(), name)
        check_arguments(tablename, schemaname, metadata, place)
        self.config = default_config() if config is None else check_config(config, place)
        with all_or_nothing(metadata), origin_scope(Layer.FACTORY, name, place=(place.file, place.line)):
            check_free(metadata, schemaname, tablename, place)
            mark = mark_now(metadata)
            if renamed_from is not None:
                former = check_old_name(renamed_from, schemaname, place)
                declare_old_name(metadata, schemaname, tablename, former)
            with placed(place):
                ctx = FactoryContext(
                    tablename,
                    schemaname,
                    metadata,
                    schema_items,
                    place=place,
                    writes=self.writes,
                    find_writers=find_producers,
                )
                owned = order_plugins(self._gather(ctx, plugins, extra_plugins))
                ctx.plugins = tuple(item.plugin for item in owned)
            self.ctx = ctx
            for item in owned:
                _run(item, ctx)
            if renamed_from is not None:
                declare_old_names(metadata, mark, schemaname, tablename, former)
        record_config(metadata, self.config)
        attach_waiting(metadata, tablename)

    @property
    def table(self) -> Table:
        """What to query and join."""
        table: Table = self.ctx["table"]
        return table

    @property
    def exposed_table(self) -> Table:
        """What API views stand on: the table, unless a plugin puts a view of its rows in front of it."""
        view: Table | None = self.ctx.find("exposed_table")
        return self.table if view is None else view

    @property
    def server_columns(self) -> frozenset[str]:
        """The names of the columns that the server fills and no client writes, beside identity and computed ones."""
        entry_id = self.ctx.find("entry_id_column")  # rows may share it, so clients write it
        made = frozenset(
            column.name
            for column in self.ctx.injected_columns
            if column.server_default is not None and column.name != entry_id
        )
        return made.union(self.ctx.find("server_columns") or ())

    def _gather(
        self, ctx: FactoryContext, plugins: Sequence[Plugin] | None, extra: Sequence[Plugin] | None
    ) -> list[OwnedPlugin]:
        own = self.default_plugins if plugins is None else plugins
        called_with = (verify_plugin(plugin) for plugin in (*own, *(extra or ())))
        outer = list(_with_companions([*self.config.owned_plugins, *map(own_plugin, called_with)]))
        produced = {key for item in outer for key in read_signature(item.plugin).produces}
        fallback = (plugin for plugin in self.fallback_plugins if produced.isdisjoint(read_signature(plugin).produces))
        inner = (*self._key_plugins(ctx, outer), *fallback, *self.internal_plugins)
        return [*outer, *map(own_plugin, inner)]

    def _key_plugins(self, ctx: FactoryContext, owned: Iterable[OwnedPlugin]) -> tuple[Plugin, ...]:
        makers = [item.plugin for item in owned if KEY in read_signature(item.plugin).produces]
        declared = _declared_key(ctx)
        if makers and declared:
            raise PGCraftValidationError(
                "PGC122",
                f"{ctx.fullname} has two keys: {', '.join(declared)} and what {type(makers[0]).__name__} makes",
                place=ctx.place,
                remedy="take primary_key=True off the columns, or the plugin out",
            )
        if makers:
            return ()
        return (DeclaredKeyPlugin(),) if declared else (self.default_key,)


def _with_companions(owned: Iterable[OwnedPlugin]) -> Iterator[OwnedPlugin]:
    """Return each plugin with those that it brings, which are known as its own."""
    for item in owned:
        yield item
        for companion in item.plugin.companions():
            yield OwnedPlugin(verify_plugin(companion), item.origins)


def _declared_key(ctx: FactoryContext) -> list[str]:
    names = [column.name for column in ctx.columns if column.primary_key]
    constrained = any(isinstance(item, PrimaryKeyConstraint) for item in ctx.table_items)
    return names or (["a PrimaryKeyConstraint"] if constrained else [])


def _run(owned: OwnedPlugin, ctx: FactoryContext) -> None:
    plugin = owned.plugin
    try:
        if plugin.is_internal:
            plugin.run(ctx)
        else:
            _run_stamped(plugin, owned.origins, ctx)
    except PGCraftError as error:
        error.place = error.place or ctx.place
        raise
    except Exception as error:
        raise name_failure(error, plugin, ctx.place) from error


def _run_stamped(plugin: Plugin, origins: Origins, ctx: FactoryContext) -> None:
    """Run a plugin that is not the factory's own, and see to it that what it makes is known as its."""
    tables, injected = len(ctx.metadata.tables), len(ctx.injected_columns)
    with origins_resumed((*current_origins(), *origins)):
        plugin.run(ctx)
        for column in ctx.injected_columns[injected:]:
            stamp(check_injected(column, plugin, ctx.place))
        for table in tables_since(ctx.metadata, tables):
            for item in (table, *table.columns):
                stamp(item)
        if plugin.min_pg_version is not None:
            need = ServerNeed(type(plugin).__name__, ctx.place.subject, plugin.min_pg_version)
            get_declarations(ctx.metadata).server_needs.add(need, need)
