"""Each tenant its own rows: the third tier of an extension, with a role, policies, and a command."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from sqlalchemy import Column, MetaData, Text, text

from pgcraft.extension import PGCraftExtension
from pgcraft.factory import FactoryContext
from pgcraft.models import (
    GrantDefinition,
    PolicyDefinition,
    RoleDefinition,
    register_grant,
    register_policy,
    register_role,
)
from pgcraft.models.roles import AUTHENTICATOR
from pgcraft.plugin import Plugin, produces, requires
from pgcraft.resource import get_api_resources

if TYPE_CHECKING:
    import typer

COLUMN = "tenant_id"
ROLE = "tenant"
CURRENT_TENANT = "(nullif(current_setting('request.jwt.claims', true), '')::json ->> 'tenant')"
"""The tenant of the request, by the claims that PostgREST has verified; NULL outside of a request."""


@produces("tenant_column")
class TenantColumnPlugin(Plugin):
    """Adds the column that says whose a row is; it is filled from the request's claims.

    Produces ``tenant_column``.
    """

    def run(self, ctx: FactoryContext) -> None:
        """Add the column."""
        ctx.injected_columns.append(Column(COLUMN, Text, nullable=False, server_default=text(CURRENT_TENANT)))
        ctx["tenant_column"] = COLUMN


@requires("table", "tenant_column")
class TenantPolicyPlugin(Plugin):
    """Lets clients see and write the rows of the request's tenant alone, in resources of every factory.

    Requires ``table`` and ``tenant_column``.
    """

    def run(self, ctx: FactoryContext) -> None:
        """Declare the policy."""
        condition = f"{COLUMN} = {CURRENT_TENANT}"
        register_policy(
            ctx.metadata,
            PolicyDefinition(schema=ctx.schemaname, table=ctx.tablename, name="tenant", using=condition),
        )


@dataclass
class TenancyExtension(PGCraftExtension):
    """Divides every table among tenants, and gives their role what the API grants."""

    name: str = "tenancy"
    depends_on: ClassVar[list[str]] = ["postgrest"]

    def plugins(self) -> list[Plugin]:
        """Return the column and the policy of each factory."""
        return [TenantColumnPlugin(), TenantPolicyPlugin()]

    def configure_metadata(self, metadata: MetaData) -> None:
        """Declare the role of tenants: the authenticator may become it, and it may do what the API resources say."""
        register_role(metadata, RoleDefinition(name=ROLE, members=(AUTHENTICATOR,)))
        resources = get_api_resources(metadata)
        for schema in dict.fromkeys(resource.schema for resource in resources):
            register_grant(metadata, GrantDefinition(privileges=("usage",), to=ROLE, schema=schema, on="schema"))
        for resource in resources:
            register_grant(
                metadata,
                GrantDefinition(privileges=resource.grants, to=ROLE, schema=resource.schema, name=resource.name),
            )

    def register_cli(self, app: "typer.Typer") -> None:
        """Add ``pgcraft tenancy-claims``."""
        import json

        import typer

        @app.command("tenancy-claims", help="Print the JWT claims of a tenant's user, for trying the API.")
        def tenancy_claims(tenant: str, user: str = typer.Option("", help="The user's name, as sub.")) -> None:
            claims = {"role": ROLE, "tenant": tenant} | ({"sub": user} if user else {})
            typer.echo(json.dumps(claims))
