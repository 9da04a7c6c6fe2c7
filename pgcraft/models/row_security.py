"""What plugins and users declare of row security beside policies."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from pgcraft.models.given import Form, Given, flag, text


@dataclass(frozen=True, kw_only=True)
class RowSecurityDefinition(Given):
    """Row security of a table, whether it has policies or not; without any, nobody but its owner sees a row.

    Views over the table ask as before: only a policy makes them ask as their reader.

    Attributes:
        schema: of the table or the resource.
        table: a table, or a resource: then the tables behind it are meant.
        force: the owner of the table is held too.
    """

    forms: ClassVar[Mapping[str, Form]] = {**dict.fromkeys(("schema", "table"), text), "force": flag}

    schema: str
    table: str
    force: bool = False
