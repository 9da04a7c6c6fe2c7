"""The server that a revision needs: told by its first statement, so that an older one refuses all of it."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from alembic.autogenerate import renderers
from sqlalchemy import MetaData

from pgcraft.alembic.operations.catalog_operations import ServerNeedOp
from pgcraft.identifiers import quote_body, quote_literal
from pgcraft.models.declarations import get_declarations
from pgcraft.scripts.headers import render_server_need_marker
from pgcraft.scripts.made import History
from pgcraft.scripts.source import DEDENT_IMPORT, render_execute

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext


def find_server_need(metadata: Iterable[MetaData], history: History) -> ServerNeedOp | None:
    """Return what asks for the newest server, unless a migration has asked for as new a one already."""
    needs = [declared.definition for each in metadata for declared in get_declarations(each).server_needs.all()]
    if not needs:
        return None
    newest = max(needs, key=lambda need: need.version)
    if history.has_server_need(newest.version):
        return None
    return ServerNeedOp(newest.version, f"{newest.plugin} in {newest.factory}")


@renderers.dispatch_for(ServerNeedOp)
def render_server_need(context: "AutogenContext", operation: ServerNeedOp) -> list[str]:
    """Return the statement; none for the downgrade."""
    if operation.is_downgrade:
        return []
    context.imports.add(DEDENT_IMPORT)
    return [
        f"\n{render_server_need_marker(operation.version, operation.who)}\n{render_execute(_write_check(operation))}"
    ]


def _write_check(operation: ServerNeedOp) -> str:
    message = f"{operation.who} needs PostgreSQL {operation.version}; the server is PostgreSQL ".replace("%", "%%")
    body = f"""
BEGIN
  IF pg_catalog.current_setting('server_version_num')::integer < {operation.version}0000 THEN
    RAISE EXCEPTION {quote_literal(message + "%")}, pg_catalog.current_setting('server_version')
      USING ERRCODE = 'feature_not_supported', HINT = 'upgrade the server, or use another plugin';
  END IF;
END
"""
    return f"DO {quote_body(body)}"
