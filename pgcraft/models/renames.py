"""The names that objects had before, as the models declare them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, TypeVar

from pgcraft.catalog.kinds import KINDS, OF_SCHEMA, PARTS, Kind, select
from pgcraft.catalog.objects import OldName
from pgcraft.errors import PGCraftValidationError, Place
from pgcraft.models.given import Form, Given, Unfit, old_name, old_name_or_none, pairs, text, text_or_none, word
from pgcraft.models.provenance import HasInfo, current_place

T = TypeVar("T")

INFO_KEY = "renamed_from"
"""Where an object's old name stands in its ``info``."""


def renamed_from(name: str, schema: str | None = None) -> dict[Any, Any]:
    """Return the ``info`` of a table, column, constraint or index that had another name, or a table's other schema.

    ``Column("phone", String, info=renamed_from("telephone"))``; it may stay in the models for good.
    """
    return {INFO_KEY: name if schema is None else (schema, name)}


def info_of(name: str | None) -> dict[Any, Any]:
    """Return the ``info`` of what may have had another name."""
    return {} if name is None else renamed_from(name)


def read_old_name(item: HasInfo) -> str:
    """Return the name that an item had before; empty where nothing is said of it.

    Raises:
        PGCraftValidationError: PGC157, what is said is no name.
    """
    return _read(item, text)


def read_old_place(item: HasInfo) -> OldName:
    """Return the name that an item had before, or schema and name; empty where nothing is said of it.

    Raises:
        PGCraftValidationError: PGC157, what is said is none of them.
    """
    return _read(item, old_name)


def _read(item: HasInfo, form: Callable[[Any], T]) -> T | Literal[""]:
    if INFO_KEY not in item.info:
        return ""
    try:
        return form(item.info[INFO_KEY])
    except Unfit as unfit:
        raise PGCraftValidationError(
            "PGC157",
            f"{item!r} is renamed from {item.info[INFO_KEY]!r}",
            place=Place(*current_place()),
            remedy=f"give {unfit}" + (": the old name, without its schema" if form is text else ""),
        ) from None


_HOLDING = select(lambda row: bool(row.inside))


@dataclass(frozen=True, kw_only=True)
class RenameDefinition(Given):
    """The name that an object had before, where the object itself has no place for it, as an enumerated type.

    Attributes:
        kind: what it is: ``enum``, ``sequence``, ``table``, ….
        relation: what a column, constraint, index, trigger or policy stands on.
        renamed_from: the old name, or schema and name; left out where only something inside is renamed.
        inside: values of an enumerated type, or attributes of a composite one, by the names that they have, each with
            the one that it had: ``{"glad": "happy"}``.
    """

    forms: ClassVar[Mapping[str, Form]] = {
        "kind": word(*(kind.value for kind in (*OF_SCHEMA, *PARTS))),
        **dict.fromkeys(("schema", "name"), text),
        "relation": text_or_none,
        "renamed_from": old_name_or_none,
        "inside": pairs,
    }

    kind: str
    name: str
    schema: str = "public"
    relation: str | None = None
    renamed_from: OldName | None = None
    inside: tuple[tuple[str, str], ...] = ()

    def contradictions(self) -> tuple[tuple[str, str], ...]:
        """Return what is missing, and what its kind does not have."""
        kind = Kind(self.kind)
        found = []
        if (kind in PARTS) is not (self.relation is not None):
            on = "has no relation" if kind in PARTS else "stands on no relation"
            found.append((f"a {kind} {on}", "give relation for what stands on a table or view, and for nothing else"))
        if self.inside and kind not in _HOLDING:
            holding = " and ".join(KINDS[each].plural for each in _HOLDING)
            found.append((f"a {kind} has nothing inside", f"give inside for {holding}"))
        if not self.inside and self.renamed_from is None:
            found.append(("nothing is renamed", "give renamed_from or inside"))
        return tuple(found)
