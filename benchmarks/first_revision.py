"""The first revision of many resources, from an empty database to its file, in processor time.

It is written as ``alembic revision --autogenerate`` does, which imports what it has written, too. Beside it stands
Alembic's first revision of the same tables, bare: a resource is a table with a view, five functions, three triggers,
and grants.
"""

import math
import shutil
import time
from argparse import Namespace
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from alembic import command
from alembic.config import Config
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

ENVIRONMENT = """\
from alembic import context

attributes = context.config.attributes
with attributes["engine"].connect() as connection:
    context.configure(connection=connection, include_schemas=True, **attributes["options"])
    with context.begin_transaction():
        context.run_migrations()
"""


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
    with TemporaryDirectory() as folder:
        config = Config(cmd_opts=Namespace(quiet=True))
        config.set_main_option("script_location", folder)
        config.attributes |= {"engine": engine, "options": {"target_metadata": metadata, **options}}
        versions = Path(folder, "versions")
        versions.mkdir()
        shutil.copy(Path(config.get_template_directory(), "generic", "script.py.mako"), folder)
        Path(folder, "env.py").write_text(ENVIRONMENT)
        command.revision(config, "first", autogenerate=True)
        (file,) = versions.glob("*.py")
        if "op.create_table('table_0000'" not in file.read_text():
            raise AssertionError("nothing was written")
