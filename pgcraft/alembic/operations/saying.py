"""Actions on tables and their parts as Alembic's own operations, wherever those say exactly the same."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from alembic.operations import ops
from sqlalchemy import Column, Index, Table
from sqlalchemy.schema import SchemaItem
from sqlalchemy.sql.elements import conv

from pgcraft.alembic.operations.catalog_operations import CatalogOp
from pgcraft.alembic.operations.exact_alterations import ExactAlterColumnOp
from pgcraft.alembic.operations.exact_drops import (
    ExactDropColumnOp,
    ExactDropConstraintOp,
    ExactDropIndexOp,
    ExactDropTableOp,
    know_way_back,
)
from pgcraft.alembic.operations.made_tables import create_made
from pgcraft.alembic.operations.retyping import COUNTS, retype
from pgcraft.catalog import definitions
from pgcraft.catalog.objects import Catalog, CatalogObject, Kind, ObjectId
from pgcraft.diff.actions import Action, Verb
from pgcraft.elements.declared import copy_column, copy_table, find_constraint, makes_index
from pgcraft.elements.tables import Elements, make_default
from pgcraft.elements.types import make_type
from pgcraft.elements.words import (
    CONSTRAINTS,
    SHOWN,
    can_say,
    find_using,
    has_words,
    is_misread,
    is_plain,
    is_quoted,
    is_written_whole,
)

Operation = ops.MigrateOperation


class Speaker:
    """Finds an action's words.

    Args:
        current: the database.
        wanted: the models.
        declared: their tables, columns and indexes, as the user wrote them.
        default_schema: the one that operations do not name.
        remade: columns that are dropped and added; what stands on them is kept and put back around both.
        collected: what was collected of the tables as the user wrote them.
    """

    def __init__(
        self,
        current: Catalog,
        wanted: Catalog,
        declared: Mapping[ObjectId, SchemaItem],
        default_schema: str,
        remade: frozenset[ObjectId],
        collected: Mapping[ObjectId, CatalogObject],
    ) -> None:
        self._current = current
        self._wanted = wanted
        self._declared = declared
        self._default_schema = default_schema
        self._remade = remade
        self._collected = collected
        self._there = Elements(current)
        self._meant = Elements(wanted)

    def say(self, action: Action) -> Operation:
        """Return Alembic's operation for an action; ours, which runs its SQL, where there is none."""
        find = self._ways.get((action.verb, action.id.kind))
        is_sayable = find is not None and bool(action.up) and action.id not in self._remade and not is_misread(action)
        is_sayable = is_sayable and not action.is_alone and not action.is_undone_alone
        found = find(self, action) if find is not None and is_sayable else None
        return CatalogOp(action) if found is None else found

    def _create_table(self, action: Action) -> Operation | None:
        item = self._wanted.by_id[action.id]
        if not self._has_words_inside(action, self._wanted):
            return None
        left_out = frozenset(part for part in item.parts if part.kind is Kind.CONSTRAINT) - action.parts
        declared = self._declared.get(action.id)
        made = None
        if isinstance(declared, Table):
            made = copy_table(declared, item, self._wanted, left_out, self._collected)
        made = made if made is not None else self._meant.make_table(item, left_out)
        return None if made is None else create_made(made)

    def _drop_table(self, action: Action) -> Operation | None:
        item = self._current.by_id[action.id]
        left_out = frozenset(part for part in item.parts if part.kind is Kind.CONSTRAINT) - action.parts
        is_sayable = self._has_words_inside(action, self._current) and not item.defined_as(definitions.Table).owner
        made = self._there.make_table(item, left_out) if is_sayable else None
        if made is not None:
            return ops.DropTableOp.from_table(made)
        return know_way_back(ExactDropTableOp(action.id.name, schema=self._schema(action.id)), action)

    @staticmethod
    def _has_words_inside(action: Action, catalog: Catalog) -> bool:
        """Whether Alembic writes all of a table's constraints, and SQLAlchemy how it is divided."""
        for part in (catalog.by_id[part].definition for part in action.parts):
            if isinstance(part, definitions.Constraint) and not is_written_whole(part):
                return False
            if isinstance(part, definitions.Table) and not is_quoted(part):
                return False
        return True

    def _create_column(self, action: Action) -> Operation | None:
        item = self._wanted.by_id[action.id]
        declared = self._declared.get(action.id)
        made: SchemaItem | None = copy_column(declared, item) if isinstance(declared, Column) else None
        made = made if made is not None else self._meant.make_part(item)
        if not isinstance(made, Column):
            return None
        return ops.AddColumnOp(str(action.id.parent), made, schema=self._schema(action.id))

    def _drop_column(self, action: Action) -> Operation | None:
        made = self._there.make_part(self._current.by_id[action.id])
        schema, table = self._schema(action.id), str(action.id.parent)
        if not action.down or action.up[0].startswith("ALTER TABLE ONLY "):
            return None
        if isinstance(made, Column):
            return ops.DropColumnOp.from_column_and_tablename(schema, table, made)
        return know_way_back(ExactDropColumnOp(table, action.id.name, schema=schema), action)

    def _create_constraint(self, action: Action) -> Operation | None:
        item = self._wanted.by_id[action.id]
        if not has_words(item) or not is_plain(item):
            return None
        table = self._declared.get(action.id.table)
        is_text = item.defined_as(definitions.Constraint).type == "check"  # as which it was tried
        declared = find_constraint(table, item) if isinstance(table, Table) and not is_text else None
        made: Any = self._meant.make_part(item) if declared is None else declared
        if made is None:
            return None
        said = ops.AddConstraintOp.from_constraint(made)
        vars(said)["constraint_name"] = conv(action.id.name)
        return said

    def _drop_constraint(self, action: Action) -> Operation | None:
        item = self._current.by_id[action.id]
        if not has_words(item):
            return None
        made: Any = self._there.make_part(item) if is_plain(item) else None
        if made is not None:
            return ops.DropConstraintOp.from_constraint(made)
        drop = ExactDropConstraintOp(
            conv(action.id.name),
            str(action.id.parent),
            type_=CONSTRAINTS[item.defined_as(definitions.Constraint).type],
            schema=self._schema(action.id),
        )
        return know_way_back(drop, action)

    def _create_index(self, action: Action) -> Operation | None:
        item = self._wanted.by_id[action.id]
        declared: Any = self._declared.get(action.id)
        if isinstance(declared, Index):
            said = ops.CreateIndexOp.from_index(declared)
            said.index_name = conv(action.id.name)
            if makes_index(said.to_index(), item):
                return said
        made: Any = self._meant.make_part(item)
        if made is None:
            return None
        said = ops.CreateIndexOp.from_index(made)
        if isinstance(declared, Index) and declared.dialect_options["postgresql"]["concurrently"]:
            said.kw["postgresql_concurrently"] = True
        return said

    def _drop_index(self, action: Action) -> Operation | None:
        made: Any = self._there.make_part(self._current.by_id[action.id])
        if made is not None:
            return ops.DropIndexOp.from_index(made)
        drop = ExactDropIndexOp(conv(action.id.name), str(action.id.parent), schema=self._schema(action.id))
        return know_way_back(drop, action)

    def _alter_table(self, action: Action) -> Operation | None:
        names = (action.id.name, str(action.id.schema))
        if action.facts != ("comment",) or any(repr(name) != f"'{name}'" for name in names):
            return None  # Alembic writes these names between quotes, whatever is in them
        old, new = (catalog.by_id[action.id].defined_as(definitions.Table) for catalog in (self._current, self._wanted))
        schema = self._schema(action.id)
        if new.comment is None:
            return ops.DropTableCommentOp(action.id.name, existing_comment=old.comment, schema=schema)
        return ops.CreateTableCommentOp(action.id.name, new.comment, existing_comment=old.comment, schema=schema)

    def _alter_column(self, action: Action) -> Operation | None:
        facts = set(action.facts)
        if not facts or not facts <= SHOWN:
            return None
        old, new = (
            catalog.by_id[action.id].defined_as(definitions.Column) for catalog in (self._current, self._wanted)
        )
        there, meant = make_type(old.type, self._current), self._find_type(action.id)
        if there is None or meant is None:
            return None
        if "type" in facts:
            facts.discard("default")  # which then is set aside, by this action or by another
        said = ops.AlterColumnOp(str(action.id.parent), action.id.name, schema=self._schema(action.id))
        _Change(old, new, self._declared.get(action.id), facts, there, meant).put_on(said)
        if not can_say(action, old, new, facts):
            return ExactAlterColumnOp(action, said)
        is_retyped = "type" in facts
        return retype(said, *(find_using(sql) if is_retyped else "" for sql in (action.up, action.down)))

    def _find_type(self, column: ObjectId) -> Any:
        item = self._wanted.by_id[column]
        declared = self._declared.get(column)
        made = copy_column(declared, item) if isinstance(declared, Column) else None
        return made.type if made is not None else make_type(item.defined_as(definitions.Column).type, self._wanted)

    def _schema(self, object_id: ObjectId) -> str | None:
        return None if object_id.schema == self._default_schema else object_id.schema

    _ways: ClassVar[Mapping[tuple[Verb, Kind], Callable[["Speaker", Action], Operation | None]]] = {
        (Verb.CREATE, Kind.TABLE): _create_table,
        (Verb.DROP, Kind.TABLE): _drop_table,
        (Verb.ALTER, Kind.TABLE): _alter_table,
        (Verb.CREATE, Kind.COLUMN): _create_column,
        (Verb.DROP, Kind.COLUMN): _drop_column,
        (Verb.ALTER, Kind.COLUMN): _alter_column,
        (Verb.CREATE, Kind.CONSTRAINT): _create_constraint,
        (Verb.DROP, Kind.CONSTRAINT): _drop_constraint,
        (Verb.CREATE, Kind.INDEX): _create_index,
        (Verb.DROP, Kind.INDEX): _drop_index,
    }


