"""The facts of types that are made of others; names of types are as ``format_type`` prints them."""

from dataclasses import dataclass

from pgcraft.identifiers import MAX_BYTES

_WORD, _PLURAL, _SUFFIX = "range", "multirange", "_multirange"


@dataclass(frozen=True, slots=True)
class Composite:
    """A composite type.

    Attributes:
        attributes: pairs of name and type, in order.
        collations: pairs of attribute and collation, as it stands behind COLLATE, where it is not the type's own;
            sorted.
        column_comments: pairs of attribute and comment, sorted.
    """

    attributes: tuple[tuple[str, str], ...]
    collations: tuple[tuple[str, str], ...] = ()
    comment: str | None = None
    column_comments: tuple[tuple[str, str], ...] = ()
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class Range:
    """A range type, with its multirange type in the same schema.

    Attributes:
        subtype: what it has bounds of.
        multirange: name of the multirange type.
        operator_class: of the bounds, with its schema where that is not PostgreSQL's; None for the subtype's default.
        collation: as it stands behind COLLATE; None for the subtype's own.
        canonical: schema and name of the function that gives a range its one form, or None.
        difference: schema and name of the function that tells how far two bounds are apart, or None.
    """

    subtype: str
    multirange: str
    operator_class: str | None = None
    collation: str | None = None
    canonical: tuple[str, str] | None = None
    difference: tuple[str, str] | None = None
    comment: str | None = None
    owner: str | None = None


def choose_multirange_name(name: str) -> str:
    """Return what PostgreSQL calls the multirange type of a range type that names none."""
    if _WORD in name:
        return _cut(name.replace(_WORD, _PLURAL, 1), MAX_BYTES)
    return _cut(name, MAX_BYTES - len(_SUFFIX)) + _SUFFIX


def _cut(name: str, length: int) -> str:
    return name.encode()[:length].decode(errors="ignore")
