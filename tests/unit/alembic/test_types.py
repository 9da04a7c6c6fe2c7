"""Types in Alembic's operations: none is made on the way, and values come along both ways."""

from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate.api import AutogenContext
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeEngine

from pgcraft.alembic.operations.types import (
    Way,
    keep_from_default,
    leave_types_to_us,
    make_retype,
    render_retype,
)

ENUM = sa.Enum("a", "b", name="e", schema="app")
DOMAIN = postgresql.DOMAIN("d", sa.Interval(second_precision=3), schema="app")
TYPES: dict[str, tuple[TypeEngine[Any], str, bool | None]] = {
    "plain": (sa.String(5), "String(length=5)", None),
    "an enum": (ENUM, "ENUM('a', 'b', name='e', schema='app')", False),
    "an enum as text": (sa.Enum("a", name="e", native_enum=False), "Enum('a', name='e', native_enum=False)", True),
    "an enum without a name": (sa.Enum("a"), "Enum('a')", True),
    "a domain": (DOMAIN, "DOMAIN('d', INTERVAL(precision=3))", False),
    "an interval": (sa.Interval(second_precision=3), "INTERVAL(precision=3)", None),
    "an interval as a time": (sa.Interval(native=False), "DateTime()", None),
    "an array": (sa.ARRAY(ENUM, dimensions=2), "ARRAY(ENUM('a', 'b', name='e', schema='app'), dimensions=2)", None),
    "an array of intervals": (sa.ARRAY(sa.Interval()), "ARRAY(INTERVAL())", None),
    "an array of domains": (
        postgresql.ARRAY(DOMAIN),
        "ARRAY(DOMAIN('d', INTERVAL(precision=3)))",
        None,
    ),
    "an array of numbers": (sa.ARRAY(sa.Integer()), "ARRAY(Integer())", None),
}


def spell(type_: Any) -> str:
    return repr(type_).replace(", create_type=False", "").replace(", zero_indexes=False", "")


def check(name: str, found: Any) -> None:
    _, text, creates = TYPES[name]
    assert text == spell(found)
    assert creates == getattr(found, "create_type", None)
    assert creates is not False or found.schema == "app"
    assert getattr(getattr(found, "item_type", None), "create_type", False) is False


@pytest.mark.parametrize("name", TYPES)
def test_a_type_is_made_by_nobody_on_the_way(name: str) -> None:
    """Enums and domains are objects of their own, which a second statement would make again."""
    given = TYPES[name][0]
    table = sa.Table("t", sa.MetaData(), sa.Column("c", given), schema="app", info={"x": 1})
    made = leave_types_to_us(ops.CreateTableOp.from_table(table))
    assert isinstance(made, ops.CreateTableOp)
    check(name, made.to_table().c.c.type)
    assert {} == made.to_table().info
    assert ("t", "app") == (made.table_name, made.schema)
    dropped = leave_types_to_us(ops.DropTableOp.from_table(table))
    assert isinstance(dropped, ops.DropTableOp)
    check(name, dropped.to_table().c.c.type)
    added = leave_types_to_us(ops.AddColumnOp("t", table.c.c, schema="app"))
    assert isinstance(added, ops.AddColumnOp)
    check(name, added.column.type)
    assert given is table.c.c.type
    gone = leave_types_to_us(ops.DropColumnOp.from_column_and_tablename("app", "t", table.c.c))
    assert isinstance(gone, ops.DropColumnOp)
    check(name, gone.to_column().type)
    back = gone.reverse()
    assert ("t", "app") == (back.table_name, back.schema)
    altered = leave_types_to_us(ops.AlterColumnOp("t", "c", existing_type=given, modify_type=given, autoincrement=True))
    assert isinstance(altered, ops.AlterColumnOp)
    check(name, altered.modify_type)
    check(name, altered.existing_type)
    assert {} == altered.kw


