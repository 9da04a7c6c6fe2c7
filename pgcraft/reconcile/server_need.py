"""The server that a revision needs: told by its first statement, so that an older one refuses all of it."""

from collections.abc import Iterable

from sqlalchemy import MetaData

from pgcraft.identifiers import quote_body, quote_literal
from pgcraft.models.declarations import get_declarations
from pgcraft.scripts.made import History


def find_server_need(metadata: Iterable[MetaData], history: History) -> tuple[int, str] | None:
    """Return the newest version that models ask for, and what asks, unless a migration has asked for it already."""
    needs = [declared.definition for each in metadata for declared in get_declarations(each).server_needs.all()]
    newest = max(needs, key=lambda need: need.version, default=None)
    if newest is None or history.has_server_need(newest.version):
        return None
    return newest.version, f"{newest.plugin} in {newest.factory}"


def check_server_version(version: int, who: str) -> str:
    """Return the statement that refuses an older server than this.

    Args:
        who: what asks for it: ``UUIDV7PKPlugin in PGCraftSimple("orders")``.
    """
    message = f"{who} needs PostgreSQL {version}; the server is PostgreSQL ".replace("%", "%%")
    body = f"""
BEGIN
  IF pg_catalog.current_setting('server_version_num')::integer < {version}0000 THEN
    RAISE EXCEPTION {quote_literal(message + "%")}, pg_catalog.current_setting('server_version')
      USING ERRCODE = 'feature_not_supported', HINT = 'upgrade the server, or use another plugin';
  END IF;
END
"""
    return f"DO {quote_body(body)}"
