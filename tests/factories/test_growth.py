"""What models take grows as they do: each resource looks at what is its own, and never at all the others."""

import sys
from collections.abc import Callable
from types import FrameType

import pytest
from sqlalchemy import MetaData

from benchmarks.models import GRANTS, make_columns
from pgcraft.alembic.register import pgcraft_configure_metadata
from pgcraft.collect import collect
from pgcraft.config import PGCraftConfig
from pgcraft.extensions.postgrest import PostgRESTExtension, PostgRESTView
from pgcraft.factory import PGCraftAppendOnly, PGCraftEAV, PGCraftSimple
from pgcraft.factory.base import ResourceFactory

FEW, MANY = 4, 16


@pytest.mark.parametrize("factory", [PGCraftSimple, PGCraftAppendOnly, PGCraftEAV])
def test_resources_are_declared_and_collected_in_linear_time(factory: type[ResourceFactory]) -> None:
    _collect(factory, 1)  # what is made once for all
    few, many = (_count_calls(lambda count=count: _collect(factory, count)) for count in (FEW, MANY))
    assert many <= few * MANY / FEW


def _collect(factory: type[ResourceFactory], count: int) -> None:
    config = PGCraftConfig(auto_discover=False).use(PostgRESTExtension())
    metadata = MetaData()
    for number in range(count):
        made = factory(f"table_{number:02}", "app", metadata, make_columns(), config=config)
        PostgRESTView(source=made, grants=GRANTS)
    pgcraft_configure_metadata(metadata, config)
    collect(metadata)


def _count_calls(work: Callable[[], None]) -> int:
    """Return how many functions of Python are called, and generators resumed."""
    count = 0

    def note(_: FrameType, event: str, __: object) -> None:
        nonlocal count
        count += event == "call"

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count