def test_a_generated_column_is_stored_where_nobody_says_how() -> None:
    columns = [
        sa.Column(name, sa.Integer, sa.Computed("1", persisted=how)) for name, how in (("a", None), ("b", False))
    ]
    made = leave_types_to_us(ops.CreateTableOp.from_table(sa.Table("t", sa.MetaData(), *columns)))
    assert isinstance(made, ops.CreateTableOp)
    assert [True, False] == [column.computed.persisted for column in made.to_table().columns]  # type: ignore[union-attr]


def test_checks_of_columns_are_the_tables() -> None:
    """Alembic writes only those."""
    checks = [sa.CheckConstraint(f"c {sign} 0", name=name) for sign, name in ((">", "z"), ("<", "a"))]
    made = leave_types_to_us(
        ops.CreateTableOp.from_table(sa.Table("t", sa.MetaData(), sa.Column("c", sa.Integer, *checks)))
    )
    assert isinstance(made, ops.CreateTableOp)
    table = made.to_table()
    found = {(str(each.sqltext), each.name) for each in table.constraints if isinstance(each, sa.CheckConstraint)}
    assert {("c > 0", "z"), ("c < 0", "a")} == found
    assert set() == table.c.c.constraints


def test_other_operations_are_left_alone() -> None:
    other = ops.ExecuteSQLOp("SELECT 1")
    assert other is leave_types_to_us(other)


ALTER = ops.AlterColumnOp(
    "t", "c", schema="app", existing_type=sa.String(), modify_type=sa.Integer(), modify_server_default="1", x=1,
    postgresql_using="old",
)  # fmt: skip
UP, DOWN = Way("c::int", ("BEFORE",), ("DEFAULT",), ("AFTER",)), Way()


def render(operation: Any) -> tuple[list[str], set[str]]:
    opts = {
        "sqlalchemy_module_prefix": "sa.",
        "alembic_module_prefix": "op.",
        "user_module_prefix": None,
        "render_item": None,
    }
    context = AutogenContext(MigrationContext.configure(dialect_name="postgresql"), opts=opts)
    return render_retype(context, operation), context.imports


def test_values_come_along_both_ways() -> None:
    made = make_retype(ALTER, up=UP, down=DOWN)
    assert ("t", "c", "app", UP, DOWN) == (made.table_name, made.column_name, made.schema, made.up, made.down)
    assert ({"x": 1, "postgresql_using": "c::int"}, False) == (made.kw, made.modify_server_default)
    back = made.reverse()
    assert (DOWN, UP, {"x": 1}) == (back.up, back.down, back.kw)
    assert isinstance(back.modify_type, sa.String)
    for way in (Way(default=("D",)), Way(after=("A",)), Way(before=("B",))):
        assert make_retype(ALTER, up=way, down=DOWN).modify_server_default is False
    assert "1" == make_retype(ALTER, up=Way("c::int"), down=DOWN).modify_server_default
    assert ("DEFAULT", "AFTER") == UP.afterwards


def test_a_retyped_column_is_written_with_its_ways() -> None:
    lines, imports = render(make_retype(ALTER, up=UP, down=DOWN))
    assert [
        "op.execute('BEFORE')",
        "op.alter_column('t', 'c',\n           existing_type=sa.String(),\n           type_=sa.Integer(),\n"
        "           schema='app',\n           postgresql_using='c::int')",
        "op.execute('DEFAULT')",
        "op.execute('AFTER')",
    ] == lines
    assert set() == imports
    lines, imports = render(make_retype(ALTER, up=Way("", ("A\nB",)), down=DOWN))
    assert {"from textwrap import dedent"} == imports
    assert lines[1].endswith("           schema='app')")


def test_a_default_is_left_to_others() -> None:
    retyped = make_retype(ALTER, up=UP, down=UP)
    assert keep_from_default(retyped) is True
    assert (Way("c::int", after=("AFTER",)), Way("c::int", after=("AFTER",))) == (retyped.up, retyped.down)
    only = ops.AlterColumnOp("t", "c", existing_server_default="1", modify_server_default="2")
    assert keep_from_default(only) is False
    assert (False, False) == (only.modify_server_default, only.existing_server_default)
    assert keep_from_default(ops.AlterColumnOp("t", "c", modify_server_default="2", modify_nullable=True)) is True
    assert keep_from_default(ops.DropTableOp("t")) is True
