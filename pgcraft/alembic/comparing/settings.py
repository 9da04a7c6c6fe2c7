"""What ``env.py`` says of the comparison: which objects, which types, which defaults.

Each keeps the meaning that Alembic gives it
(https://alembic.sqlalchemy.org/en/latest/api/runtime.html#alembic.runtime.environment.EnvironmentContext.configure):
an object is asked for with what stands on its other side, and only where the setting is there.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from alembic.autogenerate.compare.server_defaults import _render_server_default_for_compare
from alembic.ddl.impl import DefaultImpl
from sqlalchemy import CheckConstraint, Column, Table
from sqlalchemy.schema import SchemaItem

from pgcraft.catalog import definitions
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId
from pgcraft.diff.compare import Change, Diff
from pgcraft.elements.pairs import Pairs
from pgcraft.reconcile.left_out import find_left_out

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext

_KEYS = {"foreign key": "foreign_key_constraint", "unique": "unique_constraint", "check": "check_constraint"}
"""What Alembic calls the constraints that it asks for; the others it asks for by nothing."""


_BY_NAME = DefaultImpl.compare_check_constraint
"""Alembic's own comparison of checks, for which those of one name are the same."""


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
        self._pairs = Pairs(current, wanted, declared)
        migration = context.migration_context
        self._compare_type: Any = migration._user_compare_type  # noqa: SLF001  there is no other way to it
        self._compare_default: Any = migration._user_compare_server_default  # noqa: SLF001
        self._seen: dict[ObjectId, bool] = {}
        self._named: dict[ObjectId, bool] = {}

    def limit(self, diff: Diff) -> Diff:
        """Return a difference without what ``env.py`` leaves out, and with what it calls different."""
        diff = find_left_out(self._context.opts.get("autogenerate_plugins") or ()).limit(diff)
        if self.may_differ:
            diff = replace(diff, changed=tuple(self._ask_of_columns(diff)))
        elif self._compare_type is False:
            diff = replace(diff, changed=tuple(_without(change, "type") for change in diff.changed))
        if type(self._context.migration_context.impl).compare_check_constraint is not _BY_NAME:
            diff = replace(diff, changed=tuple(map(self._ask_of_check, diff.changed)))
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
            self._ask_of_names(table, schema)
        item = self._find(table)
        return item is not None and self._run(item, "table")

    def _ask_of_names(self, table: ObjectId, schema: str | None) -> None:
        """Ask of every column that is there, as Alembic does before it compares any."""
        names = (part.name for part in self._current.by_id[table].parts if part.kind is Kind.COLUMN)
        parents: Any = {"schema_name": schema, "table_name": table.name}
        self._named |= {table.column(name): self._context.run_name_filters(name, "column", parents) for name in names}

    def _is_part_seen(self, item: CatalogObject) -> bool:
        type_ = item.id.kind.value
        if isinstance(item.definition, definitions.Constraint):
            type_ = _KEYS.get(item.definition.type, "")
            if not type_:
                return True
        parents = {"schema_name": self._schema(item.id), "table_name": item.id.parent}
        if item.id in self._current.by_id:
            names: Any = self._context.run_name_filters
            known = self._named.get(item.id)
            if not (names(item.id.name, type_, parents) if known is None else known):
                return False
        return self._run(item, type_)

    def _run(self, item: CatalogObject, type_: Any) -> bool:
        there, meant = self._pairs.make_there(item.id), self._pairs.make_meant(item.id)
        element = there if meant is None else meant
        if element is None:
            return True
        compare_to = None if meant is None else there
        return self._context.run_object_filters(element, item.id.name, type_, meant is None, compare_to)

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
        if not callable(self._compare_type):
            return change if self._compare_type is not False else _without(change, "type")
        there: Any = self._pairs.make_there(change.id)
        if there is None:
            return change
        migration = self._context.migration_context
        return _settle(change, "type", self._compare_type(migration, there, declared, there.type, declared.type))

    def _ask_of_default(self, change: Change, declared: Column[Any]) -> Change:
        there: Any = self._pairs.make_there(change.id) if callable(self._compare_default) else None
        old, new = (item.defined_as(definitions.Column) for item in (change.current, change.wanted))
        if there is None or (old.default is None and new.default is None):
            return change
        migration = self._context.migration_context
        rendered = _render_server_default_for_compare(declared.server_default, self._context)
        answer = self._compare_default(migration, there, declared, old.default, declared.server_default, rendered)
        return _settle(change, "default", answer)

    def _ask_of_check(self, change: Change) -> Change:
        """Ask an implementation of somebody's that compares checks in another way than Alembic's own."""
        definition = change.wanted.definition
        if not isinstance(definition, definitions.Constraint) or definition.type != "check":
            return change
        there, meant = self._pairs.make_there(change.id), self._pairs.make_meant(change.id)
        if not isinstance(there, CheckConstraint) or not isinstance(meant, CheckConstraint):
            return change
        answer = self._context.migration_context.impl.compare_check_constraint(meant, there)
        return change if answer.is_different else _without(change, "text")

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
