"""What plugins and users declare of a domain."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from pgcraft.models.given import Form, GivenName, flag, pairs, text, text_or_none


@dataclass(frozen=True, kw_only=True)
class DomainDefinition(GivenName):
    """A domain; columns are of it by SQLAlchemy's ``DOMAIN(name, type, schema=…)``, which may say the same instead.

    Attributes:
        type: what it is made of: ``text``, ``numeric(10,2)``.
        default: SQL expression.
        checks: name and condition of each check, in which ``VALUE`` is the value.
        collation: as it stands behind COLLATE.
    """

    forms: ClassVar[Mapping[str, Form]] = {
        **dict.fromkeys(("schema", "name", "type"), text),
        **dict.fromkeys(("default", "collation", "comment"), text_or_none),
        "nullable": flag,
        "checks": pairs,
    }

    schema: str
    name: str
    type: str
    default: str | None = None
    nullable: bool = True
    checks: tuple[tuple[str, str], ...] = ()
    collation: str | None = None
    comment: str | None = None
