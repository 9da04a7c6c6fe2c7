"""From what revision scripts do to the record of what they made."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from alembic.operations import ops
from alembic.runtime.migration import MigrationContext
from sqlalchemy import MetaData, Table, TextClause
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.sql.base import DialectKWArgs

from pgcraft.catalog.definitions import Constraint, Grant, Index
from pgcraft.catalog.kinds import OF_DATABASE, TYPES
from pgcraft.catalog.objects import Kind, ObjectId
from pgcraft.catalog.privileges import PUBLIC
from pgcraft.collect.constraints import collect_constraints
from pgcraft.collect.indexes import collect_indexes, index_name
from pgcraft.diff.actions import Verb
from pgcraft.errors import PGCraftError
from pgcraft.scripts.reading import Deed, Marker
from pgcraft.scripts.record import Record
from pgcraft.scripts.sql_changes import (
    Commenting,
    Making,
    MembershipChange,
    Removal,
    Renaming,
    RightsChange,
    Setting,
)
from pgcraft.scripts.sql_reading import read_sql
from pgcraft.scripts.tables import table_id


class Recorder:
    """Keeps the record up to date.

    Args:
        context: an offline one, with the naming convention that the scripts run under.
        default_schema: where a table stands that names no schema.
    """

    def __init__(self, context: MigrationContext, default_schema: str) -> None:
        self.record = Record()
        self._context = context
        self._default_schema = default_schema

    def follow(self, deeds: Iterable[Deed]) -> None:
        """Record what a script does; of what is not certain, only what goes counts."""
        self.record.begin()
        for deed in deeds:
            if deed.marker is not None and deed.is_first:
                self._follow_marker(deed.marker, is_certain=deed.is_certain)
            if isinstance(deed.operation, ops.ExecuteSQLOp):
                self._follow_sql(_text_of(deed.operation), deed.marker, is_certain=deed.is_certain)
            elif deed.operation is not None:
                self._follow_operation(deed.operation, is_certain=deed.is_certain)

    def _follow_marker(self, marker: Marker, *, is_certain: bool) -> None:
        if marker.verb is Verb.CREATE and is_certain:
            self.record.create(marker.id)
        elif marker.verb is Verb.DROP:
            self.record.drop(marker.id)
        elif marker.id.kind in TYPES and marker.verb is not Verb.RENAME:
            self.record.change_kind(marker.id)

    def _follow_sql(self, sql: str, marker: Marker | None, *, is_certain: bool) -> None:
        """Read the rights and memberships of our own statements, and what other SQL drops or renames."""
        for change in read_sql(sql):
            match change:
                case Commenting() if marker and marker.verb not in (Verb.SET_ASIDE, Verb.RESTORE) and is_certain:
                    self._follow_comment(change, marker.id)
                case Making() if marker and marker.verb is Verb.CREATE and marker.id.kind is Kind.TABLE and is_certain:
                    for name, text in change.constraints:
                        self.record.create(marker.id.part(Kind.CONSTRAINT, name), (text,))
                    self.record.set_on(marker.id, change.options, is_set=True, is_whole=True)
                case Setting() if marker and marker.verb not in (Verb.SET_ASIDE, Verb.RESTORE) and is_certain:
                    self._follow_setting(change, marker.id)
                case RightsChange() if marker and marker.id.kind is Kind.GRANT:
                    self._follow_rights(change, marker.id, is_certain=is_certain)
                case MembershipChange() if marker and marker.id.kind is Kind.ROLE and marker.verb is not Verb.DROP:
                    self._follow_membership(change, marker.id, is_certain=is_certain)
                case Removal() if marker is None:
                    self._follow_removal(change)
                case Renaming() if marker is None or marker.verb is Verb.RENAME:
                    self._follow_renaming(change, marker.id if marker else None)
                case Renaming(parent=(_, _), new_name=str(name)) if marker and marker.id.kind in TYPES:
                    inside = marker.id.part(marker.id.kind, change.name[1])
                    self.record.pass_name(inside, inside._replace(name=name))

    def _follow_setting(self, change: Setting, object_id: ObjectId) -> None:
        """Record what is set on what stands under a marker, or on a column of that."""
        if change.column is not None and object_id.kind is Kind.TABLE:
            object_id = object_id.column(change.column)
        self.record.set_on(object_id, change.names, is_set=change.is_set, is_whole=change.is_whole)

    def _follow_comment(self, change: Commenting, object_id: ObjectId) -> None:
        """Record a comment on what stands under a marker, or on a part of that."""
        if change.column is not None and object_id.kind is Kind.COLUMN:
            object_id = object_id.table
        if change.constraint is not None and object_id.kind is Kind.TABLE:
            object_id = object_id.part(Kind.CONSTRAINT, change.constraint)
        self.record.comment(object_id, "text" if change.has_text else None, change.column)

    def _follow_rights(self, change: RightsChange, grant_id: ObjectId, *, is_certain: bool) -> None:
        name = (grant_id.schema, grant_id.name)
        grantee = grant_id.grantee.lower() if grant_id.grantee == PUBLIC else grant_id.grantee
        if name not in change.names or grantee not in change.grantees:
            return
        if change.is_grant:
            options = Grant((), change.privileges, (), change.columns) if change.is_option else Grant()
            if is_certain:
                self.record.grant(grant_id, replace(options, privileges=change.privileges, columns=change.columns))
        elif change.is_option:
            self.record.revoke(grant_id, Grant((), change.privileges, (), change.columns))
        else:
            self.record.revoke(grant_id, Grant(change.privileges, (), change.columns))

    def _follow_membership(self, change: MembershipChange, role: ObjectId, *, is_certain: bool) -> None:
        for group in change.groups if role.name in change.members else ():
            if not change.is_grant:
                self.record.leave(role.name, group)
            elif is_certain:
                self.record.join(role.name, group)

    def _follow_removal(self, change: Removal) -> None:
        for schema, name in change.names:
            if change.parent is not None:
                parent_schema, parent = change.parent
                self.record.drop_named(change.kinds, parent_schema or self._default_schema, name, parent)
            else:
                self.record.drop_named(change.kinds, self._schema_for(change.kinds, schema), name)

    def _follow_renaming(self, change: Renaming, renamed: ObjectId | None) -> None:
        """Record a new name; of functions of one name that of the one that the marker tells, where it tells one."""
        schema, name = change.name
        if renamed is not None:
            self._pass_name(change, renamed)
        if change.parent is None:
            found = self.record.find(change.kinds, self._schema_for(change.kinds, schema), name)
        elif change.kinds == (Kind.COLUMN,):
            table = ObjectId(Kind.TABLE, change.parent[0] or self._default_schema, change.parent[1])
            self.record.rename_column(table, name, change.new_name or name)
            return
        else:
            parent_schema, parent = change.parent
            found = self.record.find(change.kinds, parent_schema or self._default_schema, name, parent)
        told = [each for each in found if renamed and (each.kind, each.signature) == (renamed.kind, renamed.signature)]
        for object_id in told or found:
            self.record.rename(object_id, name=change.new_name, schema=change.new_schema)

    def _pass_name(self, change: Renaming, renamed: ObjectId) -> None:
        """Record the names of what a marker tells by the name that it has in the end."""
        is_bare = change.parent is not None or renamed.schema is None
        schema = renamed.schema if is_bare else change.name[0] or self._default_schema
        old = renamed._replace(schema=schema, name=change.name[1])
        self.record.pass_name(old, old._replace(name=change.new_name or old.name, schema=change.new_schema or schema))

    def _schema_for(self, kinds: tuple[Kind, ...], schema: str | None) -> str | None:
        return schema if kinds[0] in OF_DATABASE else schema or self._default_schema

    def _follow_operation(self, operation: ops.MigrateOperation, *, is_certain: bool) -> None:
        table = self._table_of(operation)
        match operation:
            case ops.DropTableOp():
                self.record.drop(table)
            case ops.RenameTableOp():
                self.record.pass_name(table, table._replace(name=str(operation.new_table_name)))
                self.record.rename(table, name=str(operation.new_table_name))
            case ops.DropIndexOp():
                schema, parent = operation.schema or self._default_schema, table.name or None
                self.record.drop_named([Kind.INDEX], schema, str(operation.index_name), parent)
            case ops.DropConstraintOp():
                name = str(operation.constraint_name)
                self.record.drop_named([Kind.CONSTRAINT], table.schema, name, table.name)
            case ops.DropColumnOp():
                self.record.drop_column(table, str(operation.column_name))
            case ops.AlterColumnOp():
                self._follow_alteration(operation, table)
            case ops.CreateTableCommentOp() | ops.DropTableCommentOp():
                self.record.comment(table, getattr(operation, "comment", None))
            case _ if is_certain:
                for object_id, columns in self._made_by(operation, table):
                    self.record.create(object_id, columns)

    def _follow_alteration(self, operation: ops.AlterColumnOp, table: ObjectId) -> None:
        name = str(operation.column_name)
        if operation.modify_comment is not False:
            self.record.comment(table, operation.modify_comment, name)
        if operation.modify_name:
            self.record.pass_name(table.column(name), table.column(str(operation.modify_name)))
            self.record.rename_column(table, name, str(operation.modify_name))

    def _table_of(self, operation: ops.MigrateOperation) -> ObjectId:
        return table_id(operation, self._default_schema)

    def _made_by(
        self, operation: ops.MigrateOperation, table_id: ObjectId
    ) -> Iterator[tuple[ObjectId, tuple[str, ...]]]:
        """Return the ids of what an operation makes, with the columns of constraints and indexes."""
        match operation:
            case ops.CreateTableOp():
                table = operation.to_table(self._context)
                yield table_id, ()
                self._comment(table, table_id)
                self._set_options(table, table_id)
                yield from self._parts(table, table_id)
            case ops.AddColumnOp():
                table = Table(table_id.name, self._empty(), operation.column._copy(), schema=operation.schema)  # noqa: SLF001  it may belong to a table
                self._comment(table, table_id)
                yield from self._parts(table, table_id)
            case ops.CreateIndexOp():
                index = operation.to_index(self._context)
                index_id = table_id.part(Kind.INDEX, index_name(index))
                self._set_options(index, index_id)
                yield index_id, tuple(str(column.name) for column in index.columns)
            case ops.AddConstraintOp():
                yield from self._parts(operation.to_constraint(self._context).table, table_id)

    def _set_options(self, made: DialectKWArgs, object_id: ObjectId) -> None:
        """Record the storage parameters that a table or an index is made with."""
        options = made.dialect_options["postgresql"]["with"] or {}
        self.record.set_on(object_id, map(str, options), is_set=True, is_whole=True)

    def _comment(self, table: Table, table_id: ObjectId) -> None:
        """Record where a table is, and the comments on it and its columns; those of one that is only added to stay."""
        options = table.dialect_options["postgresql"]
        places = (("tablespace", options["tablespace"]), ("access_method", options["using"]))
        said = [fact for fact, value in places if value]
        self.record.set_on(table_id, said, is_set=True, is_whole=False)
        for name, text in ((None, table.comment), *((str(column.name), column.comment) for column in table.columns)):
            if text is not None:
                self.record.comment(table_id, text, name)

    def _empty(self) -> MetaData:
        return MetaData(naming_convention=_naming_convention(self._context))

    def _parts(self, table: Table, table_id: ObjectId) -> Iterator[tuple[ObjectId, tuple[str, ...]]]:
        """Return the constraints and indexes of a table or of a part of one, also those that PostgreSQL names."""
        taken = {found.name for found in self.record.made if found.schema == table_id.schema}
        for collect in (partial(collect_constraints, table, taken), partial(collect_indexes, table)):
            try:
                found = [draft.object for draft in collect()]
            except (SQLAlchemyError, PGCraftError):
                continue  # what cannot be read is not known to be ours
            for item in found:
                columns = item.definition.columns if isinstance(item.definition, Constraint | Index) else ()
                yield table_id.part(item.id.kind, item.id.name), columns


def _naming_convention(context: MigrationContext) -> Any:
    metadata = context.opts.get("target_metadata")
    return metadata.naming_convention if isinstance(metadata, MetaData) else None


def _text_of(operation: ops.ExecuteSQLOp) -> str:
    """Return the SQL of ``op.execute``, with the colons that ``text()`` has escaped."""
    sql = operation.sqltext
    text = sql.text if isinstance(sql, TextClause) else str(sql)
    return text.replace("\\:", ":")
