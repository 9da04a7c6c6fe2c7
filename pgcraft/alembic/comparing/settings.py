"""What ``env.py`` says of the comparison: which objects, which types, which defaults.

Each keeps the meaning that Alembic gives it
(https://alembic.sqlalchemy.org/en/latest/api/runtime.html#alembic.runtime.environment.EnvironmentContext.configure):
an object is asked for with what stands on its other side, and only where the setting is there.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column
from sqlalchemy.schema import SchemaItem

from pgcraft.alembic.elements.tables import Elements
from pgcraft.catalog import definitions
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId
from pgcraft.diff.compare import Change, Diff

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext

_KEYS = {"foreign key": "foreign_key_constraint", "unique": "unique_constraint"}
"""What Alembic calls the constraints that it asks for; the others it asks for by nothing."""


class Settings:
    """Asks the functions of ``env.py``.

    Args:
        declared: the models' tables and columns, as the user wrote them.
        default_schema: the one that Alembic knows as None.
    """

    def __init__(
        self,
        context: "AutogenContext",
        current: Catalog,
        wanted: Catalog,
        declared: Mapping[ObjectId, SchemaItem],
        default_schema: str,
    ) -> None:
        self._context = context
        self._current = current
        self._wanted = wanted
        self._declared = declared
        self._default_schema = default_schema
        self._there = Elements(current)
        self._meant = Elements(wanted)
        migration = context.migration_context
        self._compare_type: Any = migration._user_compare_type  # noqa: SLF001  there is no other way to it
        self._compare_default: Any = migration._user_compare_server_default  # noqa: SLF001
        self._seen: dict[ObjectId, bool] = {}

    def limit(self, diff: Diff) -> Diff:
        """Return a difference without what ``env.py`` leaves out, and with what it calls different."""
        if self.may_differ:
            diff = replace(diff, changed=tuple(self._ask_of_columns(diff)))
        elif self._compare_type is False:
            diff = replace(diff, changed=tuple(_without(change, "type") for change in diff.changed))
        if self._is_open:
            return replace(diff, changed=tuple(change for change in diff.changed if change.facts))
        return Diff(
            added=tuple(item for item in diff.added if self._includes(item)),
            removed=tuple(item for item in diff.removed if self._includes(item)),
            changed=tuple(change for change in diff.changed if change.facts and self._includes(change.wanted)),
        )

    @property
    def may_differ(self) -> bool:
        """Whether a function is asked of what is the same for us."""
        return callable(self._compare_type) or callable(self._compare_default)

    @cached_property
    def _is_open(self) -> bool:
        return not self._context._object_filters and not self._context._name_filters  # noqa: SLF001  as above

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
            if not self._context.run_name_filters(schema, "schema", {}):
                return False
            if not self._context.run_name_filters(table.name, "table", {"schema_name": schema}):
                return False
        item = self._find(table)
        return item is not None and self._run(item, "table")

    def _is_part_seen(self, item: CatalogObject) -> bool:
        type_ = item.id.kind.value
        if isinstance(item.definition, definitions.Constraint):
            type_ = _KEYS.get(item.definition.type, "")
            if not type_:
                return True
        parents = {"schema_name": self._schema(item.id), "table_name": item.id.parent}
        names: Any = self._context.run_name_filters
        if item.id in self._current.by_id and not names(item.id.name, type_, parents):
            return False
        return self._run(item, type_)

    def _run(self, item: CatalogObject, type_: Any) -> bool:
        there, meant = self._make_there(item.id), self._make_meant(item.id)
        element = there if meant is None else meant
        if element is None:
            return True
        compare_to = None if meant is None else there
        return self._context.run_object_filters(element, item.id.name, type_, meant is None, compare_to)

    def _make_there(self, object_id: ObjectId) -> SchemaItem | None:
        item = self._current.find(object_id)
        return None if item is None else self._there.make_anyway(item)

    def _make_meant(self, object_id: ObjectId) -> SchemaItem | None:
        item = self._wanted.find(object_id)
        if item is None:
            return None
        declared = self._declared.get(object_id)
        return self._meant.make_anyway(item) if declared is None else declared

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
        if not callable(self._compare_type):
            return change if self._compare_type is not False else _without(change, "type")
        there: Any = self._make_there(change.id)
        if there is None:
            return change
        migration = self._context.migration_context
        return _settle(change, "type", self._compare_type(migration, there, declared, there.type, declared.type))

    def _ask_of_default(self, change: Change, declared: Column[Any]) -> Change:
        there: Any = self._make_there(change.id) if callable(self._compare_default) else None
        old, new = (item.defined_as(definitions.Column) for item in (change.current, change.wanted))
        if there is None or (old.default is None and new.default is None):
            return change
        migration = self._context.migration_context
        default = None if declared.server_default is None else getattr(declared.server_default, "arg", None)
        answer = self._compare_default(migration, there, declared, old.default, default, new.default)
        return _settle(change, "default", answer)

    def _find(self, object_id: ObjectId) -> CatalogObject | None:
        return self._wanted.find(object_id) or self._current.find(object_id)

    def _schema(self, object_id: ObjectId) -> str | None:
        return None if object_id.schema == self._default_schema else object_id.schema


def _settle(change: Change, fact: str, answer: bool | None) -> Change:
    """Return a change as its user's function sees it; None leaves it to us."""
    if answer is None or (fact in change.facts) is answer:
        return change
    return replace(change, facts=(*change.facts, fact)) if answer else _without(change, fact)


def _without(change: Change, fact: str) -> Change:
    return replace(change, facts=tuple(each for each in change.facts if each != fact))
