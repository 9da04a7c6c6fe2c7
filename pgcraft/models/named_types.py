"""Types of columns that SQLAlchemy has no class for, by their names."""

from typing import Any

from sqlalchemy.types import UserDefinedType

from pgcraft.identifiers import quote_qualified


class PGCraftNamedType(UserDefinedType[Any]):
    """A type of the database by its name: a composite or range type that is registered, or one of an extension.

    Args:
        name: of the type.
        schema: where it stands; left out for what the search path finds.
    """

    cache_ok = True

    def __init__(self, name: str, *, schema: str | None = None) -> None:
        self.name = name
        self.schema = schema

    def get_col_spec(self, **_: Any) -> str:
        """Return the name as SQL has it."""
        return quote_qualified(self.schema, self.name)
