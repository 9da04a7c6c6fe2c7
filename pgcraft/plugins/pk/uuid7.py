"""A UUID key in the order of time."""

from typing import Any

from sqlalchemy import UUID, Column, text

from pgcraft.plugin import MinPGVersion, requires
from pgcraft.plugins.pk.base import OneColumnPKPlugin


@requires(MinPGVersion(18))
class UUIDV7PKPlugin(OneColumnPKPlugin):
    """A UUID key of version 7, made by PostgreSQL's ``uuidv7()``, which came with 18."""

    def make_column(self) -> Column[Any]:
        """Give the key's column."""
        return Column(self.column_name, UUID(), primary_key=True, server_default=text("uuidv7()"))
