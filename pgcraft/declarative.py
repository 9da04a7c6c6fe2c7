"""Classes as resources: a decorator that reads a class and calls the factory with what it finds."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import Column, MetaData
from sqlalchemy.orm import DeclarativeBase, registry
from sqlalchemy.schema import SchemaItem

from pgcraft.catalog.objects import OldName
from pgcraft.check import PGCraftCheck
from pgcraft.config import PGCraftConfig
from pgcraft.declare.class_columns import list_attributes, read_columns
from pgcraft.declare.context import Item, PGCraftTableOptions
from pgcraft.errors import PGCraftError, PGCraftValidationError, Place
from pgcraft.factory.simple import PGCraftSimple
from pgcraft.fk import PGCraftFK
from pgcraft.index import PGCraftIndex
from pgcraft.models.journal import all_or_nothing
from pgcraft.models.provenance import find_caller
from pgcraft.plugin import Plugin

Class = TypeVar("Class", bound=type)
Base = type[DeclarativeBase] | registry | Any

_ITEMS = (SchemaItem, PGCraftCheck, PGCraftIndex, PGCraftFK)


def register(
    *,
    base: Base | None = None,
    metadata: MetaData | None = None,
    schema: str | None = None,
    config: PGCraftConfig | None = None,
    plugins: Sequence[Plugin] | None = None,
    extra_plugins: Sequence[Plugin] | None = None,
    api: Mapping[str, Any] | None = None,
    renamed_from: OldName | None = None,
) -> Callable[[Class], Class]:
    """Decorate a class with ``__tablename__`` to declare it as :class:`~pgcraft.factory.PGCraftSimple` would.

    Columns, constraints, checks, indexes and foreign keys count as attributes of the class or of its mixins, and in
    ``__table_args__`` (a dict, or a tuple that may end in one).

    Args:
        base: a declarative base or registry of SQLAlchemy; the class is mapped with it, in place.
        metadata: where to declare; the base's when left out.
        schema: the schema when ``__table_args__`` names none; else the metadata's, else ``public``.
        config, plugins, extra_plugins, renamed_from: as for a factory.
        api: arguments of ``PostgRESTView``; the class is exposed when they are given, ``{}`` for its defaults.

    Returns:
        A decorator that gives the class back; its ``__table__`` is the table.
    """

    given: Any = {"config": config, "plugins": plugins, "extra_plugins": extra_plugins, "renamed_from": renamed_from}

    def decorate(cls: Class) -> Class:
        place = Place(*find_caller(), f"register on class {cls.__name__}")
        where = _get_metadata(metadata, base, place)
        mapped_by = _get_registry(base, place)
        columns = read_columns(cls, mapped_by, place)
        args, options = _table_args(cls, place)
        name, schema_name = _names(cls, options.pop("schema", None), schema, where, place)
        items: list[Item] = [*columns.values(), *_items_of(cls), *args, PGCraftTableOptions(options)]
        with all_or_nothing(where):
            factory = PGCraftSimple(name, schema_name, where, items, **given)
            cls.__pgcraft_factory__ = factory  # type: ignore[attr-defined]
            cls.__table__ = factory.table  # type: ignore[attr-defined]
            if mapped_by is not None:
                _map(cls, mapped_by, columns)
            if api is not None:
                _expose(cls, api, place)
        return cls

    return decorate


def _get_metadata(metadata: MetaData | None, base: Base | None, place: Place) -> MetaData:
    found = metadata if metadata is not None else getattr(base, "metadata", None)
    if not isinstance(found, MetaData):
        raise _wrong(f"there is no metadata: metadata is {metadata!r}, base {base!r}", "pass metadata= or base=", place)
    return found


def _names(cls: type, in_args: str | None, argument: str | None, metadata: MetaData, place: Place) -> tuple[str, str]:
    name = getattr(cls, "__tablename__", None)
    if not isinstance(name, str):
        raise _wrong(
            f"class {cls.__name__} has no __tablename__", f'write __tablename__ = "{cls.__name__.lower()}"', place
        )
    if in_args is not None and argument is not None and in_args != argument:
        raise _wrong(
            f'two schemas are given: "{argument}" to register and "{in_args}" in __table_args__', "keep one", place
        )
    return name, in_args or argument or metadata.schema or "public"


def _table_args(cls: type, place: Place) -> tuple[tuple[Item, ...], dict[str, Any]]:
    args = getattr(cls, "__table_args__", ())
    if isinstance(args, Mapping):
        return (), dict(args)
    if not isinstance(args, tuple):
        raise _wrong(f"__table_args__ is {args!r}", "make it a dict, or a tuple that may end in a dict", place)
    if args and isinstance(args[-1], Mapping):
        return args[:-1], dict(args[-1])
    return args, {}


def _items_of(cls: type) -> list[Item]:
    return [
        value
        for name, value, _ in list_attributes(cls)
        if isinstance(value, _ITEMS) and not isinstance(value, Column) and name not in ("__table__", "metadata")
    ]


def _get_registry(base: Base | None, place: Place) -> registry | None:
    found = base if isinstance(base, registry) else getattr(base, "registry", None)
    if base is None or isinstance(found, registry):
        return found
    raise _wrong(f"base is {base!r}", "pass a class derived from DeclarativeBase, or a registry", place)


def _map(cls: type, mapped_by: registry, columns: Mapping[str, Column[Any]]) -> None:
    """Map the class in place; with a table at hand SQLAlchemy wants its columns as the attributes."""
    for name, column in columns.items():
        setattr(cls, name, column)
    mapped_by.mapped(cls)


def _expose(cls: type, api: Mapping[str, Any], place: Place) -> None:
    from pgcraft.extensions.postgrest.view import PostgRESTView  # only those who expose something load it

    try:
        PostgRESTView(cls, **api)
    except PGCraftError:
        raise
    except TypeError as error:
        raise _wrong(
            f"api is {dict(api)!r}, which PostgRESTView cannot be called with: {error}",
            "it takes schema, grants, query, columns and exclude_columns",
            place,
        ) from error


def _wrong(what: str, remedy: str, place: Place) -> PGCraftValidationError:
    return PGCraftValidationError("PGC118", what, place=place, remedy=remedy)
