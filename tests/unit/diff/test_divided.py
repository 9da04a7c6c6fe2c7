"""What tables are divided by."""

import pytest

from pgcraft.catalog.definitions import Column, Definition, Table
from pgcraft.catalog.partitions import Partition
from pgcraft.errors import PGCraftPlanError
from tests.unit.diff.catalogs import plan_inside


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
