"""What ``env.py`` takes out of the comparison by a plugin's name, as ``"~alembic.autogenerate.comments"``."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from pgcraft.catalog.definitions import Constraint
from pgcraft.catalog.objects import CatalogObject, Kind
from pgcraft.diff.compare import Change, Diff

_FACTS = {
    "alembic.autogenerate.types": ("type",),
    "alembic.autogenerate.defaults": ("default", "identity"),
    "alembic.autogenerate.comments": ("comment",),
}
"""The plugins of Alembic that compare something of tables and columns, with our names for it."""

_CONSTRAINTS = {
    "alembic.autogenerate.constraints": ("unique", "foreign key"),
    "alembic.ext.checkconstraint_byname": ("check",),
    "alembic.autogenerate.checkconstraint_byname": ("check",),  # its name of old
}
_INDEXES = "alembic.autogenerate.constraints"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What is not compared.

    Attributes:
        facts: of tables, columns and constraints.
        constraints: their types.
        has_indexes: whether indexes of tables are.
    """

    facts: frozenset[str]
    constraints: frozenset[str]
    has_indexes: bool

    def limit(self, diff: Diff) -> Diff:
        """Return a difference without it; changes of which nothing is left stay, without facts."""
        if not (self.facts or self.constraints or self.has_indexes):
            return diff
        return Diff(
            added=tuple(item for item in diff.added if self._is_compared(item)),
            removed=tuple(item for item in diff.removed if self._is_compared(item)),
            changed=tuple(self._limit(change) for change in diff.changed if self._is_compared(change.wanted)),
        )

    def _is_compared(self, item: CatalogObject) -> bool:
        if isinstance(item.definition, Constraint):
            return item.definition.type not in self.constraints
        return item.id.kind is not Kind.INDEX or not self.has_indexes

    def _limit(self, change: Change) -> Change:
        if change.id.kind not in (Kind.TABLE, Kind.COLUMN, Kind.CONSTRAINT):
            return change
        return replace(change, facts=tuple(fact for fact in change.facts if fact not in self.facts))


def find_left_out(plugins: Iterable[str]) -> LeftOut:
    """Return what the ``autogenerate_plugins`` of ``context.configure`` take out."""
    patterns = tuple(each.removeprefix("~") for each in plugins if each.startswith("~"))
    return LeftOut(
        facts=frozenset(_find(_FACTS, patterns)),
        constraints=frozenset(_find(_CONSTRAINTS, patterns)),
        has_indexes=_matches(_INDEXES, patterns),
    )


def _find(named: Mapping[str, tuple[str, ...]], patterns: Collection[str]) -> Iterator[str]:
    return (each for name, found in named.items() if _matches(name, patterns) for each in found)


def _matches(name: str, patterns: Collection[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)
