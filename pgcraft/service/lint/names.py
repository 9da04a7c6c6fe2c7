"""Names that whoever types them must quote."""

from collections.abc import Iterator

from pgcraft.catalog.kinds import OF_SCHEMA
from pgcraft.catalog.objects import Kind
from pgcraft.identifiers import quote_name
from pgcraft.service.lint.notes import Note, note
from pgcraft.service.types import LoadedModels


def find_quoted(loaded: LoadedModels) -> Iterator[Note]:
    """Schemas, roles, relations, columns, types and functions whose names need quotes: constraints nobody types."""
    for item in loaded.catalog.of_kind(Kind.SCHEMA, Kind.ROLE, Kind.COLUMN, *OF_SCHEMA):
        quoted = quote_name(item.id.name)
        if quoted != item.id.name:
            yield note(
                item,
                f"must be written {quoted}",
                "give it a name of lower case letters, digits and _ that is no keyword of SQL",
            )
