"""From a MetaData to the SQL of everything on it, against SQLAlchemy's own DDL of the tables alone."""

import time
from collections.abc import Iterator

from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from benchmarks.measure import Result, best_of
from benchmarks.models import build_factories, build_plain
from pgcraft.collect import collect
from pgcraft.configure import pgcraft_configure_metadata
from pgcraft.render.catalog import render_catalog

COUNTS = {100: 9, 1000: 5}


def measure() -> Iterator[Result]:
    """Return, for each number of factories, the processor time of collecting and of rendering."""
    for count, rounds in COUNTS.items():
        metadata, config = build_factories(count)
        pgcraft_configure_metadata(metadata, config)
        plain = build_plain(count)
        catalog = collect(metadata)
        number = len(catalog.objects)
        collected, rendered, tables = best_of(
            rounds,
            lambda metadata=metadata: collect(metadata),
            lambda catalog=catalog: render_catalog(catalog),
            lambda plain=plain: _render_tables(plain),
            clock=time.process_time,
        )
        note = f"{number:,} objects; the peer renders {count} tables only"
        yield Result(f"collect {count} factories", collected, "SQLAlchemy's CREATE TABLEs", tables, note=note)
        yield Result(f"render all DDL of {count} factories", rendered, "SQLAlchemy's CREATE TABLEs", tables, note=note)


def _render_tables(metadata: object) -> list[str]:
    dialect = postgresql.dialect()
    return [str(CreateTable(table).compile(dialect=dialect)) for table in metadata.sorted_tables]
