"""An autogenerate with nothing to do: ours with views, functions, triggers and grants, Alembic's on the tables alone.

Each case runs in processes of its own under several hash seeds, because Alembic's time over several schemas depends on
the order in which a set gives them; the peer's figure is its best over the seeds, ours too, and our worst is noted.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from itertools import product
from typing import Any

import psycopg
from alembic.autogenerate import produce_migrations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import MetaData, create_engine, event, pool

from benchmarks.measure import Figure, Result, best_of
from benchmarks.models import build_factories, build_plain, build_registered
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
BUILDERS: dict[str, Callable[[int, int], MetaData]] = {
    "with views, functions and triggers": lambda count, schemas: build_registered(count, schemas=schemas),
    "behind a full API": lambda count, schemas: _build_api(count, schemas),
}
LIMITS = {"with views, functions and triggers": 0.5, "behind a full API": 2.0}
STATEMENTS = 15


def measure() -> Iterator[Result | Figure]:
    """Return lines for tables with views, functions and triggers, and for factories, in one schema and in five."""
    for builder, schemas in product(BUILDERS, (1, 5)):
        with start_server() as server:
            url = create_database(server.base_url, "bench")
            _fill(server.conninfo("bench"), BUILDERS[builder](TABLES, schemas))
            runs = [_run_process(url, builder, schemas, seed) for seed in SEEDS]
        ours, alone = (min(run[side] for run in runs) for side in ("ours", "alone"))
        worst = {side: max(run[side] for run in runs) for side in ("ours", "alone")}
        where = f"{schemas} schema{'s' if schemas > 1 else ''}"
        name = f"no change, {TABLES} tables {builder}, {where}"
        note = f"worst of {len(SEEDS)} hash seeds: {worst['ours']:.2f} s against {worst['alone']:.2f} s"
        yield Result(name, ours, "Alembic alone, the tables", alone, limit=LIMITS[builder], note=note)
        yield Figure(f"its statements, {where}", max(run["statements"] for run in runs), limit=STATEMENTS)


def _build_api(count: int, schemas: int) -> MetaData:
    metadata, config = build_factories(count, schemas=schemas)
    pgcraft_configure_metadata(metadata, config)
    return metadata


def _fill(conninfo: str, metadata: MetaData) -> None:
    statements = ";\n".join(statement.sql for statement in render_catalog(collect(metadata)))
    with psycopg.connect(conninfo) as connection:
        connection.execute(statements.encode())


def _run_process(url: str, builder: str, schemas: int, seed: int) -> dict[str, float]:
    environment = {**os.environ, "PYTHONHASHSEED": str(seed)}
    command = [sys.executable, "-m", __name__, url, builder, str(schemas)]
    done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    times: dict[str, float] = json.loads(done.stdout)
    return times


def _main(url: str, builder: str, schemas: int) -> None:
    pgcraft_alembic_hook()
    metadata = BUILDERS[builder](TABLES, schemas)
    plain = build_plain(TABLES, schemas=schemas)
    engine = create_engine(url, poolclass=pool.NullPool)
    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    compare = partial(_autogenerate, engine, metadata, process_revision_directives=pgcraft_process_revision_directives)
    compare()
    count = len(statements)
    ours, alone = best_of(ROUNDS, compare, lambda: _autogenerate(engine, plain, autogenerate_plugins=ALEMBIC_ALONE))
    print(json.dumps({"ours": ours, "alone": alone, "statements": count}))


def _autogenerate(engine: Any, metadata: MetaData, **options: Any) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_schemas": True, **options})
        found = produce_migrations(context, metadata)
    if not found.upgrade_ops.is_empty():
        raise AssertionError(f"autogenerate found changes: {found.upgrade_ops.as_diffs()[:3]}")


if __name__ == "__main__":
    _main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
