"""The password of a role: read where the migration runs, and written down nowhere."""

from typing import TYPE_CHECKING

from alembic.autogenerate import renderers
from alembic.operations.ops import MigrateOperation

from pgcraft.alembic.markers import render_marker
from pgcraft.alembic.source import DEDENT_IMPORT, render_execute
from pgcraft.catalog.objects import ObjectId
from pgcraft.diff.actions import Verb
from pgcraft.identifiers import quote_body, quote_literal
from pgcraft.render.roles import ROLE_MARK

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext

_SOURCE = """
{marker}
password = os.environ.get({variable!r})
if password and not op.get_context().as_sql:  # a class of its own keeps it out of SQLAlchemy's log
    secret = type("Secret", (str,), {{"__repr__": lambda _: "'***'"}})(password)
    op.get_bind().execute(sa.text("SELECT set_config('pgcraft.password', :secret, true)"), {{"secret": secret}})
{call}"""


class RolePasswordOp(MigrateOperation):
    """Sets a role's password from an environment variable; a role that others made keeps its own.

    Args:
        role_id: the role.
        variable: name of the environment variable; nothing happens where it is not set, and offline.
    """

    def __init__(self, role_id: ObjectId, variable: str, *, is_downgrade: bool = False) -> None:
        self.role_id = role_id
        self.variable = variable
        self.is_downgrade = is_downgrade

    def reverse(self) -> "RolePasswordOp":
        """Give what undoes it: nothing, for the role goes with what made it."""
        return RolePasswordOp(self.role_id, self.variable, is_downgrade=not self.is_downgrade)

    def to_diff_tuple(self) -> tuple[str, str]:
        """Give what ``alembic check`` prints."""
        return ("pgcraft password", str(self.role_id))


@renderers.dispatch_for(RolePasswordOp)
def render_password(context: "AutogenContext", operation: RolePasswordOp) -> list[str]:
    """Give the lines that read the variable and set the password; none for the downgrade."""
    if operation.is_downgrade:
        return []
    context.imports.update(("import os", DEDENT_IMPORT))
    marker = f"{render_marker(Verb.ALTER, operation.role_id)} · password from {operation.variable}"
    call = "\n".join(f"    {line}".rstrip() for line in render_execute(_set_password(operation.role_id)).split("\n"))
    return [_SOURCE.format(marker=marker, variable=operation.variable, call=call)]


def _set_password(role_id: ObjectId) -> str:
    name = quote_literal(role_id.name)
    body = f"""
BEGIN
  IF EXISTS (
    SELECT FROM pg_catalog.pg_roles
    WHERE rolname = {name}
      AND pg_catalog.shobj_description(oid, 'pg_authid') = {quote_literal(ROLE_MARK)}
  ) THEN
    EXECUTE pg_catalog.format('ALTER ROLE %I PASSWORD %L', {name}, pg_catalog.current_setting('pgcraft.password'));
  END IF;
  PERFORM pg_catalog.set_config('pgcraft.password', '', true);
END
"""
    return f"DO {quote_body(body)}"
