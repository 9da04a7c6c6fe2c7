"""What the items of ``schema_items`` have in common: they are made of text, and say so when they are not."""

from collections.abc import Iterable

from pgcraft.errors import PGCraftValidationError, Place
from pgcraft.models.provenance import find_caller


def check_texts(item: str, texts: Iterable[object], name: object = None) -> None:
    """Check that an item is made of texts, and has at least one.

    Args:
        item: the class, for the message.
        texts: what it is made of.
        name: its name; None when it has none.

    Raises:
        PGCraftValidationError: PGC128, something of it is no text, or it is empty.
    """
    given = list(texts)
    wrong = [part for part in given if not isinstance(part, str) or not part.strip()]
    if name is not None and (not isinstance(name, str) or not name):
        wrong.append(name)
    if given and not wrong:
        return
    raise PGCraftValidationError(
        "PGC128",
        f"a {item} is made of text, not of {wrong[0]!r}" if wrong else f"a {item} needs at least one expression",
        place=Place(*find_caller(), item),
        remedy="write columns as markers: {price} > 0",
    )
