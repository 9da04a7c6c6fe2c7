"""Short random keys, made inside PostgreSQL: the first tier of an extension, one plugin."""

from dataclasses import dataclass

from sqlalchemy import Column, String, text

from pgcraft.columns import PrimaryKeyColumns
from pgcraft.extension import PGCraftExtension
from pgcraft.factory import FactoryContext
from pgcraft.models import GeneratedFunction, register_function
from pgcraft.plugin import Plugin, produces, singleton

SCHEMA = "nanoid"
SIZE = 21
"""Characters of 6 bits each: 126 bits, about as many as a UUID."""

BODY = """
SELECT string_agg(
    substr(
        '_-0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ',
        (get_byte(random.bytes, at) & 63) + 1,
        1
    ),
    '' ORDER BY at
)
FROM (SELECT sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())) AS bytes) AS random
CROSS JOIN generate_series(0, least(size, 32) - 1) AS at
"""
"""``gen_random_uuid()`` is as good a source of chance as the server has; a hash spreads its 244 bits over 32 bytes."""


@produces("pk_columns")
@singleton("__pk__")
class NanoIDPKPlugin(Plugin):
    """Replaces the serial key with a NanoID.

    Produces ``pk_columns``.

    Args:
        column_name: the key's name.
        size: characters of a key, 32 at most.
    """

    def __init__(self, column_name: str = "id", size: int = SIZE) -> None:
        self.column_name = column_name
        self.size = size

    def run(self, ctx: FactoryContext) -> None:
        """Set the key, and declare the function that makes it."""
        function = GeneratedFunction(
            schema=SCHEMA,
            name="make",
            arguments=f"size integer DEFAULT {SIZE}",
            returns="text",
            body=BODY,
            language="sql",
            revoke_public=False,  # whoever inserts takes the default
        )
        register_function(ctx.metadata, function)
        default = text(f"{SCHEMA}.make({self.size})")
        key = Column(self.column_name, String(self.size), primary_key=True, server_default=default)
        ctx["pk_columns"] = PrimaryKeyColumns([key])


@dataclass
class NanoIDExtension(PGCraftExtension):
    """Gives every factory a NanoID key."""

    name: str = "nanoid"

    def plugins(self) -> list[Plugin]:
        """Return the one plugin."""
        return [NanoIDPKPlugin()]
