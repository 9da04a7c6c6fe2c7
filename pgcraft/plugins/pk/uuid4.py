"""A random UUID key."""

from typing import Any

from sqlalchemy import UUID, Column, text

from pgcraft.plugins.pk.base import OneColumnPKPlugin


class UUIDV4PKPlugin(OneColumnPKPlugin):
    """A UUID key of version 4, made by PostgreSQL's ``gen_random_uuid()``."""

    def make_column(self) -> Column[Any]:
        """Give the key's column."""
        return Column(self.column_name, UUID(), primary_key=True, server_default=text("gen_random_uuid()"))
