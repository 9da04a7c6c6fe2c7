"""What tables are divided by."""

import pytest

from pgcraft.catalog.definitions import Column, Definition, Enum, Table
from pgcraft.catalog.partitions import Partition
from pgcraft.errors import PGCraftPlanError
from tests.unit.diff.catalogs import plan_change, plan_inside


def test_what_a_table_is_divided_by_keeps_its_type() -> None:
    """It failed as it ran."""
    tables: dict[str, Definition] = {
        "column app.t.a": Column(1, "integer"),
        "table app.t": Table(partition_by="LIST (b)"),
        "partition app.p": Partition(("app", "t"), "IN (1)", "RANGE (a)"),
    }
    with pytest.raises(PGCraftPlanError) as raised:
        plan_inside(tables, {**tables, "column app.t.a": Column(1, "bigint")})
    assert "PGC416" == raised.value.code
    assert "but partition app.p is divided RANGE (a)" in raised.value.what


def test_what_a_table_is_divided_by_keeps_its_type_when_that_loses_a_value() -> None:
    """It failed as it ran; and so did the way back of a value that came."""
    catalogs = [
        {
            "enum app.e": Enum(values),
            "column app.t.a": Column(1, "app.e"),
            "table app.t": Table(partition_by="LIST (a)"),
        }
        for values in (("x", "y"), ("x",))
    ]
    with pytest.raises(PGCraftPlanError) as raised:
        plan_change(*catalogs)
    assert "PGC416" == raised.value.code
    (action,) = plan_change(*reversed(catalogs))
    assert (("ALTER TYPE app.e ADD VALUE IF NOT EXISTS 'y'",), ()) == (action.up, action.down)
