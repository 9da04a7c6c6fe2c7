"""A serial key."""

from typing import Any

from sqlalchemy import Column, Integer

from pgcraft.plugins.pk.base import OneColumnPKPlugin


class SerialPKPlugin(OneColumnPKPlugin):
    """An integer key that a sequence fills; the default of every factory."""

    def make_column(self) -> Column[Any]:
        """Give the key's column."""
        return Column(self.column_name, Integer, primary_key=True)
