"""What was declared since a mark, and taking it back: a factory that fails leaves nothing of itself."""

import pytest
from sqlalchemy import Column, ForeignKey, Integer, MetaData, Table

from pgcraft.models import RoleDefinition, SchemaDefinition, register_role, register_schema
from pgcraft.models.declarations import get_declarations
from pgcraft.models.journal import all_or_nothing, changes_since, mark_now, tables_since, take_back


def declare(metadata: MetaData, name: str, *columns: Column[object]) -> Table:
    register_role(metadata, RoleDefinition(name=f"role_{name}"))
    register_schema(metadata, SchemaDefinition(name=f"schema_{name}"))
    return Table(name, metadata, Column("id", Integer, primary_key=True), *columns)


def declared(metadata: MetaData) -> list[str]:
    declarations = get_declarations(metadata)
    kept = [item.definition.name for item in (*declarations.roles.all(), *declarations.schemas.all())]
    return [*metadata.tables, *kept]


def test_changes_are_what_came_after_the_mark_in_order() -> None:
    metadata = MetaData()
    declare(metadata, "a")
    mark = mark_now(metadata)
    tables = (declare(metadata, "b"), declare(metadata, "c", Column("b", ForeignKey("b.id"))))
    changes = changes_since(metadata, mark)
    assert tables == changes.tables == tables_since(metadata, 1)
    assert [("role_b", "role_c"), ("schema_b", "schema_c")] == [keys for keys in changes.keys if keys]
    assert () == changes_since(metadata, mark_now(metadata)).tables == tables_since(metadata, 3)


def test_what_is_taken_back_may_be_declared_again() -> None:
    metadata = MetaData()
    declare(metadata, "a")
    mark = mark_now(metadata)
    declare(metadata, "b")
    take_back(metadata, changes_since(metadata, mark))
    assert ["a", "role_a", "schema_a"] == declared(metadata)
    declare(metadata, "b")
    assert ["a", "b", "role_a", "role_b", "schema_a", "schema_b"] == declared(metadata)


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_a_body_that_fails_leaves_nothing(error: type[BaseException]) -> None:
    metadata = MetaData()
    declare(metadata, "a")

    def fail() -> None:
        with all_or_nothing(metadata):
            declare(metadata, "b")
            raise error

    with pytest.raises(error):
        fail()
    assert ["a", "role_a", "schema_a"] == declared(metadata)


def test_a_body_that_succeeds_keeps_all() -> None:
    metadata = MetaData()
    with all_or_nothing(metadata):
        declare(metadata, "a")
    assert ["a", "role_a", "schema_a"] == declared(metadata)
