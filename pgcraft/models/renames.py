"""The names that objects had before, as the models declare them."""

from typing import Any

from pgcraft.errors import PGCraftValidationError, Place
from pgcraft.models.given import Unfit, text
from pgcraft.models.provenance import HasInfo, current_place

INFO_KEY = "renamed_from"
"""Where an object's old name stands in its ``info``."""


def renamed_from(name: str) -> dict[Any, Any]:
    """Return the ``info`` of a table, column, constraint or index that had another name.

    ``Column("phone", String, info=renamed_from("telephone"))``; it may stay in the models for good.
    """
    return {INFO_KEY: name}


def read_old_name(item: HasInfo) -> str:
    """Return the name that an item had before; empty where nothing is said of it.

    Raises:
        PGCraftValidationError: PGC157, what is said is no name.
    """
    if INFO_KEY not in item.info:
        return ""
    try:
        return text(item.info[INFO_KEY])
    except Unfit as unfit:
        raise PGCraftValidationError(
            "PGC157",
            f"{item!r} is renamed from {item.info[INFO_KEY]!r}",
            place=Place(*current_place()),
            remedy=f"give {unfit}: the old name, without its schema",
        ) from None
