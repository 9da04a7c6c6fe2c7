"""Whoever runs Alembic is told of the contexts that are theirs."""

import logging

import pytest

from pgcraft.scripts.offline import make_offline_context


def test_a_context_of_ours_is_not_told_of(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    assert make_offline_context(target_metadata=None).as_sql
    assert [] == caplog.messages
    assert not logging.getLogger("alembic.runtime.migration").disabled, "they are told of theirs"
