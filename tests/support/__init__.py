"""What tests stand on: servers, databases, PostgREST, projects. See the list at the head of tests/conftest.py."""

import pytest

pytest.register_assert_rewrite("tests.support.roundtrip")
