"""Whether Alembic, by way of the user's ``env.py``, compares what the models say; standard library only."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Literal

from pgcraft.catalog.objects import Catalog, CatalogObject, Kind
from pgcraft.diff.compare import compare_catalogs
from pgcraft.service.types import DiffAnswer, Finding

NAMED = 5
"""How many objects are named; of more the number is told."""


def compare_wiring(answer: DiffAnswer, models: Catalog) -> DiffAnswer:
    """Add to an answer how what ``env.py`` gives Alembic differs from what the models declare.

    Args:
        answer: with its target.
        models: as a process that knows nothing of ``env.py`` has them.
    """
    found = tuple(_compare(answer.target, models)) if answer.target is not None else ()
    return replace(answer, wiring=(*answer.wiring, *found), notes=(*answer.notes, *map(str, found)), target=None)


def _compare(target: Catalog, models: Catalog) -> Iterator[Finding]:
    diff = compare_catalogs(target, models)
    if diff.added:
        yield _tell("problem", f"Alembic does not see {_name(diff.added)}, which the models declare")
    if diff.removed:
        yield _tell("note", f"Alembic sees {_name(diff.removed)}, which the models do not declare")
    if diff.changed:
        yield _tell("problem", f"Alembic sees another form of {_name(change.wanted for change in diff.changed)}")


def _tell(level: Literal["note", "problem"], message: str) -> Finding:
    remedy = "give target_metadata the MetaData of the models, and pgcraft_configure_metadata their config"
    return Finding("env.py", level, message, remedy)


def _name(objects: Iterable[CatalogObject]) -> str:
    """Name objects, without the parts of those that are named themselves."""
    found = tuple(objects)
    tables = {(item.id.schema, item.id.name) for item in found if item.id.kind is Kind.TABLE}
    names = [str(item.id) for item in found if (item.id.schema, item.id.parent) not in tables]
    return ", ".join(names[:NAMED]) + (f" and {len(names) - NAMED} more" if len(names) > NAMED else "")
