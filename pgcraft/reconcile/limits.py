"""What settings leave out of a difference, and what they call different: objects, types, defaults, checks.

An object is asked for with what stands on its other side, and only where a setting is there.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any, Protocol

from sqlalchemy import CheckConstraint, Column, Table
from sqlalchemy.schema import SchemaItem

from pgcraft.catalog import definitions
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId
from pgcraft.diff.compare import Change, Diff
from pgcraft.diff.ground import uses_name
from pgcraft.elements.pairs import Pairs
from pgcraft.reconcile.left_out import find_left_out

_KEYS = {"foreign key": "foreign_key_constraint", "unique": "unique_constraint", "check": "check_constraint"}
"""What settings call the constraints that they are asked of; of the others they are not asked."""


class Settings(Protocol):
    """What the environment of migrations says of the comparison.

    Attributes:
        plugins: the ``autogenerate_plugins``.
        has_filters: whether any object may be left out.
        has_types: whether types are compared.
        asks_of_types: whether a function is asked of them.
        asks_of_defaults: likewise of defaults.
        asks_of_checks: likewise of checks.
    """

    plugins: Collection[str]
    has_filters: bool
    has_types: bool
    asks_of_types: bool
    asks_of_defaults: bool
    asks_of_checks: bool

    def includes_name(self, name: str | None, type_: str, parents: Mapping[str, str | None]) -> bool:
        """Whether what the database has by a name counts."""

    def includes(self, item: SchemaItem, name: str, type_: str, beside: SchemaItem | None, *, is_there: bool) -> bool:
        """Whether an item counts; ``is_there`` where only the database has it, else with what that has beside it."""

    def differs_in_type(self, there: Column[Any], meant: Column[Any]) -> bool | None:
        """Whether the types of two columns differ; None for no word on it."""

    def differs_in_default(self, there: Column[Any], meant: Column[Any], default: str | None) -> bool | None:
        """Whether the defaults of two columns differ, one as the database prints it; None for no word on it."""

    def differs_in_check(self, there: CheckConstraint, meant: CheckConstraint) -> bool:
        """Whether two checks differ."""


class Limits:
    """Asks the settings.

    Args:
        declared: the models' tables and columns, as the user wrote them.
        default_schema: the one that Alembic knows as None.
    """

    def __init__(
        self,
        settings: Settings,
        current: Catalog,
        wanted: Catalog,
        declared: Mapping[ObjectId, SchemaItem],
        default_schema: str,
    ) -> None:
        self._settings = settings
        self._current = current
        self._wanted = wanted
        self._declared = declared
        self._default_schema = default_schema
        self._pairs = Pairs(current, wanted, declared)
        self._seen: dict[ObjectId, bool] = {}
        self._named: dict[ObjectId, bool] = {}

    def limit(self, diff: Diff) -> Diff:
        """Return a difference without what is left out, and with what is called different."""
        diff = find_left_out(self._settings.plugins).limit(diff)
        if self._settings.asks_of_types or self._settings.asks_of_defaults:
            diff = replace(diff, changed=tuple(self._ask_of_columns(diff)))
        elif not self._settings.has_types:
            diff = replace(diff, changed=tuple(_without(change, "type") for change in diff.changed))
        if self._settings.asks_of_checks:
            diff = replace(diff, changed=tuple(map(self._ask_of_check, diff.changed)))
        if not self._settings.has_filters:
            return replace(diff, changed=tuple(change for change in diff.changed if change.facts))
        missing = frozenset(item.id for item in diff.added if self._is_missing(item))
        return Diff(
            added=tuple(item for item in diff.added if self._includes(item) and not _stands_on(item, missing)),
            removed=tuple(item for item in diff.removed if self._includes(item)),
            changed=tuple(
                change
                for change in diff.changed
                if change.facts and self._includes(change.wanted) and not _stands_on(change.wanted, missing)
            ),
        )

    def _is_missing(self, item: CatalogObject) -> bool:
        """Whether a table is left out, or a column of one that is there, and so are not there to stand on."""
        is_there = item.id.kind is Kind.TABLE or (item.id.kind is Kind.COLUMN and item.id.table in self._current.by_id)
        return is_there and not self._includes(item)

    def _includes(self, item: CatalogObject) -> bool:
        if item.id.kind not in (Kind.TABLE, Kind.COLUMN, Kind.CONSTRAINT, Kind.INDEX):
            return True
        table = item.id if item.id.kind is Kind.TABLE else item.id.table
        if not self._is_table_seen(table):
            return item.id.kind is Kind.INDEX and self._find(table) is None  # that of a materialized view
        return item.id == table or self._is_part_seen(item)

    def _is_table_seen(self, table: ObjectId) -> bool:
        if table not in self._seen:
            self._seen[table] = self._see_table(table)
        return self._seen[table]

    def _see_table(self, table: ObjectId) -> bool:
        schema = self._schema(table)
        if table in self._current.by_id:
            if not self._settings.includes_name(schema, "schema", {}):
                return False
            if not self._settings.includes_name(table.name, "table", {"schema_name": schema}):
                return False
            self._ask_of_names(table, schema)
        item = self._find(table)
        return item is not None and self._run(item, "table")

    def _ask_of_names(self, table: ObjectId, schema: str | None) -> None:
        """Ask of every column that is there, as Alembic does before it compares any."""
        names = (part.name for part in self._current.by_id[table].parts if part.kind is Kind.COLUMN)
        parents = {"schema_name": schema, "table_name": table.name}
        self._named |= {table.column(name): self._settings.includes_name(name, "column", parents) for name in names}

    def _is_part_seen(self, item: CatalogObject) -> bool:
        type_ = item.id.kind.value
        if isinstance(item.definition, definitions.Constraint):
            type_ = _KEYS.get(item.definition.type, "")
            if not type_:
                return True
        parents = {"schema_name": self._schema(item.id), "table_name": item.id.parent}
        if item.id in self._current.by_id:
            known = self._named.get(item.id)
            if not (self._settings.includes_name(item.id.name, type_, parents) if known is None else known):
                return False
        return self._run(item, type_)

    def _run(self, item: CatalogObject, type_: str) -> bool:
        there, meant = self._pairs.make_there(item.id), self._pairs.make_meant(item.id)
        element = there if meant is None else meant
        if element is None:
            return True
        beside = None if meant is None else there
        return self._settings.includes(element, item.id.name, type_, beside, is_there=meant is None)

    def pair_tables(self, is_ours: Callable[[ObjectId], bool]) -> Iterator[tuple[Table | None, Table | None]]:
        """Return the tables that are compared, as they are there and as they are meant.

        Args:
            is_ours: whether one that only the database has goes.
        """
        ids = {item.id for catalog in (self._current, self._wanted) for item in catalog.of_kind(Kind.TABLE)}
        for table in sorted(ids):
            if (table in self._wanted.by_id or is_ours(table)) and self._is_table_seen(table):
                yield self._pairs.make_tables(table)

    def _ask_of_columns(self, diff: Diff) -> list[Change]:
        changes = {change.id: change for change in diff.changed}
        for item in self._wanted.of_kind(Kind.COLUMN):
            current, declared = self._current.find(item.id), self._declared.get(item.id)
            if current is None or not isinstance(declared, Column):
                continue
            change = changes.get(item.id) or Change(current, item, ())
            change = self._ask_of_default(self._ask_of_type(change, declared), declared)
            if change.facts:
                changes[item.id] = change
            else:
                changes.pop(item.id, None)
        return [changes[key] for key in sorted(changes)]

    def _ask_of_type(self, change: Change, declared: Column[Any]) -> Change:
        if not self._settings.asks_of_types:
            return change if self._settings.has_types else _without(change, "type")
        there: Any = self._pairs.make_there(change.id)
        return change if there is None else _settle(change, "type", self._settings.differs_in_type(there, declared))

    def _ask_of_default(self, change: Change, declared: Column[Any]) -> Change:
        there: Any = self._pairs.make_there(change.id) if self._settings.asks_of_defaults else None
        old, new = (item.defined_as(definitions.Column) for item in (change.current, change.wanted))
        if there is None or (old.default is None and new.default is None):
            return change
        return _settle(change, "default", self._settings.differs_in_default(there, declared, old.default))

    def _ask_of_check(self, change: Change) -> Change:
        definition = change.wanted.definition
        if not isinstance(definition, definitions.Constraint) or definition.type != "check":
            return change
        there, meant = self._pairs.make_there(change.id), self._pairs.make_meant(change.id)
        if not isinstance(there, CheckConstraint) or not isinstance(meant, CheckConstraint):
            return change
        return change if self._settings.differs_in_check(there, meant) else _without(change, "text")

    def _find(self, object_id: ObjectId) -> CatalogObject | None:
        return self._wanted.find(object_id) or self._current.find(object_id)

    def _schema(self, object_id: ObjectId) -> str | None:
        return None if object_id.schema == self._default_schema else object_id.schema


def _settle(change: Change, fact: str, answer: bool | None) -> Change:
    """Return a change as its user's function sees it; None leaves it to us."""
    if answer is None or (fact in change.facts) is answer:
        return change
    return replace(change, facts=(*change.facts, fact)) if answer else _without(change, fact)


def _stands_on(item: CatalogObject, missing: frozenset[ObjectId]) -> bool:
    """Whether a constraint or an index is about a column, or a foreign key points to a table, that is not there."""
    if not missing or item.id.kind not in (Kind.CONSTRAINT, Kind.INDEX):
        return False
    if any(each.kind is Kind.COLUMN and each.table == item.id.table and uses_name(item, each.name) for each in missing):
        return True
    target = item.definition.references if isinstance(item.definition, definitions.Constraint) else None
    columns = item.definition.referenced_columns if isinstance(item.definition, definitions.Constraint) else ()
    table = ObjectId(Kind.TABLE, *target) if target else None
    return table is not None and not missing.isdisjoint((table, *map(table.column, columns)))


def _without(change: Change, fact: str) -> Change:
    return replace(change, facts=tuple(each for each in change.facts if each != fact))
