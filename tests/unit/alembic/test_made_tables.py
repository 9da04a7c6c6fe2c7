"""A table that was made for an operation is not copied, but for what somebody else changed of the operation."""

import pytest
import sqlalchemy as sa
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext

from pgcraft.alembic.operations.made_tables import MadeTableOp, create_made

CHANGES = {
    "a name": lambda operation: setattr(operation, "table_name", "other"),
    "a schema": lambda operation: setattr(operation, "schema", "other"),
    "a comment": lambda operation: setattr(operation, "comment", "other"),
    "a column": lambda operation: operation.columns.append(sa.Column("more", sa.Text)),
    "an option": lambda operation: operation.kw.update(postgresql_with={"fillfactor": 70}),
    "an info": lambda operation: operation.info.update(a=1),
    "a prefix": lambda operation: operation.prefixes.append("UNLOGGED"),
}


def make() -> tuple[sa.Table, MadeTableOp]:
    table = sa.Table("t", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), schema="app")
    return table, create_made(table)


def test_a_table_is_the_one_that_was_made() -> None:
    table, operation = make()
    assert table is operation.to_table()
    back = operation.reverse()
    assert isinstance(back, ops.DropTableOp)
    again = back.reverse()
    assert ("t", "app", ["id"]) == (again.table_name, again.schema, [column.name for column in again.to_table().c])


@pytest.mark.parametrize("what", CHANGES)
def test_what_a_rewriter_changes_is_written(what: str) -> None:
    table, operation = make()
    CHANGES[what](operation)
    made = operation.to_table()
    plain = object.__new__(ops.CreateTableOp)
    vars(plain).update(vars(operation))
    meant = plain.to_table()

    def say(each: sa.Table) -> list[object]:
        options = {name: value for name, value in each.kwargs.items() if value is not None}
        return [each.name, each.schema, each.comment, each.info, each._prefixes, options, each.c.keys()]

    assert say(meant) == say(made)
    assert made is not table


def test_a_changed_column_is_written() -> None:
    _, operation = make()
    operation.columns[0].type = sa.BigInteger()
    assert isinstance(operation.to_table().c.id.type, sa.BigInteger)


def test_a_naming_convention_counts() -> None:
    table, operation = make()
    context = MigrationContext.configure(dialect_name="postgresql")
    assert table is not operation.to_table(context)
