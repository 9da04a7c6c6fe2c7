"""The attributes of a class that declare columns: ``Column``, ``mapped_column``, and ``Mapped`` annotations."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Column, Integer, MetaData
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import MappedColumn, mapped_column, registry

from pgcraft.errors import PGCraftValidationError, Place

_KEY = "_pgcraft_key"
"""SQLAlchemy maps no class without a key; this one stands on the scratch class alone."""


def list_attributes(cls: type) -> Iterator[tuple[str, Any, bool]]:
    """Return name, value and whether the class itself has it: mixins first, an attribute of a nearer class winning.

    A name that is only annotated has the value None.
    """
    found: dict[str, tuple[Any, bool]] = {}
    for owner in reversed(cls.__mro__):
        for name in _names_in_order(owner):
            found.pop(name, None)
            found[name] = (vars(owner).get(name), owner is cls)
    return ((name, value, is_own) for name, (value, is_own) in found.items())


def read_columns(cls: type, mapped_by: registry | None, place: Place) -> dict[str, Column[Any]]:
    """Return the columns of a class by attribute; each is free to stand on a table.

    Args:
        cls: the class that ``register`` decorates.
        mapped_by: says which type an annotation stands for.
        place: the user's line.

    Raises:
        PGCraftValidationError: PGC118, an annotation stands for no type.
    """
    annotated = _read_annotated(cls, mapped_by, place)
    found: dict[str, Column[Any]] = {}
    for name, value, is_own in list_attributes(cls):
        given = value.column if isinstance(value, MappedColumn) else value
        if name in annotated:
            found[name] = annotated[name]
        elif isinstance(given, Column):
            found[name] = given if is_own else given._copy()  # noqa: SLF001  a mixin's column serves many classes
            found[name].name = found[name].name or name
            found[name].key = found[name].key or name
    return found


def _names_in_order(owner: type) -> list[str]:
    """Annotated names first: their order is the source's, and an attribute has no place of its own in it."""
    annotated = [name for name, text in _annotations(owner).items() if "Mapped[" in text]
    return list(dict.fromkeys((*annotated, *vars(owner))))


def _annotations(owner: type) -> dict[str, str]:
    return {name: str(annotation) for name, annotation in vars(owner).get("__annotations__", {}).items()}


def _read_annotated(cls: type, mapped_by: registry | None, place: Place) -> Mapping[str, Column[Any]]:
    """Let SQLAlchemy read ``Mapped[…]`` annotations, on a class of their own that is thrown away."""
    annotations: dict[str, Any] = {}
    values: dict[str, Any] = {}
    for owner in reversed(cls.__mro__):
        for name, text in _annotations(owner).items():
            value = vars(owner).get(name)
            if "Mapped[" in text and (value is None or isinstance(value, MappedColumn)):
                annotations[name] = vars(owner)["__annotations__"][name]
                values[name] = mapped_column() if value is None else value
    if not annotations:
        return {}
    scratch = registry(metadata=MetaData(), type_annotation_map=mapped_by.type_annotation_map if mapped_by else None)
    body = {**values, _KEY: mapped_column(Integer, primary_key=True), "__annotations__": annotations}
    made: Any = type(cls.__name__, (), {**body, "__module__": cls.__module__, "__tablename__": "scratch"})
    try:
        properties = scratch.mapped(made).__mapper__.column_attrs
        return {name: properties[name].columns[0]._copy() for name in annotations}  # noqa: SLF001  as above
    except SQLAlchemyError as error:
        raise PGCraftValidationError(
            "PGC118",
            f"an annotation of class {cls.__name__} stands for no column: {error}",
            place=place,
            remedy="give the type: mapped_column(String)",
        ) from error
    finally:
        scratch.dispose()
