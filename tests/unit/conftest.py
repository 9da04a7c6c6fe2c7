"""Nothing here needs a server, so that all of it takes seconds."""

from typing import NoReturn

import pytest

from pgcraft.catalog import function_settings, types


@pytest.fixture(autouse=True)
def fresh_caches() -> None:
    """What an earlier test asked for is worked out again: a fault behind a cache would be seen by the first one alone."""
    for cached in (types.canonical_type, function_settings._canonical_value):
        cached.cache_clear()


@pytest.fixture(scope="session")
def servers() -> NoReturn:
    pytest.fail("a test under tests/unit needs no server: put it beside those of its subject, under tests/")
