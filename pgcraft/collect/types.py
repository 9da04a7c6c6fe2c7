"""Enumerated types of columns, and sequences."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from sqlalchemy import ARRAY, MetaData
from sqlalchemy import Enum as SAEnum
from sqlalchemy import Sequence as SASequence
from sqlalchemy import types as sa_types
from sqlalchemy.dialects.postgresql import DOMAIN

from pgcraft.catalog.definitions import Enum, Sequence
from pgcraft.catalog.linking import Draft
from pgcraft.catalog.objects import CatalogObject, Kind, ObjectId
from pgcraft.catalog.origins import Origins
from pgcraft.catalog.sequences import default_sequence
from pgcraft.catalog.types import canonical_type
from pgcraft.collect.compiling import origins_of, place_of
from pgcraft.errors import PGCraftValidationError
from pgcraft.sqltext.dialect import DEFAULT_SCHEMA, DIALECT


def collect_types(metadata: MetaData) -> Iterator[Draft]:
    """Give the enumerated types that columns have, each once.

    Raises:
        PGCraftValidationError: PGC154, two of different values bear one name.
    """
    known: dict[ObjectId, Draft] = {}
    for table in metadata.tables.values():
        for column in table.columns:
            enum = find_enum(column.type)
            if enum is None:
                continue
            draft = _draft_enum(enum, origins_of(column, table))
            first = known.setdefault(draft.object.id, draft)
            if first.object.definition != draft.object.definition:
                raise _different_values(first.object, draft.object)
    yield from known.values()


def find_enum(type_: sa_types.TypeEngine[Any]) -> SAEnum | None:
    """Give the enumerated type behind a column's type, also of an array or a decorated type, or None."""
    found = type_.dialect_impl(DIALECT)
    if isinstance(found, sa_types.TypeDecorator):
        return find_enum(found.impl_instance)
    if isinstance(found, ARRAY):
        return find_enum(found.item_type)
    return found if isinstance(found, SAEnum) and found.native_enum and found.name else None


def name_left_out(type_: sa_types.TypeEngine[Any]) -> str | None:
    """Name a type that has no kind here; None for every other."""
    found = type_.dialect_impl(DIALECT)
    return f"domain {found.compile(dialect=DIALECT)}" if isinstance(found, DOMAIN) else None


def _draft_enum(enum: SAEnum, origins: Origins) -> Draft:
    object_id = ObjectId(Kind.ENUM, str(enum.schema or DEFAULT_SCHEMA), str(enum.name))
    return Draft(CatalogObject(object_id, Enum(tuple(enum.enums)), origins=origins))


def _different_values(first: CatalogObject, second: CatalogObject) -> PGCraftValidationError:
    values = [", ".join(item.defined_as(Enum).values) for item in (first, second)]
    before = place_of(first.origins)
    return PGCraftValidationError(
        "PGC154",
        f"{first.id} is declared with two sets of values: {values[0]}; and {values[1]}",
        place=place_of(second.origins),
        remedy="use one Enum for both columns, or give the two different names"
        + (f"\nthe first stands at {before}" if before else ""),
    )


def collect_sequences(metadata: MetaData) -> Iterator[Draft]:
    """Give the sequences that stand on the MetaData by themselves."""
    for sequence in metadata._sequences.values():  # noqa: SLF001  SQLAlchemy has no public way to list them
        if not sequence.optional:
            object_id = ObjectId(Kind.SEQUENCE, str(sequence.schema or DEFAULT_SCHEMA), str(sequence.name))
            yield Draft(CatalogObject(object_id, _define(sequence)))


def _define(sequence: SASequence) -> Sequence:
    type_ = sequence.data_type
    type_name = "bigint" if type_ is None else canonical_type(str(type_.compile(dialect=DIALECT)))
    default = default_sequence(type_name, sequence.increment)
    given: dict[str, Any] = {
        "minimum": sequence.minvalue,
        "maximum": sequence.maxvalue,
        "start": sequence.start,
        "cache": sequence.cache,
        "cycle": sequence.cycle,
    }
    told = {name: value for name, value in given.items() if value is not None}
    if sequence.start is None:
        told["start"] = told.get("minimum" if default.increment > 0 else "maximum", default.start)
    return replace(default, **told)
