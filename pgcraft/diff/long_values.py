"""Parameters of a table's TOAST table, which PostgreSQL forgets until a column makes one."""

from collections.abc import Iterator
from dataclasses import replace

from pgcraft.catalog.definitions import Table
from pgcraft.catalog.objects import Catalog, Kind
from pgcraft.diff.actions import Action, Verb
from pgcraft.diff.compare import Change
from pgcraft.render.tables import alter_table

LONG_VALUES = "toast."
"""What the names of such parameters begin with."""


def split_options(table: Table) -> tuple[Table, Table]:
    """Return a table without such parameters, and one that has nothing else."""
    own = tuple(pair for pair in table.options if not pair[0].startswith(LONG_VALUES))
    return replace(table, options=own), Table(options=tuple(pair for pair in table.options if pair not in own))


def plan_long_values(change: Change, wanted: Catalog) -> Iterator[Action]:
    """Plan that such parameters change, once the table has the columns that it gets."""
    old, new = (split_options(item.defined_as(Table))[1] for item in (change.current, change.wanted))
    if up := alter_table(change.id, old, new):
        table = wanted.by_id[change.id]
        yield Action(
            Verb.ALTER,
            change.id,
            up,
            alter_table(change.id, new, old),
            origins=table.origins,
            requires=frozenset({change.id, *(part for part in table.parts if part.kind is Kind.COLUMN)}),
            is_awaited=False,
            facts=("options",),
        )