@dataclass(frozen=True, slots=True)
class _Change:
    old: definitions.Column
    new: definitions.Column
    declared: SchemaItem | None
    facts: set[str]
    there: Any
    meant: Any

    def put_on(self, said: ops.AlterColumnOp) -> None:
        """Put on an operation what is there, and what changes."""
        said.existing_type, said.existing_nullable = self.there, self.old.nullable
        said.existing_comment = self.old.comment
        default, wanted = make_default(self.old), make_default(self.new)
        if default is not None or wanted is not None:
            said.existing_server_default = default
        if "nullable" in self.facts and "identity" not in self.facts:  # which brings that along
            said.modify_nullable = self.new.nullable
        if not self.facts.isdisjoint({"default", "identity"}):
            is_identity = "identity" in self.facts
            declared = self.declared
            said.modify_server_default = (
                declared.server_default if is_identity and isinstance(declared, Column) else wanted
            )
        if "comment" in self.facts:
            said.modify_comment = self.new.comment
        if "type" in self.facts:
            said.modify_type = self.meant
        if isinstance(self.declared, Column):
            said.kw.update(_counts(self.declared))


def _counts(column: Column[Any]) -> dict[str, bool]:
    """Return what Alembic says of whether a column counts; nothing where the user says nothing."""
    if column.table.autoincrement_column is column:
        return {COUNTS: True}
    return {COUNTS: column.autoincrement} if isinstance(column.autoincrement, bool) else {}
