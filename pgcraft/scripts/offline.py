"""A context of Alembic in which nothing can run: what would be sent is text."""

import logging
from typing import Any

from alembic.runtime.migration import MigrationContext

_LOG = logging.getLogger("alembic.runtime.migration")


def make_offline_context(**options: Any) -> MigrationContext:
    """Return a context without a connection, and say nothing of it: the user's own is what Alembic tells of.

    Args:
        options: of ``context.configure``.
    """
    was_disabled, _LOG.disabled = _LOG.disabled, True
    try:
        return MigrationContext.configure(
            dialect_name="postgresql", dialect_opts={"paramstyle": "named"}, opts={"as_sql": True, **options}
        )
    finally:
        _LOG.disabled = was_disabled
