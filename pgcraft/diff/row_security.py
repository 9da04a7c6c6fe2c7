"""Row security of tables, switched on and off where they stand."""

from collections.abc import Iterator

from pgcraft.catalog.definitions import Table
from pgcraft.catalog.objects import Catalog, Kind
from pgcraft.diff.access import hazards_of_access
from pgcraft.diff.actions import Action, Verb
from pgcraft.render.tables import row_security


def plan_row_security(current: Catalog, wanted: Catalog) -> Iterator[Action]:
    """Plan that row security is switched, also of tables that the same plan creates."""
    for item in wanted.of_kind(Kind.TABLE):
        old = current.find(item.id)
        before = old.defined_as(Table) if old else Table()
        after = item.defined_as(Table)
        up = row_security(item.id, before, after)
        if up:
            down = row_security(item.id, after, before) if old else ()
            needs = frozenset({item.id, *item.depends_on})
            hazards = hazards_of_access(old, item)
            yield Action(Verb.ALTER, item.id, up, down, origins=item.origins, hazards=hazards, requires=needs)
