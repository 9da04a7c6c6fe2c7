"""What plugins and users declare of PostgreSQL's own extensions."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from pgcraft.models.given import Form, Given, text, text_or_none


@dataclass(frozen=True, kw_only=True)
class ExtensionDefinition(Given):
    """An extension of PostgreSQL's, such as ``citext`` or ``pg_trgm``; one that is there already is used as it is.

    Attributes:
        schema: where its types and functions stand; PostgreSQL's choice for a new one when it is left out.
    """

    forms: ClassVar[Mapping[str, Form]] = {"name": text, "schema": text_or_none}

    name: str
    schema: str | None = None
