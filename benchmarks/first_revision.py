"""The first revision of many resources, from an empty database to the text of its file, in processor time.

Beside it stands Alembic's first revision of the same tables, bare: a resource is a table with a view, five functions,
three triggers, and grants.
"""

import math
import time
from collections.abc import Callable, Iterator
from typing import Any

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.runtime.migration import MigrationContext
from sqlalchemy import MetaData, create_engine, pool

from benchmarks.autogenerate import ALEMBIC_ALONE
from benchmarks.measure import Figure, Result, best_of
from benchmarks.models import build_factories, build_plain
from pgcraft.alembic.register import (
    pgcraft_alembic_hook,
    pgcraft_configure_metadata,
    pgcraft_process_revision_directives,
)
from pgcraft.devdb.databases import create_database
from pgcraft.devdb.server.servers import start_server

SIZES = {100: 2, 1_000: 2, 3_000: 1}
"""How many resources, and how often each is measured."""


def measure() -> Iterator[Result | Figure]:
    """Return a line for a thousand, and the exponent from the fewest to the most."""
    pgcraft_alembic_hook()
    times: dict[int, tuple[float, ...]] = {}
    with start_server() as server:
        engine = create_engine(create_database(server.base_url, "bench"), poolclass=pool.NullPool)
        for count, rounds in SIZES.items():
            times[count] = best_of(rounds, *_sides(engine, count), clock=time.process_time)
    yield Result("first revision of 1,000 resources", *_pair(times[1_000]), limit=1.5)
    for name, side, limit in (("exponent of a first revision, 100 to 3,000", 0, 1.1), ("Alembic alone", 1, None)):
        yield Figure(name, math.log(times[3_000][side] / times[100][side], 30), limit=limit)


def _pair(times: tuple[float, ...]) -> tuple[float, str, float]:
    return times[0], "Alembic alone, bare tables", times[1]


def _sides(engine: Any, count: int) -> tuple[Callable[[], None], Callable[[], None]]:
    metadata, config = build_factories(count)
    pgcraft_configure_metadata(metadata, config)
    plain = build_plain(count)
    return (
        lambda: _write(engine, metadata, process_revision_directives=pgcraft_process_revision_directives),
        lambda: _write(engine, plain, autogenerate_plugins=ALEMBIC_ALONE),
    )


def _write(engine: Any, metadata: MetaData, **options: Any) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_schemas": True, "target_metadata": metadata, **options}
        )
        script = produce_migrations(context, metadata)
        for operations in (script.upgrade_ops, script.downgrade_ops):
            if not render_python_code(operations, migration_context=context):
                raise AssertionError("nothing was written")
