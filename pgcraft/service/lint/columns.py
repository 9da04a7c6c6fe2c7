"""Types that work, and that one comes to regret."""

from collections.abc import Iterator

from pgcraft.catalog.definitions import Column
from pgcraft.catalog.objects import CatalogObject, Kind
from pgcraft.service.lint.notes import Note, note
from pgcraft.service.lint.parts import list_constraints
from pgcraft.service.types import LoadedModels

_HIGHEST = {"integer": "2147483647", "smallint": "32767"}
_ODD = {
    "json": ("is json: it has no equality and no index", "take jsonb"),
    "money": ("is money: what it means hangs on lc_monetary of whoever reads it", "take numeric"),
    "time with time zone": ("has a zone without a date, which daylight saving needs", "take timestamptz, or time"),
}


def find_small_keys(loaded: LoadedModels) -> Iterator[Note]:
    """Keys that count, and come to their end."""
    for table in loaded.catalog.of_kind(Kind.TABLE):
        keys = {key.columns for _, key in list_constraints(loaded.catalog, table) if key.type == "primary key"}
        for item in map(loaded.catalog.find, table.parts):
            if item is None or (item.id.name,) not in keys:
                continue
            column = item.defined_as(Column) if isinstance(item.definition, Column) else None
            if column is not None and column.is_counting and column.type in _HIGHEST:
                told = f"is a key of {column.type}, which ends at {_HIGHEST[column.type]}"
                yield note(item, told, "take BigInteger, or IdentityPKPlugin(): later it rewrites the table")


def find_serials(loaded: LoadedModels) -> Iterator[Note]:
    """Columns that a sequence fills by a default, which everybody needs a right on and anybody may pass by."""
    for item, column in _list_columns(loaded):
        if column.is_serial:
            yield note(item, "is serial", "take Identity(), or IdentityPKPlugin() for a key: it is the standard's way")


def find_zoneless(loaded: LoadedModels) -> Iterator[Note]:
    """Times that mean another moment for whoever is in another zone."""
    for item, column in _list_columns(loaded):
        if column.type.startswith("timestamp") and column.type.endswith("without time zone"):
            yield note(item, "is a timestamp without time zone: nobody knows which moment is meant", _WITH_ZONE)


_WITH_ZONE = "take DateTime(timezone=True), which takes no more room"


def find_padded(loaded: LoadedModels) -> Iterator[Note]:
    """Texts that are padded with blanks."""
    for item, column in _list_columns(loaded):
        if column.type.startswith("character(") or column.type == "character":
            yield note(item, f"is {column.type}, which pads with blanks and is no faster", "take text with a check")


def find_limited(loaded: LoadedModels) -> Iterator[Note]:
    """Texts with a length, which is changed under a lock that nobody passes."""
    for item, column in _list_columns(loaded):
        if column.type.startswith("character varying("):
            remedy = "take Text with a check of its length: a check is changed without a rewrite, and says why"
            yield note(item, f"is {column.type}, and no other length needs less room", remedy)


def find_odd_types(loaded: LoadedModels) -> Iterator[Note]:
    """Types that PostgreSQL keeps for the sake of others."""
    for item, column in _list_columns(loaded):
        bare = column.type.partition("(")[0].strip()
        if column.type.startswith("time(") and column.type.endswith("with time zone"):
            bare = "time with time zone"
        if bare in _ODD:
            yield note(item, *_ODD[bare])


def _list_columns(loaded: LoadedModels) -> Iterator[tuple[CatalogObject, Column]]:
    for item in loaded.catalog.of_kind(Kind.COLUMN):
        if isinstance(item.definition, Column):
            yield item, item.definition
