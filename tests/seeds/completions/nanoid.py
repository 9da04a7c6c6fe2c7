"""What stands for the page's "... plugin implementation ...": a key of 21 characters that PostgreSQL makes."""

from sqlalchemy import Column, String, text

from pgcraft.columns import PrimaryKeyColumns
from pgcraft.factory import FactoryContext
from pgcraft.models import FunctionDefinition, register_function
from pgcraft.plugin import Plugin, produces, singleton

BODY = """
SELECT left(translate(encode(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()), 'base64'), '+/=', '-_'), 21)
"""


@produces("pk_columns")
@singleton("__pk__")
class NanoIDImplementation(Plugin):
    def run(self, ctx: FactoryContext) -> None:
        function = FunctionDefinition(
            schema="public", name="nanoid", returns="text", language="sql", volatility="volatile", body=BODY
        )
        register_function(ctx.metadata, function)
        key = Column("id", String(21), primary_key=True, server_default=text("public.nanoid()"))
        ctx["pk_columns"] = PrimaryKeyColumns([key])
