"""Nothing here needs a server, so that all of it takes seconds."""

from typing import NoReturn

import pytest

from pgcraft.catalog import function_settings, linking, types
from pgcraft.models import provenance


@pytest.fixture(autouse=True)
def fresh_caches() -> None:
    """What an earlier test asked for is worked out again: a fault behind a cache would be seen by the first one alone."""
    cached = (
        types.canonical_type,
        types.parse_arguments,
        types.canonical_returns,
        function_settings._canonical_value,
        linking._read,
        provenance._show_path,
    )
    for function in cached:
        function.cache_clear()


@pytest.fixture(scope="session")
def servers() -> NoReturn:
    pytest.fail("a test under tests/unit needs no server: put it beside those of its subject, under tests/")
