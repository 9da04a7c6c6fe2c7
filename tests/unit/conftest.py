"""Nothing here needs a server, so that all of it takes seconds."""

from typing import NoReturn

import pytest


@pytest.fixture(scope="session")
def servers() -> NoReturn:
    pytest.fail("a test under tests/unit needs no server: put it beside those of its subject, under tests/")
