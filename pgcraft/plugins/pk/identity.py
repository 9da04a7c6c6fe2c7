"""An identity key."""

from typing import Any

from sqlalchemy import BigInteger, Column, Identity

from pgcraft.plugins.pk.base import OneColumnPKPlugin


class IdentityPKPlugin(OneColumnPKPlugin):
    """A ``bigint GENERATED ALWAYS AS IDENTITY`` key: nobody else gives its values."""

    def make_column(self) -> Column[Any]:
        """Give the key's column."""
        return Column(self.column_name, BigInteger, Identity(always=True), primary_key=True)
