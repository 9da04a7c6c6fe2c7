"""What plugins and users declare of composite and range types."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from pgcraft.models.given import Form, GivenName, Unfit, pair, pairs, text, text_or_none


def _attributes(value: object) -> tuple[tuple[str, str], ...]:
    """Take pairs of name and type, each name once."""
    found = pairs(value)
    if len({name for name, _ in found}) == len(found) and all(type_.strip() for _, type_ in found):
        return found
    raise Unfit('pairs of name and type, each name once: (("street", "text"), …)')


def _pair_or_none(value: object) -> tuple[str, str] | None:
    return None if value is None else pair(value)


@dataclass(frozen=True, kw_only=True)
class CompositeDefinition(GivenName):
    """A composite type; columns are of it by ``PGCraftNamedType(name, schema=…)``.

    Attributes:
        attributes: name and type of each attribute: ``{"street": "text", "number": "numeric(5,0)"}``.
        collations: attribute and collation, as it stands behind COLLATE.
        attribute_comments: attribute and comment.
    """

    forms: ClassVar[Mapping[str, Form]] = {
        **dict.fromkeys(("schema", "name"), text),
        "attributes": _attributes,
        "collations": pairs,
        "comment": text_or_none,
        "attribute_comments": pairs,
    }

    schema: str
    name: str
    attributes: tuple[tuple[str, str], ...] = ()
    collations: tuple[tuple[str, str], ...] = ()
    comment: str | None = None
    attribute_comments: tuple[tuple[str, str], ...] = ()

    def contradictions(self) -> tuple[tuple[str, str], ...]:
        """Return what is said of attributes that there are none of."""
        known = dict(self.attributes)
        said = (*self.collations, *self.attribute_comments)
        return tuple(
            (f'it has no attribute "{name}"', f"it has {', '.join(known) or 'none'}")
            for name, _ in said
            if name not in known
        )


@dataclass(frozen=True, kw_only=True)
class RangeDefinition(GivenName):
    """A range type with its multirange type; columns are of it by ``PGCraftNamedType(name, schema=…)``.

    Attributes:
        subtype: what it has bounds of: ``numeric(10,2)``, ``time``.
        multirange: name of the multirange type, in the same schema; PostgreSQL's choice when left out.
        operator_class: of the bounds, as ``text_pattern_ops``; the subtype's default when left out.
        collation: as it stands behind COLLATE.
        canonical: schema and name of the function that gives a range its one form. It takes the type itself, so that
            a migration written by hand makes the type as a shell (``CREATE TYPE app.span``) and the function before.
        difference: schema and name of the function that tells how far two bounds are apart.
    """

    forms: ClassVar[Mapping[str, Form]] = {
        **dict.fromkeys(("schema", "name", "subtype"), text),
        **dict.fromkeys(("multirange", "operator_class", "collation", "comment"), text_or_none),
        **dict.fromkeys(("canonical", "difference"), _pair_or_none),
    }

    schema: str
    name: str
    subtype: str
    multirange: str | None = None
    operator_class: str | None = None
    collation: str | None = None
    canonical: tuple[str, str] | None = None
    difference: tuple[str, str] | None = None
    comment: str | None = None
