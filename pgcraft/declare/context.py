"""What a factory's plugins share: its arguments, the columns they add, and the values they hand to each other."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, MetaData, Table
from sqlalchemy.schema import SchemaItem

from pgcraft.check import PGCraftCheck
from pgcraft.columns import PrimaryKeyColumns
from pgcraft.declare.column_markers import ColumnNames, ItemMarkers, name_columns
from pgcraft.errors import PGCraftContextError, PGCraftValidationError, Place
from pgcraft.fk import PGCraftFK
from pgcraft.index import PGCraftIndex
from pgcraft.models.provenance import stamp


@dataclass(frozen=True)
class PGCraftTableOptions:
    """Keyword arguments for ``sqlalchemy.Table``, as one of the ``schema_items``.

    Attributes:
        values: ``{"comment": "what we sell", "postgresql_tablespace": "fast"}``.
    """

    values: Mapping[str, Any] = field(default_factory=dict)

    def __hash__(self) -> int:
        return hash(tuple(self.values))


Item = SchemaItem | PGCraftCheck | PGCraftIndex | PGCraftFK | PGCraftTableOptions


class FactoryContext:
    """What :meth:`pgcraft.plugin.Plugin.run` works on.

    Attributes:
        tablename: as the factory was called.
        schemaname: as the factory was called.
        metadata: where everything is declared.
        schema_items: as the factory was called.
        plugins: those that run, in order.
        place: the user's line that called the factory.
        writes: what can be done to the resource's rows: of ``insert``, ``update``, ``delete``.
        injected_columns: columns that plugins add; they stand between the key and the user's columns.
        columns: the columns among ``schema_items``.
        table_items: SQLAlchemy's other items among them: constraints, indexes.
        checks: pgcraft's checks among them.
        indexes: pgcraft's indexes among them.
        fks: pgcraft's foreign keys among them.
        table_options: keyword arguments for ``sqlalchemy.Table``.
    """

    def __init__(
        self,
        tablename: str,
        schemaname: str,
        metadata: MetaData,
        schema_items: Iterable[Item],
        *,
        place: Place,
        writes: Sequence[str] = ("insert", "update", "delete"),
        find_writers: Callable[[str], tuple[str, ...]],
    ) -> None:
        self.tablename = tablename
        self.schemaname = schemaname
        self.metadata = metadata
        self.schema_items = _listed(schema_items, place)
        self.plugins: tuple[object, ...] = ()
        self._find_writers = find_writers
        self.place = place
        self.writes = tuple(writes)
        self.injected_columns: list[Column[Any]] = []
        self.columns: list[Column[Any]] = []
        self.table_items: list[SchemaItem] = []
        self.checks: list[PGCraftCheck] = []
        self.indexes: list[PGCraftIndex] = []
        self.fks: list[PGCraftFK] = []
        self.table_options: dict[str, Any] = {}
        self._values: dict[str, Any] = {}
        for item in self.schema_items:
            self._sort_in(item)

    @property
    def fullname(self) -> str:
        """The resource's name with its schema, for messages."""
        return f"{self.schemaname}.{self.tablename}"

    def place_of(self, item: str) -> Place:
        """Return the factory's place, said of one of its items: ``PGCraftCheck in PGCraftSimple("order")``."""
        return Place(self.place.file, self.place.line, f"{item} in {self.place.subject}")

    @property
    def dim_column_names(self) -> list[str]:
        """The names of the user's own columns that can be written, in order: a computed one cannot."""
        return [column.name for column in self.columns if column.computed is None]

    @property
    def pk_column_name(self) -> str:
        """The name of the key's first column."""
        name: str = self["pk_columns"].first.name
        return name

    @property
    def all_columns(self) -> list[Column[Any]]:
        """Every column of the resource in order: the key's, those of plugins, the user's."""
        key = self._values.get("pk_columns", ())
        return list(dict.fromkeys((*key, *self.injected_columns, *self.columns)))

    @property
    def column_names(self) -> ColumnNames:
        """What markers may call the resource's columns."""
        return name_columns(self.all_columns)

    def markers_of(self, item: PGCraftCheck | PGCraftIndex | PGCraftFK) -> ItemMarkers:
        """Return what the markers of an item stand for."""
        return ItemMarkers(self.column_names, str(item), self.fullname, self.place_of(type(item).__name__))

    def find(self, key: str) -> Any:
        """Return the value under a key, or None."""
        return self._values.get(key)

    def __contains__(self, key: object) -> bool:
        return key in self._values

    def __getitem__(self, key: str) -> Any:
        if key not in self._values:
            writers = self._find_writers(key)
            raise PGCraftContextError(
                "PGC205",
                f'context key "{key}" is not set: whatever writes it must run earlier',
                place=self.place,
                remedy=f"keys set so far: {', '.join(sorted(self._values)) or 'none'}"
                + (f"\n{key} is written by {', '.join(writers)}" if writers else "")
                + f'\ndecorate the plugin that reads it with @requires("{key}")',
            )
        return self._values[key]

    def __setitem__(self, key: str, value: object) -> None:
        self.set(key, value)

    def set(self, key: str, value: object, *, force: bool = False) -> None:
        """Set a value for later plugins.

        Args:
            key: its name.
            value: anything.
            force: replace what stands there already.

        Raises:
            PGCraftContextError: PGC206, the key is set already (a KeyError too).
        """
        if key in self._values and not force:
            raise PGCraftContextError(
                "PGC206",
                f'context key "{key}" is set already, to {self._values[key]!r}',
                place=self.place,
                remedy=f'to replace it write ctx.set("{key}", …, force=True)',
            )
        self._values[key] = value
        for item in value if isinstance(value, PrimaryKeyColumns) else (value,):
            if isinstance(item, Column | Table):
                stamp(item)

    def _sort_in(self, item: object) -> None:
        match item:
            case Column():
                self.columns.append(item)
            case SchemaItem():
                self.table_items.append(item)
            case PGCraftCheck():
                self.checks.append(item)
            case PGCraftIndex():
                self.indexes.append(item)
            case PGCraftFK():
                self.fks.append(item)
            case PGCraftTableOptions():
                self.table_options.update(item.values)
            case _:
                raise _no_item(f"{item!r} is no item of a table", self.place)


def _listed(items: object, place: Place) -> tuple[Item, ...]:
    if isinstance(items, str | Column) or not isinstance(items, Iterable):
        raise _no_item(f"schema_items is {items!r}, not a list", place)
    return tuple(items)


def _no_item(what: str, place: Place) -> PGCraftValidationError:
    return PGCraftValidationError(
        "PGC110",
        what,
        place=place,
        remedy="schema_items takes columns, constraints and indexes of SQLAlchemy, PGCraftCheck, PGCraftIndex and "
        "PGCraftFK",
    )
