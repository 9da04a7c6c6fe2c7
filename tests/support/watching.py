"""Rows in every table around the steps of a revision, and what its SQL says about them."""

from pathlib import Path

from pgcraft.catalog.objects import Kind, ObjectId
from pgcraft.catalog.statements import split_statements
from pgcraft.service.types import Operation
from pgcraft.worker.rows import Rows
from pgcraft.worker.scratch import Connection
from tests.support.roundtrip import RoundTrip


def watch_rows(trip: RoundTrip, connection: Connection, revision: Path, filled: set[ObjectId]) -> Rows:
    """Return what fills the tables of the database and looks at them; the revision is not applied yet."""
    name = revision.name.partition("_")[0]
    (is_there,) = connection.execute("SELECT to_regclass('alembic_version')").fetchone() or (None,)
    head = connection.execute("SELECT version_num FROM alembic_version").fetchone() if is_there else None
    before = head[0] if head else "base"
    up = tuple(split_statements(trip.render_upgrade(f"{before}:{name}")))
    down = tuple(split_statements(trip.render_downgrade(f"{name}:{before}")))
    operation = Operation(name, "execute", ObjectId(Kind.SCHEMA, None, name), name, own(up), own(down))
    return Rows(connection, trip.database.url, (operation,), filled)


def own(statements: tuple[str, ...]) -> tuple[str, ...]:
    """Leave out what Alembic does for itself."""
    return tuple(sql for sql in statements if "alembic_version" not in sql)
