"""An autogenerate with nothing to do: ours with views, functions, triggers and grants, Alembic's on the tables alone.

Each case runs in processes of its own under several hash seeds, because Alembic's time over several schemas depends on
the order in which a set gives them; the peer's figure is its best over the seeds, ours too, and our worst is noted.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import psycopg
from alembic.autogenerate import produce_migrations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import MetaData, create_engine, pool

from benchmarks.measure import Result, best_of
from benchmarks.models import build_factories, build_plain
from pgcraft.alembic.register import (
    PLUGIN_NAME,
    pgcraft_alembic_hook,
    pgcraft_configure_metadata,
    pgcraft_process_revision_directives,
)
from pgcraft.collect import collect
from pgcraft.devdb.databases import create_database
from pgcraft.devdb.server.servers import start_server
from pgcraft.render.catalog import render_catalog

TABLES = 300
SEEDS = (0, 1, 2, 3)
ROUNDS = 3
ALEMBIC_ALONE = ["alembic.autogenerate.*", f"~{PLUGIN_NAME}"]


def measure() -> Iterator[Result]:
    """Return a line for one schema, and one for several."""
    for schemas in (1, 5):
        with start_server() as server:
            url = create_database(server.base_url, "bench")
            _fill(server.conninfo("bench"), schemas)
            runs = [_run_process(url, schemas, seed) for seed in SEEDS]
        ours, alone = (min(run[side] for run in runs) for side in ("ours", "alone"))
        worst = {side: max(run[side] for run in runs) for side in ("ours", "alone")}
        name = f"no-change autogenerate, {TABLES} tables in {schemas} schema{'s' if schemas > 1 else ''}"
        note = f"worst of {len(SEEDS)} hash seeds: {worst['ours']:.2f} s against {worst['alone']:.2f} s"
        yield Result(name, ours, "Alembic alone, same tables", alone, limit=2.0, note=note)


def _fill(conninfo: str, schemas: int) -> None:
    metadata, config = build_factories(TABLES, schemas=schemas)
    pgcraft_configure_metadata(metadata, config)
    statements = ";\n".join(statement.sql for statement in render_catalog(collect(metadata)))
    with psycopg.connect(conninfo) as connection:
        connection.execute(statements.encode())


def _run_process(url: str, schemas: int, seed: int) -> dict[str, float]:
    environment = {**os.environ, "PYTHONHASHSEED": str(seed)}
    command = [sys.executable, "-m", __name__, url, str(schemas)]
    done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    times: dict[str, float] = json.loads(done.stdout)
    return times


def _main(url: str, schemas: int) -> None:
    pgcraft_alembic_hook()
    metadata, config = build_factories(TABLES, schemas=schemas)
    pgcraft_configure_metadata(metadata, config)
    plain = build_plain(TABLES, schemas=schemas)
    engine = create_engine(url, poolclass=pool.NullPool)
    ours, alone = best_of(
        ROUNDS,
        lambda: _autogenerate(engine, metadata, process_revision_directives=pgcraft_process_revision_directives),
        lambda: _autogenerate(engine, plain, autogenerate_plugins=ALEMBIC_ALONE),
    )
    print(json.dumps({"ours": ours, "alone": alone}))


def _autogenerate(engine: Any, metadata: MetaData, **options: Any) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_schemas": True, **options})
        found = produce_migrations(context, metadata)
    if not found.upgrade_ops.is_empty():
        raise AssertionError(f"autogenerate found changes: {found.upgrade_ops.as_diffs()[:3]}")


if __name__ == "__main__":
    _main(sys.argv[1], int(sys.argv[2]))
